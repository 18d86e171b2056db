"""Trends in a browser: what is chosen stands in the URL, a selection zooms, and the keyboard gets there."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

SOON = 15_000  # milliseconds


def test_what_is_chosen_and_selected_stands_in_the_url(demo: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(demo.url)
    expect(page.locator("[data-kpi=revenue]")).to_be_visible(timeout=SOON)
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.locator("#trends-chart-0 path.js-line").first).to_be_visible(timeout=SOON)

    page.get_by_role("button", name="14-month average").press("Enter")
    expect(page.locator("#trends-layer-ma14")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#trends-layer-ma14")).to_be_focused()
    assert "ma14" in page.url

    box = page.locator("#trends-chart-0 .nsewdrag").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.locator("#trends-reset")).to_be_visible(timeout=SOON)
    assert "zoomed=12m" in page.url
    assert "period=custom" in page.url
    page.locator("#trends-reset").click()
    expect(page.locator("#trends-reset")).to_have_count(0)
    assert "zoomed" not in page.url

    page.get_by_role("link", name="Together").click()
    page.get_by_label("with", exact=True).select_option("units")
    expect(page.locator("#trends-remove-units")).to_be_visible(timeout=SOON)
    assert "kpi=revenue&kpi=units" in page.url
    page.go_back()
    expect(page.locator("#trends-remove-units")).to_have_count(0)
    page.locator("#trends-as-table-0").check()
    expect(page.locator("#trends-table-0 table")).to_be_visible(timeout=SOON)
