"""Drivers in a browser: what is chosen stands in the URL, and links lead to the rows and to the overview."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site


def test_kpi_and_dimension_are_chosen_and_lead_to_rows(demo: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{demo.url}/drivers?period=90d")
    expect(page.locator("#drivers-chart .bars path").first).to_be_visible(timeout=15_000)

    page.get_by_label("KPI", exact=True).select_option("profit_margin")
    expect(page.locator(".drivers-change")).to_contain_text("Profit margin")
    page.get_by_label("by", exact=True).select_option("Region")
    expect(page.locator("#drivers-title")).to_have_text("Profit margin by Region")
    assert "kpi=profit_margin" in page.url
    assert "by=Region" in page.url

    page.locator("#drivers-movers a").first.click()
    expect(page.locator(".behind tbody tr").first).to_be_visible()
    assert "/rows" in page.url
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(page.locator(".drivers-change")).to_be_visible()
