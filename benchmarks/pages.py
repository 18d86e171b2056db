"""The overview as one person meets it in a browser."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.chromium import Wire, expect, load, new_page, press, wait
from benchmarks.processes import Server, cpu_seconds, peak_of, proportional_mb
from benchmarks.sales import Sales
from benchmarks.subjects import Subject, put
from benchmarks.table import say


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook and what is in it."""

    path: Path
    sold: Sales


@dataclass
class Found:
    """The measurements of one subject, by the name of the row."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """Keep one repetition."""
        self.values.setdefault(name, []).append(value)

    def medians(self) -> dict[str, float]:
        """Return the medians."""
        return {name: median(values) for name, values in self.values.items()}


class Visitor:
    """Measures one running subject, one repetition of everything at a time."""

    def __init__(self, subject: Subject, server: Server, browser: Browser, folder: Path) -> None:
        self.subject, self.server, self.folder = subject, server, folder
        self.found = Found()
        self._browser = browser
        self._url = server.url + subject.path

    def settle(self, book: Workbook) -> None:
        """Put the first workbook there and look once: the first of everything is not counted."""
        put(book.path, self.subject.workbook(self.folder))
        self._loaded(book)

    def hand_over(self, book: Workbook, name: str) -> None:
        """Save another workbook and open the page: how long until its numbers and chart are there."""
        page = new_page(self._browser.new_context())
        with peak_of(self.server.pid, proportional_mb, every_seconds=0.1) as peak:
            begun = time.perf_counter()
            put(book.path, self.subject.workbook(self.folder))
            load(page, self._url, self.subject, book.sold.totals())
            self.found.add(name, time.perf_counter() - begun)
        self.found.add(f"{name}, peak", peak.mb)
        page.context.close()

    def follow(self, book: Workbook, before: Workbook) -> None:
        """Save another workbook under an open page."""
        page = self._loaded(before, keep=True)
        expect(page, self.subject, book.sold.totals(), with_chart=False)
        page.wait_for_timeout(500)
        begun = time.perf_counter()
        put(book.path, self.subject.workbook(self.folder))
        wait(page)
        self.found.add("follow", time.perf_counter() - begun)
        page.context.close()

    def loads(self, book: Workbook, suffix: str = "") -> None:
        """Load the page with an empty cache, then again with a full one, then filter."""
        context = self._browser.new_context()
        page = new_page(context)
        wire = Wire.of(page)
        totals = book.sold.totals()
        self.found.add(f"cold{suffix}", load(page, self._url, self.subject, totals))
        page.wait_for_timeout(50)  # for the browser to report what it has
        self.found.add(f"cold MB{suffix}", wire.bytes / 1e6)
        self.found.add(f"cold requests{suffix}", wire.requests)
        page.close()
        page = new_page(context)
        self.found.add(f"warm{suffix}", load(page, self._url, self.subject, totals))
        left = book.sold.totals(self.subject.pressed)
        self.found.add(f"filter{suffix}", press(page, self.subject.option, self.subject, left))
        context.close()

    def idle(self, book: Workbook, seconds: float) -> None:
        """Leave five pages open."""
        pages = [self._loaded(book, keep=True) for _ in range(5)]
        pages[0].wait_for_timeout(2000)
        before = cpu_seconds(self.server.pids())
        pages[0].wait_for_timeout(seconds * 1000)
        self.found.add("idle", (cpu_seconds(self.server.pids()) - before) * 60 / seconds)
        for page in pages:
            page.context.close()

    def _loaded(self, book: Workbook, keep: bool = False) -> Page:
        page = new_page(self._browser.new_context())
        load(page, self._url, self.subject, book.sold.totals())
        if not keep:
            page.context.close()
        return page


def tell(subject: Subject, what: str) -> None:
    """Tell how far the run is."""
    say(f"{subject.name}: {what}")
