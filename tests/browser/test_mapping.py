"""The mapping editor in a real browser: open, change, see, save, undo."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]

REVENUE = "[data-kpi=revenue]"
SOON = 15_000


def save(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Date", "Region", "Sales", "Net"])
    for day in range(1, 29):
        book.active.append([date(2025, 1, day), "North", 10, 8])
    part = path.with_suffix(".tmp")
    book.save(part)
    part.rename(path)


def test_a_column_is_mapped_otherwise_saved_and_undone(site: Site, open_page: Open) -> None:
    save(site.inbox / "sales.xlsx")
    page = open_page(f"{site.url}/?period=all")
    page.locator("#nav-data").click()
    page.locator("[data-source]").get_by_role("link", name="Mapping").click(timeout=SOON)
    expect(page.locator("[data-total=revenue]")).to_contain_text("280", timeout=SOON)

    page.get_by_label("Part of column C, Sales").select_option("Left out")
    expect(page.locator("[data-total=revenue]")).to_have_count(0, timeout=SOON)
    page.get_by_label("Name of column D, Net").fill("revenue")
    page.keyboard.press("Tab")
    expect(page.locator("[data-total=revenue]")).to_contain_text("224", timeout=SOON)
    page.get_by_role("button", name="Save for this source").click()
    expect(page.get_by_text("What you see is saved.")).to_be_visible(timeout=SOON)

    page.locator("#nav-overview").click()
    expect(page).to_have_url(f"{site.url}/?period=all")
    expect(page.locator(REVENUE)).to_have_attribute("data-value", "224.0", timeout=SOON)
    page.go_back()
    page.get_by_role("button", name="Undo last save").click(timeout=SOON)
    expect(page.get_by_text("it is read as inferred again")).to_be_visible(timeout=SOON)
    page.locator("#nav-overview").click()
    expect(page.locator(REVENUE)).to_have_attribute("data-value", "280.0", timeout=SOON)
