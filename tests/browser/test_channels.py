"""Channels in a real browser: one is added by the form, what is wrong stands at its field, a route divides alerts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, serve
from tests.browser.test_pages import faults
from tests.fakes.slack import FakeSlack

Open = Callable[..., Page]

SOON = 15_000
DESK, PHONE = 1440, 360


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def site(slack: FakeSlack, tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "config.toml").write_text(f'slack_url = "{slack.api_url}"\n', "utf-8")
    with serve(["serve"], tmp_path / "instance") as site:
        yield site


def test_a_channel_is_added_mended_tested_routed_and_removed(site: Site, slack: FakeSlack, open_page: Open) -> None:
    slack.room("sales").has_bot = False
    page = open_page(site.url)
    page.locator("#nav-settings").click()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Channels").click()
    expect(page.get_by_text("Nobody is told about alerts yet")).to_be_visible(timeout=SOON)
    wrong = [look(page, PHONE)]
    page.get_by_role("link", name="Slack (bot)").click()

    page.get_by_label("Name").fill("Sales team")
    page.get_by_label("Bot token").fill("xapp-of-another-kind")
    page.get_by_label("Channel", exact=True).fill("#sales")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#channel-token-mistake")).to_contain_text("This is no bot token", timeout=SOON)
    expect(page.get_by_label("Bot token")).to_be_focused()
    page.get_by_label("Bot token").fill(slack.token)
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#channel-channel-mistake")).to_contain_text("/invite @kpi-bot", timeout=SOON)
    wrong.append(look(page, DESK, PHONE))
    slack.room("sales").has_bot = True
    page.get_by_role("button", name="Test connection").click()
    expect(page.locator("#channel-told")).to_contain_text("Connected as kpi-bot", timeout=SOON)
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Channel Sales team added.")).to_be_visible(timeout=SOON)
    expect(page.locator("[data-channel]")).to_contain_text("Works", timeout=SOON)
    page.locator("[data-channel]").get_by_role("button", name="Send a test").click()
    expect(page.locator("#channels-done")).to_contain_text("#sales: sent.", timeout=SOON)
    expect(page.locator("[data-channel]")).to_contain_text("Test sent", timeout=SOON)
    page.get_by_role("link", name="Add route").click()
    page.get_by_label("Name").fill("Loud")
    page.get_by_label("Info").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#route-channels-mistake")).to_contain_text("at least one channel", timeout=SOON)
    page.get_by_role("group", name="Channels").get_by_label("Sales team").check()
    wrong.append(look(page, PHONE))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-route]")).to_contain_text("Warning or critical alerts go to Sales team.", timeout=SOON)
    expect(page.get_by_text("Alerts that are info go nowhere")).to_be_visible()
    wrong.append(look(page, DESK))

    page.get_by_role("link", name="Sales team", exact=True).click()
    expect(page.get_by_label("Bot token")).to_have_value("", timeout=SOON)
    assert slack.token not in page.content()
    page.get_by_role("button", name="Remove Sales team").click()
    expect(page.locator("#channels-done")).to_contain_text("the route Loud names it", timeout=SOON)
    assert not any(wrong), wrong


def look(page: Page, *widths: int) -> list[str]:
    """Return what is wrong with the page at some widths, in the light and in the dark."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page)
    page.set_viewport_size({"width": DESK, "height": 900})
    page.emulate_media(color_scheme="light")
    return found
