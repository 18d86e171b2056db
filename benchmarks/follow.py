"""From saving a workbook into the inbox to the changed number in a browser."""

from benchmarks.chromium import chromium
from benchmarks.instances import served, temporary
from benchmarks.pages import Visitor, Workbook
from benchmarks.sales import sales
from benchmarks.subjects import OURS, put
from benchmarks.table import Comparison, say
from benchmarks.workbooks import write_workbook

MOST_SECONDS = 1.5


def rows(is_quick: bool) -> list[Comparison]:
    """Measure how an open page follows a file."""
    size, times = (2_000, 2) if is_quick else (20_000, 5)
    with temporary() as folder, chromium() as browser:
        books = [
            Workbook(write_workbook(folder / f"{seed}.xlsx", sold), sold)
            for seed, sold in ((seed, sales(size, seed)) for seed in range(2))
        ]
        home = folder / "home"
        put(books[0].path, OURS.workbook(home))
        say("following a file")
        with served(home) as server:
            visitor = Visitor(OURS, server, browser, home)
            visitor.settle(books[0])
            for number in range(times):
                visitor.follow(books[(number + 1) % 2], books[number % 2])
    seconds = visitor.found.medians()["follow"]
    return [Comparison(f"workbook of {size:,} rows saved → seen in the browser", "s", seconds, most=MOST_SECONDS)]
