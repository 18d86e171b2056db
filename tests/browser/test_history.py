"""Where a number comes from, in a real browser: from the chart to the rows, to the past and to what changed."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_files import SOON, save

Open = Callable[..., Page]


def test_a_number_leads_to_its_rows_and_the_view_is_kept(demo: Site, open_page: Open) -> None:
    page = open_page(f"{demo.url}/?where=Region%3DNorth")
    page.get_by_role("link", name="rows behind Profit margin").click()
    expect(page.get_by_role("heading", name="Rows behind Profit margin")).to_be_visible()
    expect(page).to_have_url(re.compile("/rows.*kpi=profit_margin.*where=Region%3DNorth"))
    expect(page.locator(".behind tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.startswith("rows-profit_margin-")

    page.get_by_label("Period").select_option("all")
    expect(page.get_by_text("Page 1 of")).to_be_visible()
    page.locator("#nav-overview").click()
    expect(page.locator("[data-kpi=profit_margin]")).to_have_attribute("aria-pressed", "true")
    page.locator("#overview-chart .nsewdrag").click(position={"x": 40, "y": 100})  # the first whole month

    expect(page).to_have_url(re.compile(r"/rows\?.*from=\d{4}-\d\d-01&to="))
    expect(page.locator(".behind tbody tr").first).to_be_visible()


def test_a_corrected_file_shows_what_it_changed_and_what_was_before(site: Site, open_page: Open) -> None:
    save(site.inbox / "sales.xlsx", 10)
    page = open_page(site.url)
    revenue = page.locator("[data-kpi=revenue]")
    expect(revenue).to_have_attribute("data-value", "280.0", timeout=SOON)
    save(site.inbox / "sales.xlsx", 20)
    expect(revenue).to_have_attribute("data-value", "560.0", timeout=SOON)

    page.get_by_role("button", name="As of").click()
    page.locator("#as-of-list button").last.click()
    expect(revenue).to_have_attribute("data-value", "280.0")
    page.get_by_role("button", name=re.compile("As of revision 1")).click()
    expect(revenue).to_have_attribute("data-value", "560.0")

    page.locator("#nav-data").click()
    page.get_by_role("link", name="Revisions").click()
    page.get_by_role("link", name="Difference that revision 2 made").click()
    expect(page.get_by_role("heading", name="Revision 1 to 2")).to_be_visible()
    expect(page.locator(".row-changes").first).to_contain_text("Altered: 28 rows")
    page.go_back()
    expect(page.locator("[data-revision-row]")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="Original of sales.xlsx").first.click()
    assert download.value.path().read_bytes() == (site.inbox / "sales.xlsx").read_bytes()
