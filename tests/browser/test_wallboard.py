"""What changed and the wallboard in a browser: links lead to proof; the board turns over, and stands still if asked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import faults

Open = Callable[..., Page]
SOON = 15_000


def test_a_sentence_leads_to_its_proof(demo: Site, open_page: Open) -> None:
    page = open_page(demo.url)
    first = page.locator("[data-change=move] .changes-text").first
    expect(first).to_be_visible(timeout=SOON)

    first.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".drivers-change")).to_be_visible(timeout=SOON)
    assert "kpi=" in page.url


def test_the_board_turns_over_and_stands_still_when_asked(demo: Site, open_page: Open) -> None:
    page = open_page(f"{demo.url}/wallboard?seconds=3&period=90d")
    expect(page.locator("#wallboard-place")).to_contain_text("1 of", timeout=SOON)
    expect(page.locator(".nav, .bar").first).to_be_hidden()
    expect(page.locator("#wallboard-place")).to_contain_text("2 of", timeout=SOON)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    place = page.locator("#wallboard-place").text_content()
    page.wait_for_timeout(3500)
    expect(page.locator("#wallboard-place")).to_have_text(place or "")

    page.get_by_role("link", name="Leave").click()
    expect(page.locator("[data-kpi=revenue]")).to_be_visible(timeout=SOON)
    assert "period=90d" in page.url


@pytest.mark.parametrize("width", [1440, 360])
def test_the_board_is_accessible_and_still_where_motion_is_not_wanted(demo: Site, open_page: Open, width: int) -> None:
    page = open_page(
        f"{demo.url}/wallboard?seconds=3", viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=SOON)
    expect(page.locator("#wallboard-place")).to_contain_text("1 of", timeout=SOON)

    assert faults(page) == []
    while not page.locator(".wallboard-sentence").first.is_visible():
        page.get_by_role("button", name="Next").click()
    assert faults(page) == []
