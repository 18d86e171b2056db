"""Files that change, in a real browser: dropped in the folder, uploaded, broken, gone."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

Open = Callable[..., Page]

REVENUE = "[data-kpi=revenue]"
SOON = 15_000  # milliseconds; speed itself is measured in the benchmarks


def save(path: Path, revenue: float, rows: int = 28) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Date", "Region", "Revenue", "Cost"])
    for number in range(rows):
        book.active.append([date(2025, 1, 1 + number % 28), "North", revenue, revenue / 2])
    part = path.with_suffix(".tmp")
    book.save(part)
    part.rename(path)
    return path


def test_an_empty_dashboard_says_where_to_put_a_file(site: Site, open_page: Open) -> None:
    page = open_page(site.url)

    expect(page.get_by_text(str(site.inbox))).to_be_visible()


def test_a_workbook_saved_in_the_folder_changes_an_open_page(site: Site, open_page: Open) -> None:
    page = open_page(site.url)
    expect(page.get_by_text(str(site.inbox))).to_be_visible()

    save(site.inbox / "sales.xlsx", 10)
    expect(page.locator(REVENUE)).to_have_attribute("data-value", "280.0", timeout=SOON)
    save(site.inbox / "sales.xlsx", 20)

    expect(page.locator(REVENUE)).to_have_attribute("data-value", "560.0", timeout=SOON)
    expect(page.get_by_text(re.compile("sales.xlsx, just now"))).to_be_visible()


def test_an_upload_shows_its_progress_and_then_its_rows(site: Site, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"{site.url}/data")
    path = save(tmp_path / "große Zahlen 2025.xlsx", 10, rows=5000)
    expect(page.locator("#data-drop")).to_be_visible()
    seen: list[str] = []
    page.expose_function("seen", lambda percent: seen.append(percent))
    page.evaluate(
        """() => new MutationObserver(() => document.querySelectorAll('#uploads [role=progressbar]')
            .forEach(bar => seen(bar.getAttribute('aria-valuenow')))).observe(
                document.querySelector('#uploads'), {subtree: true, childList: true, attributes: true})"""
    )

    page.locator("input[type=file]").first.set_input_files(path)

    expect(page.locator("#uploads")).to_contain_text("5,000 rows", timeout=SOON)
    assert seen
    expect(page.locator("[data-source]")).to_contain_text("große Zahlen 2025.xlsx")
    assert (site.inbox / "große Zahlen 2025.xlsx").read_bytes() == path.read_bytes()


def test_an_upload_that_is_no_table_is_refused_in_words(site: Site, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"{site.url}/data")
    path = tmp_path / "notes.csv"
    path.write_text("name;colour\nAnna;red\nBert;blue\n", "utf-8")

    page.locator("input[type=file]").first.set_input_files(path)

    expect(page.locator("#uploads")).to_contain_text(re.compile("no date column|no column"), timeout=SOON)


def test_a_broken_new_version_leaves_the_last_good_numbers(site: Site, open_page: Open) -> None:
    save(site.inbox / "sales.xlsx", 10)
    page = open_page(f"{site.url}/data")
    expect(page.locator("[data-source]")).to_have_attribute("data-status", "ok", timeout=SOON)

    (site.inbox / "sales.xlsx").write_bytes(b"this is no workbook" * 100)

    expect(page.locator("[data-source]")).to_have_attribute("data-status", "refused", timeout=SOON)
    page.locator("#nav-overview").click()
    expect(page.locator(REVENUE)).to_have_attribute("data-value", "280.0")


def test_a_file_that_is_gone_can_be_retired_and_restored(site: Site, open_page: Open) -> None:
    save(site.inbox / "a.xlsx", 10)
    save(site.inbox / "b.xlsx", 1)
    page = open_page(f"{site.url}/data")
    expect(page.locator("[data-source]")).to_have_count(2, timeout=SOON)
    row = page.locator("[data-source]", has_text="a.xlsx")

    (site.inbox / "a.xlsx").unlink()
    expect(row).to_have_attribute("data-status", "missing", timeout=SOON)
    row.get_by_role("button", name=re.compile("Retire")).click()
    page.get_by_role("button", name=re.compile("^(Retire|Yes).*")).last.click()

    expect(row).to_have_attribute("data-status", "retired", timeout=SOON)
    row.get_by_role("button", name=re.compile("Restore")).click()
    expect(row).to_have_attribute("data-status", "missing", timeout=SOON)
