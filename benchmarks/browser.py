"""The page as people meet it, beside Streamlit and Vizro: one subject after another, everything in medians."""

import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from benchmarks.chromium import chromium
from benchmarks.instances import temporary
from benchmarks.pages import Visitor, Workbook, tell
from benchmarks.processes import Server, proportional_mb
from benchmarks.sales import sales
from benchmarks.subjects import SUBJECTS, Subject, put
from benchmarks.table import Meeting, say
from benchmarks.users import Questions, check, closed_loop
from benchmarks.workbooks import write_workbook

Measured = dict[str, dict[str, float]]  # subject → name of the row → value

SMALL, LARGE = 20_000, 300_000
SETTLED_SECONDS = 5  # after which a start is over
# name, what, unit, most, least
ROWS: tuple[tuple[str, str, str, float | None, float | None], ...] = (
    ("hand over", "workbook handed over → visible, 20,000 rows", "s", 1.5, None),
    ("hand over large", "workbook handed over → visible, 300,000 rows", "s", 4, None),
    ("hand over, peak", "peak memory of it, 20,000 rows (PSS of all processes)", "MB", None, None),
    ("hand over large, peak", "peak memory of it, 300,000 rows", "MB", 500, None),
    ("follow", "an open page follows a changed file", "s", 1.5, None),
    ("cold", "cold load", "s", 1.1, None),
    ("cold MB", "cold load, transferred", "MB", 1.6, None),
    ("cold requests", "cold load, requests", "", 20, None),
    ("warm", "warm load", "s", 0.6, None),
    ("filter", "filter change", "s", 0.12, None),
    ("filter large", "filter change, 300,000 rows", "s", 0.15, None),
    ("10 users", "10 users, closed loop", "overviews/s", None, 150),
    ("10 users, p95", "10 users, p95", "s", 0.15, None),
    ("30 users, p95", "30 users, p95", "s", 0.4, None),
    ("10 users large", "10 users, closed loop, 300,000 rows", "overviews/s", None, None),
    ("10 users large, p95", "10 users, p95, 300,000 rows", "s", None, None),
    ("cpu", "server CPU for each overview", "ms", 10, None),
    ("cpu large", "server CPU for each overview, 300,000 rows", "ms", 12, None),
    ("kilobytes", "answered for each overview", "KB", 40, None),
    ("idle", "five idle pages for a minute, server CPU", "s", 0.5, None),
    ("memory", "memory after start (PSS of all processes)", "MB", 250, None),
    ("memory, used", "memory after everything above, 20,000 rows", "MB", None, None),
)


def rows(is_quick: bool, names: Sequence[str] = ()) -> list[Meeting]:
    """Measure every subject, or those named."""
    measured: Measured = {}
    with temporary() as folder, chromium() as browser:
        say("writing workbooks")
        sizes = (2_000, 20_000) if is_quick else (SMALL, LARGE)
        small, large = (_books(folder, size) for size in sizes)
        for subject in SUBJECTS:
            if not names or subject.name in names:
                measured[subject.name] = {}
                try:
                    _measure(measured[subject.name], subject, browser, folder, small, large, is_quick)
                except (PlaywrightError, RuntimeError, OSError):  # what was measured until then is shown
                    say(f"{subject.name} failed:\n{traceback.format_exc()}")
    return [
        Meeting(
            what, unit, {subject.name: measured.get(subject.name, {}).get(name) for subject in SUBJECTS}, most, least
        )
        for name, what, unit, most, least in ROWS
    ]


def _books(folder: Path, size: int) -> list[Workbook]:
    return [
        Workbook(write_workbook(folder / f"{size}-{seed}.xlsx", sold), sold)
        for seed, sold in ((seed, sales(size, seed)) for seed in range(2))
    ]


def _measure(
    found: dict[str, float],
    subject: Subject,
    browser: Browser,
    folder: Path,
    small: list[Workbook],
    large: list[Workbook],
    is_quick: bool,
) -> None:
    """Measure one subject, into `found`."""
    home = folder / subject.name
    home.mkdir()
    put(small[0].path, subject.workbook(home))
    times, seconds, idle = (2, 4.0, 10.0) if is_quick else (5, 15.0, 60.0)
    with ExitStack() as stack:
        tell(subject, "starting")
        server = stack.enter_context(subject.start(home))
        time.sleep(SETTLED_SECONDS)
        found["memory"] = proportional_mb(server.pids())
        visitor = Visitor(subject, server, browser, home)
        stack.callback(lambda: found.update(visitor.found.medians()))
        visitor.settle(small[0])
        tell(subject, "handing over, loading, filtering, following")
        for number in range(times):
            before, after = small[number % 2], small[(number + 1) % 2]
            visitor.hand_over(after, "hand over")
            visitor.loads(after, "")
            if subject.follows:
                visitor.follow(before, after)
                visitor.settle(after)
        found |= _bear(subject, server, browser, small[times % 2], "", seconds)
        tell(subject, "idling")
        visitor.idle(small[times % 2], idle)
        found["memory, used"] = proportional_mb(server.pids())
        tell(subject, "the large workbook")
        visitor.settle(large[0])
        for number in range(2 if is_quick else 3):
            visitor.hand_over(large[(number + 1) % 2], "hand over large")
            visitor.loads(large[(number + 1) % 2], " large")
        found |= _bear(subject, server, browser, large[0 if is_quick else 1], " large", seconds)


def _bear(
    subject: Subject, server: Server, browser: Browser, book: Workbook, suffix: str, seconds: float
) -> dict[str, float]:
    """Measure users in a closed loop; what speaks over websockets is left out."""
    if subject.refilter is None:
        return {}
    tell(subject, "bearing users")
    questions = Questions(subject, server, browser, book.sold)
    check(questions, server, book.sold)
    ten = closed_loop(questions, server, 10, seconds)
    found = {
        f"10 users{suffix}": ten.per_second,
        f"10 users{suffix}, p95": ten.p95_seconds,
        f"cpu{suffix}": ten.cpu_milliseconds,
    }
    if not suffix:
        thirty = closed_loop(questions, server, 30, seconds)
        found |= {"30 users, p95": thirty.p95_seconds, "kilobytes": ten.kilobytes}
    return found
