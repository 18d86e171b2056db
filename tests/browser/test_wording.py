"""Digests and messages in a real browser: made, previewed, sent as a test; a wording is marked where it is wrong."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dash_kpi.alerting.channels.store import save
from dash_kpi.storage.database import MAIN, Database
from tests.browser.conftest import Site, serve
from tests.browser.test_alerting import DAYS, drop
from tests.browser.test_channels import DESK, PHONE, look
from tests.fakes.slack import TOKEN, FakeSlack
from tests.waiting import wait_for

Open = Callable[..., Page]

SOON = 15_000


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def site(slack: FakeSlack, tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "config.toml").write_text(f'slack_url = "{slack.api_url}"\n', "utf-8")
    with serve(["serve"], tmp_path / "instance") as site:
        database = Database(site.settings)
        values = {"token": TOKEN, "channel": "C00000001"}
        save(database, MAIN, {"kind": "slack", "name": "Sales", "values": values}, "Ann", datetime.now(UTC))
        database.close()
        drop(site, [100.0] * DAYS)
        yield site


def test_a_digest_is_made_tried_and_removed_and_its_title_worded_anew(
    site: Site, slack: FakeSlack, open_page: Open
) -> None:
    page = open_page(f"{site.url}/settings/digests")
    page.get_by_role("link", name="Add the first digest").click()
    preview, done = page.locator("#digests-preview"), page.locator("#digests-done")
    expect(page.locator("#digest-kpis-revenue")).to_be_visible(timeout=SOON)
    expect(page.get_by_label("Sales")).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#digest-name-mistake")).to_contain_text("A digest has a name", timeout=SOON)
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Name").fill("Morning")
    page.get_by_label("How often").select_option("week")
    page.get_by_label("On", exact=True).select_option("friday")
    page.locator("#digest-kpis-revenue").check()
    expect(preview).to_contain_text("Every Friday at 08:00", timeout=SOON)
    expect(preview.locator(".message-text")).to_contain_text("Revenue: ")
    wrong = [look(page, DESK, PHONE)]
    drop(site, [100.0] * (DAYS - 1))  # the data moves while somebody types
    page.get_by_role("button", name="Send now as a test").click()
    expect(done).to_contain_text("The test was sent.", timeout=SOON)
    (told,) = wait_for(lambda: slack.room("sales").top, 10, "the digest in Slack")
    assert "Morning: " in told.shown
    expect(page.get_by_label("Name")).to_have_value("Morning")
    page.get_by_role("button", name="Save", exact=True).click()
    row = page.locator("[data-digest]")
    expect(row).to_contain_text("Every Friday at 08:00", timeout=SOON)
    row.get_by_role("button", name="Switch off").click()
    expect(row).to_contain_text("Switched off", timeout=SOON)
    wrong.append(look(page, DESK, PHONE))
    row.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No digest yet")).to_be_visible(timeout=SOON)
    done.get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Morning", timeout=SOON)

    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Messages").click()
    page.get_by_role("link", name="A value left its limits").click()
    field, mistake = page.get_by_label("Wording", exact=True), page.locator("#message-mistake")
    expect(page.locator(".said")).to_contain_text("Revenue North is 82,100", timeout=SOON)
    field.fill("Look: {kpi} is {valeu}")
    expect(mistake).to_contain_text("did you mean {value}?", timeout=SOON)
    expect(mistake.locator("mark")).to_have_text("{valeu}")
    wrong.append(look(page, DESK, PHONE))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(field).to_be_focused()
    assert field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == "{valeu}"
    insert = page.get_by_role("button", name="{value}", exact=True)
    insert.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".message-text")).to_contain_text("Look: Revenue is 82,100\n", timeout=SOON)
    field.press("Enter")
    expect(page.locator("[data-template=limit]")).to_contain_text("Changed", timeout=SOON)
    expect(page.locator("[data-template=limit]")).to_contain_text("Look: {kpi} is {value}")
    wrong.append(look(page, DESK, PHONE))
    page.locator("#messages-done").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-template=limit]")).to_contain_text("Built in", timeout=SOON)
    assert not any(wrong), wrong
