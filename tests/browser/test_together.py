"""Files that belong together, and files that need a password, in a real browser."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
from axe_playwright_python.sync_playwright import Axe
from msoffcrypto.format.ooxml import OOXMLFile
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import RULES

Open = Callable[..., Page]

SOON = 15_000  # milliseconds
SOURCE = "[data-source]"


def workbook(first: int, last: int) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Date", "Region", "Revenue"])
    for day in range(first, last):
        book.active.append([date(2025, 1, 1) + timedelta(days=day), "North", 100 + day * 1.5])
    book.save(content := io.BytesIO())
    return content.getvalue()


def revenue(*spans: tuple[int, int]) -> str:
    return str(sum(100 + day * 1.5 for first, last in spans for day in range(first, last)))


def test_a_person_decides_how_often_shared_rows_are_counted(site: Site, open_page: Open) -> None:
    page = open_page(site.url)
    (site.inbox / "january.xlsx").write_bytes(workbook(0, 40))
    card = page.locator("[data-kpi=revenue]")
    expect(card).to_have_attribute("data-value", revenue((0, 40)), timeout=SOON)
    (site.inbox / "february.xlsx").write_bytes(workbook(10, 60))

    expect(card).to_have_attribute("data-value", revenue((0, 60)), timeout=SOON)
    expect(page.locator(".note", has_text="30 rows are both in february.xlsx and in january.xlsx")).to_be_visible()
    page.get_by_role("button", name="the page Data").click()
    pair = page.locator("[data-overlap]")
    expect(pair).to_contain_text("Counted once, in january.xlsx, until you decide.")
    pair.get_by_role("button", name="Count in both").click()

    expect(pair).to_contain_text("Counted in both, as somebody decided.", timeout=SOON)
    expect(pair.get_by_role("button", name="Count in both")).to_have_attribute("aria-pressed", "true")
    assert Axe().run(page, options=RULES).violations_count == 0
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#nav-overview").click()
    expect(card).to_have_attribute("data-value", revenue((0, 40), (10, 60)), timeout=SOON)


def test_a_protected_workbook_is_opened_with_its_password(site: Site, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "secret.xlsx"
    with path.open("wb") as file:
        OOXMLFile(io.BytesIO(workbook(0, 28))).encrypt("Größe 5", file)
    with browser.new_context() as context:  # the refusals are answers that a watched page would complain about
        page = context.new_page()
        addresses: list[str] = []
        page.on("request", lambda request: addresses.append(request.url))
        page.goto(f"{site.url}/data")
        expect(page.locator("#data-drop")).to_be_visible()
        page.locator("input[type=file]").first.set_input_files(path)
        field = page.get_by_label("Password of secret.xlsx")

        field.fill("guess")
        page.get_by_role("button", name="Open").click()
        expect(page.locator("#uploads")).to_contain_text("The password is not right.", timeout=SOON)
        expect(page.locator("#uploads")).to_contain_text(re.compile("keeps an opened copy"))
        assert Axe().run(page, options=RULES).violations_count == 0
        field.fill("Größe 5")
        field.press("Enter")

        expect(page.locator("#uploads")).to_contain_text("28 rows", timeout=SOON)
        expect(page.locator(SOURCE)).to_contain_text("secret.xlsx")
        assert not any("5" in url.partition("?")[2] and "Gr" in url for url in addresses)
