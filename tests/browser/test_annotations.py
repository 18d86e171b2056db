"""A note on the chart, written, changed, deleted and brought back with nothing but the keyboard."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import RULES

Open = Callable[..., Page]

FLAGS = "#overview-chart .xy2 .scatterlayer .point"


def press(button: Locator) -> None:
    button.focus()
    button.press("Enter")


def test_a_note_lives_by_the_keyboard_and_others_see_it(own_demo: Site, open_page: Open) -> None:
    page = open_page(own_demo.url, reduced_motion="reduce")
    other = open_page(f"{own_demo.url}/?kpi=profit", reduced_motion="reduce")
    expect(other.locator("[data-kpi=profit]")).to_be_visible()
    expect(page.locator("#overview-listed [data-note-kpi]")).to_be_attached()
    dialog = page.get_by_role("dialog", name="New note")

    press(page.get_by_role("button", name="Note", exact=True))
    expect(dialog.get_by_label("Text")).to_be_focused()
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    last = dialog.get_by_label("To").input_value()
    dialog.get_by_label("From").fill(last)
    dialog.get_by_label("Shown").select_option("on every KPI")
    dialog.get_by_label("Text").fill("The shop moved <b>")
    page.keyboard.press("Control+Enter")

    expect(dialog).to_be_hidden()
    note = page.locator("#overview-listed li")
    expect(note).to_contain_text("The shop moved <b> somebody · on every KPI")
    expect(page.locator(FLAGS)).to_have_count(1)
    expect(other.locator("#overview-listed li")).to_contain_text("The shop moved", timeout=15_000)

    press(note.get_by_role("button", name="Edit"))
    page.get_by_label("Text").fill("The shop moved again")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(note).to_contain_text("again")
    expect(note.get_by_role("button", name="Edit")).to_be_focused()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(note).to_have_count(0)
    expect(page.locator(FLAGS)).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(note).to_contain_text("The shop moved again")
