"""What people take along, in a real browser: files from the menu, a picture of the chart, a page for paper."""

import io
import re
import struct
from collections.abc import Callable
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]


def choose(page: Page, section: str, item: str) -> tuple[str, Path]:
    """Choose an item of a menu; return the name and the place of the file that comes."""
    page.locator(f"{section} details.export > summary").click()
    with page.expect_download() as download:
        page.locator(f"{section} details.export").get_by_text(item).click()
    return download.value.suggested_filename, Path(download.value.path())


def test_the_menu_gives_a_workbook_a_csv_and_a_picture_of_what_is_shown(demo: Site, open_page: Open) -> None:
    page = open_page(f"{demo.url}/?kpi=profit")
    expect(page.locator("#overview-title")).to_contain_text("Profit")
    expect(page.locator("#overview-chart .main-svg").first).to_be_visible()
    page.get_by_label("Period").select_option("all")
    expect(page).to_have_url(re.compile("period=all"))

    name, file = choose(page, ".page-head", "Excel workbook")
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    assert name.startswith("overview-")
    assert book.sheetnames[1].startswith("Profit by ")
    assert len(book[book.sheetnames[1]]._charts) == 1

    name, file = choose(page, ".trend", "CSV")
    assert name.startswith("profit-")
    assert "Profit" in file.read_text("utf-8-sig").splitlines()[0]

    name, file = choose(page, ".trend", "Picture (PNG)")
    assert name.startswith("profit-by-")
    content = file.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", content[16:20]) == (2528,)


def test_the_menu_is_reached_by_keys_and_the_page_on_paper_has_no_navigation(demo: Site, open_page: Open) -> None:
    page = open_page(f"{demo.url}/?where=Region%3DNorth")
    menu = page.locator(".page-head details.export")
    expect(page.locator("[data-kpi=revenue]")).to_be_visible()
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_text("Print or PDF")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu.get_by_text("Print or PDF")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".nav")).to_be_hidden()
    expect(page.locator(".bar")).to_be_hidden()
    expect(menu).to_be_hidden()
    expect(page.locator(".print-facts")).to_contain_text("Region: North · revision")
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".print-facts")).to_have_count(0)
