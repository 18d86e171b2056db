"""Pictures of every page: light and dark, at three widths, into `screenshots`; and the one of the README."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.chromium import FLAGS
from benchmarks.instances import served, settings_of, temporary
from benchmarks.table import say
from dash_kpi.sample import write_sample

ROOT = Path(__file__).parent.parent
FOLDER, README_PICTURE = ROOT / "screenshots", ROOT / "docs" / "overview.png"
WIDTHS = {1440: 900, 768: 1024, 360: 740}
THEMES = ("light", "dark")
LONGEST_MILLISECONDS = 60_000
SOURCES = 5  # of the sample workbooks


def main() -> None:
    """Picture the pages of a dashboard that has the sample workbooks as somebody's own."""
    path = os.environ.get("DASH_KPI_CHROMIUM") or shutil.which("chromium")
    with temporary() as instance, sync_playwright() as playwright:
        write_sample(settings_of(instance).inbox, datetime.now(UTC).date() - timedelta(days=1))
        with served(instance) as server:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            pages = dict(_pages(browser, server.url))
            for width, height in WIDTHS.items():
                for theme in THEMES:
                    _picture(browser, server.url, pages, (width, height), theme)
            browser.close()


def _pages(browser: Browser, url: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the name of each page, with its address and what tells that it is filled."""
    page = browser.new_page()
    page.set_default_timeout(LONGEST_MILLISECONDS)
    page.goto(f"{url}/data")
    page.locator(f"[data-source]:nth-child({SOURCES})").wait_for()
    source = page.locator("[data-source]", has_text="web_shop.xlsx")
    mapping = source.get_by_role("link", name="Mapping").get_attribute("href") or ""
    yield "overview", ("/", ".js-plotly-plot .scatterlayer path.js-line")
    for section in ("history", "growth", "seasons", "distribution", "together", "segments"):
        yield f"trends-{section}", (f"/trends?show={section}&grain=day", "#trends-chart-0 .xtick text")
    yield "drivers", ("/drivers", "#drivers-chart .ytick text")
    yield "kpis", ("/settings/kpis", "#main table")
    yield "kpi", ("/settings/kpis?edit=profit_margin", "textarea")
    yield "channels", ("/settings/channels", ".kinds")
    yield "message", ("/settings/messages?edit=limit", ".message-text")
    yield "digest", ("/settings/digests?new=1", ".message-text")
    yield "threshold", ("/thresholds?new=revenue&limit=week:below:90000", "#thresholds-sentence strong")
    yield "wallboard", ("/wallboard", "#main h2")
    yield "rows", ("/rows?kpi=profit_margin", ".behind tbody tr")
    yield "data", ("/data", "[data-source]")
    yield "source", (f"/data/source?id={source.get_attribute('data-source')}", "#source-cells table")
    yield "mapping", (mapping, "#mapping:not(.waiting) .grid")
    yield "revisions", ("/data/revisions", "[data-revision-row]")
    yield "difference", ("/data/revisions?from=1&to=2", ".kpi-changes")
    page.close()


def _picture(browser: Browser, url: str, pages: dict[str, tuple[str, str]], size: tuple[int, int], theme: str) -> None:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(LONGEST_MILLISECONDS)
    for name, (address, filled) in pages.items():
        page.goto(url + address)
        page.locator(filled).first.wait_for()
        _save(page, FOLDER / f"{name}-{width}-{theme}.png")
        if (name, width, theme) == ("overview", 1440, "light"):
            _save(page, README_PICTURE)
    context.close()


def _save(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    say(f"{path.name}")


if __name__ == "__main__":
    main()
