"""The catalogue of KPIs in a real browser: write a formula, mend it, see it, save it, find its card, undo."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import faults

Open = Callable[..., Page]

SOON = 15_000
ROW = "[data-kpi-row=online_share]"


def test_a_kpi_is_written_mended_saved_shown_and_undone(own_demo: Site, open_page: Open) -> None:
    page = open_page(own_demo.url)
    page.locator("#nav-settings").click()
    expect(page.locator("[data-kpi-row=revenue]")).to_be_visible(timeout=SOON)
    page.get_by_role("link", name="New KPI").click()

    page.get_by_label("Label").fill("Online share")
    expect(page.get_by_label("Name")).to_have_value("online_share")
    formula = page.locator("#kpi-formula")
    formula.fill('revnue[Channel = "Online"] / revenue')
    expect(page.locator("#kpi-formula-mistake mark")).to_have_text("revnue", timeout=SOON)
    page.get_by_role("button", name="Use 'revenue'").click()
    expect(formula).to_have_value('revenue[Channel = "Online"] / revenue')
    page.get_by_label("Unit").select_option("Percent")
    expect(page.locator("#kpis-preview tbody tr")).to_have_count(12, timeout=SOON)
    expect(page.locator("#kpis-preview .behind-value")).to_contain_text("%")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("KPI Online share added.")).to_be_visible(timeout=SOON)
    expect(page.locator(ROW)).to_contain_text("%", timeout=SOON)
    undo = page.get_by_role("status").get_by_role("button", name="Undo")
    page.locator("#nav-overview").click()
    card = page.locator("[data-kpi=online_share]")
    expect(card).to_have_attribute("data-value", re.compile(r"^0\.\d+$"), timeout=SOON)
    page.go_back()
    page.locator(ROW).get_by_role("button", name="Delete").click(timeout=SOON)
    expect(page.locator(ROW)).to_have_count(0, timeout=SOON)
    undo.click()
    expect(page.locator(ROW)).to_be_visible(timeout=SOON)
    page.locator(ROW).get_by_role("button", name="Delete").click()
    expect(page.locator(ROW)).to_have_count(0, timeout=SOON)


@pytest.mark.parametrize("width", [1440, 360])
def test_the_list_and_the_editor_are_for_everyone(own_demo: Site, open_page: Open, width: int) -> None:
    page = open_page(own_demo.url, viewport={"width": width, "height": 800}, reduced_motion="reduce")
    wrong = {}
    for address, filled in (
        ("/settings/kpis", "[data-kpi-row=revenue]"),
        ("/settings/kpis?edit=profit_margin", "#kpis-preview tbody tr"),
        ("/settings/kpis?new=1", "#kpis-preview:not([aria-busy]) p"),
        ("/settings/kpis?edit=nothing", ".empty-state"),
    ):
        page.goto(own_demo.url + address)
        expect(page.locator(filled).first).to_be_visible(timeout=SOON)
        wrong[address] = faults(page)

    assert not any(wrong.values()), wrong
