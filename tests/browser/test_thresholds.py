"""Thresholds in a real browser: one made with the keyboard alone, and a limit that is dragged."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import faults

Open = Callable[..., Page]

SOON = 15_000


def test_a_threshold_is_made_with_the_keyboard_and_taken_back(own_demo: Site, open_page: Open) -> None:
    page = open_page(f"{own_demo.url}/thresholds?new=revenue")
    sentence, limit = page.locator("#thresholds-sentence"), page.get_by_role("textbox", name="Limit", exact=True)
    expect(page.locator(".suggestion").first).to_be_visible(timeout=SOON)
    expect(page.locator("#th-kpi")).to_be_focused()

    page.keyboard.press("Tab")  # judged by
    page.keyboard.press("Tab")  # severity
    page.keyboard.type("Critical")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(limit).to_be_focused()
    page.keyboard.type("abc")
    expect(page.locator("#th-low-0-mistake")).to_contain_text("'abc' is no number", timeout=SOON)
    expect(limit).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Control+a")
    page.keyboard.type("90,000")
    expect(sentence).to_contain_text("It would have fired", timeout=SOON)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    assert 80_000 < float(limit.input_value()) < 90_000
    expect(page.locator("#thresholds-words")).to_contain_text("Revenue by week below", timeout=SOON)
    expect(page.locator("#thresholds-preview")).not_to_have_attribute("aria-busy", "true", timeout=SOON)
    assert not faults(page)
    page.keyboard.press("Enter")

    row = page.locator("[data-threshold-row]", has_text="Revenue by week below")
    expect(row).to_contain_text("Critical", timeout=SOON)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(0, timeout=SOON)
    assert not faults(page)
    page.goto(f"{own_demo.url}/thresholds?edit=3")  # a percentage, judged by the values of a dimension
    expect(page.locator("#thresholds-words")).to_contain_text("each Region", timeout=SOON)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing was changed.")).to_be_visible(timeout=SOON)


def test_a_limit_is_dragged_and_leaving_asks(own_demo: Site, open_page: Open) -> None:
    page = open_page(
        f"{own_demo.url}/thresholds?new=revenue&limit=week:below:90000", viewport={"width": 1440, "height": 1000}
    )
    handle, limit = page.locator(".limit-handle"), page.get_by_role("textbox", name="Limit", exact=True)
    expect(handle).to_be_visible(timeout=SOON)
    before = page.locator("#thresholds-sentence").inner_text()
    box = handle.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] - 40, steps=4)
    page.mouse.up()

    expect(limit).not_to_have_value("90000")
    dragged = float(limit.input_value())
    assert 90_000 < dragged < 180_000
    expect(page.locator("#thresholds-sentence")).not_to_have_text(before, timeout=SOON)
    page.evaluate("window.dash_clientside.set_props('thresholds-again', { n_intervals: 999 })")  # as a poll does
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.keyboard.press("Escape")
    assert asked == ["Leave without saving this threshold?"]
    assert float(limit.input_value()) == dragged
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Escape")
    expect(page.locator("[data-threshold-row]").first).to_be_visible(timeout=SOON)
