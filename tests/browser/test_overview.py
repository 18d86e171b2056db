"""The overview in a real browser, on the sample workbooks."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]

REVENUE = "[data-kpi=revenue]"


def value_of(page: Page, kpi: str) -> float:
    return float(page.locator(f"[data-kpi={kpi}]").get_attribute("data-value") or "nan")


def test_the_first_start_shows_kpis(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)

    expect(page.locator(REVENUE)).to_contain_text("Revenue")
    expect(page.locator(".js-plotly-plot .scatterlayer path.js-line").first).to_be_visible()
    expect(page.get_by_text(f"Put a workbook of your own into {demo.inbox}")).to_be_visible()
    assert value_of(page, "revenue") > 1_000_000
    assert value_of(page, "profit_margin") == pytest.approx(value_of(page, "profit") / value_of(page, "revenue"))


def test_a_filter_goes_into_the_url_and_comes_back_from_it(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)
    expect(page.locator(REVENUE)).to_be_visible()
    before = value_of(page, "revenue")

    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Dimension", exact=True).select_option("Region")
    page.get_by_role("checkbox", name="North").check()
    page.get_by_role("button", name="Apply").click()

    expect(page).to_have_url(re.compile("where=Region%3DNorth"))
    expect(page.locator(REVENUE)).not_to_have_attribute("data-value", str(before))
    filtered = value_of(page, "revenue")
    assert 0 < filtered < before
    page.reload()
    expect(page.locator(REVENUE)).to_have_attribute("data-value", str(filtered))
    page.go_back()
    expect(page.locator(REVENUE)).to_have_attribute("data-value", str(before))


def test_a_chip_removes_its_filter(demo: Site, open_page: Open) -> None:
    page = open_page(f"{demo.url}/?where=Region%3DNorth")
    expect(page.locator(REVENUE)).to_be_visible()

    page.get_by_role("button", name=re.compile("Region")).click()

    expect(page).not_to_have_url(re.compile("where"))


def test_the_period_changes_the_numbers_and_the_url(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)
    expect(page.locator(REVENUE)).to_be_visible()
    before = value_of(page, "revenue")

    page.get_by_label("Period").select_option("all")

    expect(page).to_have_url(re.compile("period=all"))
    expect(page.locator(REVENUE)).not_to_have_attribute("data-value", str(before))
    assert value_of(page, "revenue") > before


def test_a_card_is_chosen_by_the_keyboard(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)
    card = page.locator("[data-kpi=profit]")
    expect(card).to_be_visible()

    card.focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("kpi=profit"))
    expect(card).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name=re.compile("^Profit by"))).to_be_visible()


def test_the_chart_can_be_read_as_a_table(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)
    expect(page.locator(REVENUE)).to_be_visible()

    page.get_by_label("As table").check()

    expect(page.locator("#overview-table table tbody tr")).to_have_count(12)


def test_a_value_of_the_breakdown_becomes_a_filter(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)

    page.locator("[data-where='Region=South']").click()

    expect(page).to_have_url(re.compile("where=Region%3DSouth"))


def test_the_pages_are_one_key_away(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)
    expect(page.locator(REVENUE)).to_be_visible()

    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_the_theme_is_switched_and_kept_without_a_request_to_the_server(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url, color_scheme="light")
    expect(page.locator(REVENUE)).to_be_visible()

    page.get_by_role("button", name=re.compile("theme", re.IGNORECASE)).click()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
