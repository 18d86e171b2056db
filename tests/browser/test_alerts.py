"""Alerts by the keyboard: acknowledged, snoozed, many at once, and taken back; others see it."""

from collections.abc import Callable
from datetime import UTC, datetime

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dash_kpi.storage.database import Database
from tests.alerting.builders import add_alert, add_channel, add_threshold, rule_of
from tests.browser.conftest import Site
from tests.browser.test_pages import RULES

Open = Callable[..., Page]


def test_alerts_are_handled_by_the_keyboard_and_others_see_it(site: Site, open_page: Open) -> None:
    database = Database(site.settings)
    page = open_page(f"{site.url}alerts" if site.url.endswith("/") else f"{site.url}/alerts", reduced_motion="reduce")
    expect(page.get_by_role("heading", name="Nothing is watched yet")).to_be_visible()
    regions = add_threshold(database, rule_of(by="region", name="Regional floor"))
    for severity, region in (("warning", "South"), ("critical", "North")):
        add_alert(database, regions, segment=region, severity=severity, now=datetime.now(UTC))

    rows = page.locator("#alerts-rows > tr")
    expect(rows).to_have_count(2, timeout=15_000)
    expect(page.locator("#bar-alerts")).to_have_text("2 open alerts")
    expect(page.locator("#nav-count")).to_have_text("2")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()

    rows.first.focus()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(rows.first).to_contain_text("Acknowledgedby somebody")
    expect(rows.first).to_be_focused()
    page.keyboard.press("z")
    expect(rows.first).not_to_contain_text("Acknowledged")

    rows.first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#alerts-selected")).to_have_text("2 selected")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Snooze 2 alerts")
    dialog.get_by_label("Until tomorrow, 9:00").check()
    dialog.get_by_label("Wake it before").fill("10")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    dialog.get_by_role("button", name="Snooze").click()
    expect(dialog).to_be_hidden()
    for at in (0, 1):
        expect(rows.nth(at)).to_contain_text("or worse by 10 %")
    expect(page.locator("#alerts-toolbar")).to_be_hidden()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("or worse by 10 %").first).to_be_hidden()

    add_channel(database, problem="The token was revoked. Make a new one.")
    expect(page.locator("#channel-problems")).to_contain_text(
        "#sales is parked: The token was revoked.", timeout=15_000
    )

    rows.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revenue of North was 80 in Feb 2026, below 100")
    expect(page.locator("#alert-body")).to_contain_text("Snoozed by somebody")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Silence …").click()
    silence = page.get_by_role("dialog", name="Silence")
    silence.get_by_role("button", name="Silence", exact=True).click()
    expect(silence.locator("#silence-comment-error")).to_contain_text("needs a comment")
    silence.get_by_label("Why nothing is to be told").fill("Stocktaking")
    silence.get_by_role("button", name="Silence", exact=True).click()
    expect(page.locator("#alert-head")).to_contain_text("Stocktaking")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page.locator("#alerts-silences")).to_contain_text("Stocktaking")
    database.close()
