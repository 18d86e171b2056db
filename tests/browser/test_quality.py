"""A version that breaks its contract, in a real browser: what broke, the decision, and the number after it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]

REVENUE = "[data-kpi=revenue]"
SOON = 15_000  # milliseconds


def save(path: Path, revenue: float, headings: tuple[str, ...]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(headings)
    for day in range(1, 29):
        cells = {"Date": date(2025, 1, day), "Region": "North", "Revenue": revenue, "Cost": 1}
        sheet.append([cells[name] for name in headings])
    sheet.append(["soon" if name == "Date" else 7 for name in headings])
    part = path.with_suffix(".tmp")
    book.save(part)
    part.rename(path)


def test_a_file_that_loses_a_column_is_held_until_it_is_published(site: Site, open_page: Open) -> None:
    save(site.inbox / "sales.xlsx", 10, ("Date", "Region", "Revenue", "Cost"))
    page = open_page(f"{site.url}/data?period=all")
    row = page.locator("[data-source]")
    expect(row).to_have_attribute("data-status", "ok", timeout=SOON)

    save(site.inbox / "sales.xlsx", 20, ("Date", "Region", "Revenue"))
    expect(row).to_have_attribute("data-status", "held", timeout=SOON)
    row.get_by_role("link", name="Decide").click()

    expect(page.locator("#source-held")).to_contain_text("Column 'Cost', which was the measure cogs, is gone.")
    expect(page.locator("#source-cells")).to_contain_text("Not a date that can be read")
    expect(page.locator("#source-refused")).to_have_value("20")
    page.locator("#nav-overview").click()
    expect(page.locator(REVENUE)).to_have_attribute("data-value", "280.0")
    page.go_back()
    page.get_by_role("button", name="Publish anyway").click()

    expect(page.locator("#source-held")).to_be_empty(timeout=SOON)
    page.locator("#nav-overview").click()
    expect(page.locator(REVENUE)).to_have_attribute("data-value", "560.0", timeout=SOON)


def test_what_is_agreed_on_is_saved_undone_and_the_cells_are_downloaded(site: Site, open_page: Open) -> None:
    save(site.inbox / "sales.xlsx", 10, ("Date", "Region", "Revenue", "Cost"))
    page = open_page(f"{site.url}/data")
    page.locator("[data-source] a.file").click(timeout=SOON)
    expect(page.locator("#source-refused")).to_have_value("20")

    page.get_by_label("Owner").fill("Ada")
    page.get_by_label("New versions come").select_option("week")
    page.get_by_label("By day").fill("2")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#source-watch")).to_contain_text("weekly by Tuesday (as told)")
    expect(page.locator("#source-watch")).to_contain_text("ask Ada")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#source-watch")).to_contain_text("no cadence learnt yet")
    expect(page.get_by_label("Owner")).to_have_value("")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel file with these cells marked").click()
    assert download.value.suggested_filename == "sales.xlsx"
