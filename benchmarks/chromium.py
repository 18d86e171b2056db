"""A real browser: pages that tell when known numbers appear, and what came over the wire."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.sales import Totals
from benchmarks.subjects import Subject

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
LONGEST_MILLISECONDS = 120_000

# Notes the moment of the last press and, once watched for, the moment when everything wanted is there.
WATCH = """
addEventListener("pointerdown", () => { window.pressedAt = performance.now(); }, true);
window.watch = (numbers, chart, wanted) => {
  window.seenAt = null;
  const parse = (text) => Number(text.replaceAll(",", ""));
  const look = () => {
    const texts = numbers();
    const isThere = texts.length === wanted.length && texts.every((text, at) => text && parse(text) === wanted[at]);
    if (isThere && (!chart || document.querySelector(chart))) window.seenAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
};
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Wire:
    """What came over the wire to one page."""

    bytes: int = 0
    requests: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> "Wire":
        """Count from now on what a page asks for and gets, websockets included."""
        wire = cls()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")

        def add(size: float) -> None:
            wire.bytes += round(size)

        def asked(event: dict[str, Any]) -> None:
            if not event["request"]["url"].startswith("data:"):
                wire.requests += 1
            if event["request"]["method"] == "POST":
                wire.posts.append(event["request"])

        session.on("Network.requestWillBeSent", asked)
        session.on("Network.webSocketCreated", lambda _: setattr(wire, "requests", wire.requests + 1))
        session.on("Network.loadingFinished", lambda event: add(event["encodedDataLength"]))
        session.on("Network.webSocketFrameReceived", lambda event: add(_frame_size(event["response"])))
        return wire


def _frame_size(frame: dict[str, Any]) -> float:
    return len(frame["payloadData"]) * (0.75 if frame["opcode"] == 2 else 1)  # binary comes as base64


def new_page(context: BrowserContext) -> Page:
    """Open a page that can be watched, as large as on a laptop."""
    page = context.new_page()
    page.set_viewport_size({"width": 1600, "height": 1000})
    page.set_default_timeout(LONGEST_MILLISECONDS)
    page.add_init_script(WATCH)
    return page


def expect(page: Page, subject: Subject, totals: Totals, with_chart: bool = True) -> None:
    """Let a page watch for these numbers, to the last digit."""
    chart = f"'{subject.chart}'" if with_chart else "null"
    wanted = [totals.revenue, totals.cost, totals.profit, totals.margin]
    page.evaluate(f"(wanted) => watch(() => {subject.numbers}, {chart}, wanted)", wanted)


def wait(page: Page) -> None:
    """Wait until what is watched for is there."""
    page.wait_for_function("() => window.seenAt !== null")


def load(page: Page, url: str, subject: Subject, totals: Totals) -> float:
    """Load a page and return the seconds until its numbers and its chart are there."""
    begun = time.perf_counter()
    page.goto(url, wait_until="commit")
    expect(page, subject, totals)
    wait(page)
    return time.perf_counter() - begun


def press(page: Page, selector: str, subject: Subject, totals: Totals) -> float:
    """Press something and return the seconds until these numbers are there."""
    target = page.locator(selector).first
    target.wait_for()
    expect(page, subject, totals, with_chart=False)
    target.click()
    wait(page)
    return float(page.evaluate("() => (window.seenAt - window.pressedAt) / 1000"))
