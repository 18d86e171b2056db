"""Every page and every dialog as everybody meets them: both themes, wide and narrow, what is there and what is not."""

from collections.abc import Callable, Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
SOON = 15_000  # milliseconds
MOST_REQUESTS = 20
NOTHING = ".empty-state"
DIALOGS = {"Filter": "#filter-values input", "As of": "#as-of-list button", "Shortcuts": ".shortcuts"}


def addresses(page: Page) -> Iterator[tuple[str, str]]:
    """Yield the address of every page and what tells that it is filled; the first is the page with the sources."""
    yield "/data", "[data-source]:nth-child(5)"
    source = page.locator("[data-source]", has_text="web_shop.xlsx")
    mapping = source.get_by_role("link", name="Mapping").get_attribute("href")
    assert mapping
    yield f"/data/source?id={source.get_attribute('data-source')}", "#source-cells table"
    yield mapping, "#mapping:not(.waiting) .grid"
    yield "/data/revisions", "[data-revision-row]"
    yield "/data/revisions?from=1&to=2", ".kpi-changes"
    yield "/rows?kpi=profit_margin", ".behind tbody tr"
    yield "/trends?grain=day", "#trends-chart-0 path.js-line"
    yield "/trends?show=seasons&grain=day", "#trends-chart-0 .heatmaplayer image"
    yield "/trends?show=together&kpi=revenue&kpi=units", "#trends-chart-1 .points path"
    yield "/drivers", ".drivers-bridge .js-plotly-plot .bars path"
    yield "/drivers?period=all", NOTHING
    yield "/rows?from=1990-01-01&to=1990-01-31", NOTHING
    yield "/data/source?id=999", NOTHING
    yield "/data/mapping?file=999", NOTHING
    yield "/data/revisions?from=900&to=901", ".note"
    yield "/alerts?state=all", "#alerts-list :is(tbody tr, .empty-state)"
    yield "/alerts/999", NOTHING
    yield "/settings/channels", ".kinds"
    yield "/settings/channels?new=email", "#channel-name"
    yield "/settings/channels?new=slack", "#channel-name"
    yield "/thresholds", "[data-threshold-row]"
    yield "/thresholds?edit=3", "#thresholds-sentence strong"
    yield "/thresholds?edit=999", NOTHING
    yield "/thresholds?versions=1", "[data-version-row]"
    yield "/settings/messages", "[data-template]"
    yield "/settings/messages?edit=limit", ".message-text"
    yield "/settings/digests", NOTHING
    yield "/settings/digests?new=1", ".message-text"
    yield "/no/such/page", NOTHING
    yield "/", "[data-kpi=revenue]"


def faults(page: Page, themes: tuple[Theme, ...] = THEMES) -> list[str]:
    """Return what is wrong with the page as it stands, in the light and in the dark."""
    wrong = []
    for theme in themes:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # what fades in has less contrast meanwhile
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        found = Axe().run(page, options=RULES)
        wrong += [f"{theme}: {found.generate_report()}"] if found.violations_count else []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("It is wider than the window.")
    if page.locator("h1").count() != 1:
        wrong.append("It has not one heading.")
    return wrong


@pytest.mark.parametrize(("width", "themes"), [(1440, THEMES), (360, THEMES[:1])])  # colours are those of the wide page
def test_every_page_and_dialog_is_accessible_in_both_themes_and_fits(
    demo: Site, open_page: Open, width: int, themes: tuple[Theme, ...]
) -> None:
    page = open_page(f"{demo.url}/data", viewport={"width": width, "height": 800}, reduced_motion="reduce")
    wrong = {}
    for address, filled in addresses(page):
        page.goto(demo.url + address)
        expect(page.locator(filled).first).to_be_visible(timeout=SOON)
        wrong[address] = faults(page, themes)
    for name, filled in DIALOGS.items():
        opener = page.get_by_role("button", name=name, exact=True)
        if not opener.is_visible():
            continue  # a phone has no keyboard
        opener.click()
        expect(page.locator(filled).first).to_be_visible(timeout=SOON)
        wrong[name] = faults(page, themes)
        page.keyboard.press("Escape")

    assert not any(wrong.values()), {name: found for name, found in wrong.items() if found}


def test_a_first_look_costs_few_requests(demo: Site, open_page: Open) -> None:
    expect(open_page(f"{demo.url}/data").locator("[data-source]")).to_have_count(5, timeout=SOON)
    page = open_page(f"{demo.url}/healthz")  # with an empty cache
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))

    page.goto(demo.url)
    expect(page.locator("[data-kpi=revenue]")).to_be_visible()
    expect(page.locator(".js-plotly-plot .scatterlayer path.js-line").first).to_be_visible()

    assert len([path for path in asked if path != "/api/flag"]) < MOST_REQUESTS, "\n".join(asked)


def test_the_keyboard_reaches_everything_in_view_and_nothing_covers_what_has_the_focus(
    demo: Site, open_page: Open
) -> None:
    page = open_page(f"{demo.url}/data", viewport={"width": 768, "height": 700}, reduced_motion="reduce")
    for address, filled in addresses(page):
        page.goto(demo.url + address)
        expect(page.locator(filled).first).to_be_visible(timeout=SOON)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
        for _ in range(24):
            page.keyboard.press("Tab")
            assert page.evaluate(COVERED) is None, address


COVERED = """() => {
  const focused = document.activeElement;
  if (focused === document.body || focused.type === "date") return null; // the parts of a day are the browser's own
  const box = focused.getBoundingClientRect();
  const x = Math.min(box.left + box.width / 2, innerWidth - 1);
  const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2; // of what the window can show of it
  const above = document.elementFromPoint(x, y);
  const isShown = above && (focused.contains(above) || above.contains(focused) || above.closest("label"));
  const hasRing = getComputedStyle(focused).outlineStyle !== "none" || focused.matches("#main");
  return isShown && hasRing ? null : focused.outerHTML.slice(0, 200);
}"""
