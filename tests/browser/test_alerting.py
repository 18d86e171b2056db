"""The whole way: a threshold by the form, a workbook that breaks it, Slack, somebody who cares, a mended workbook."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from dash_kpi.alerting.channels.store import save
from dash_kpi.storage.database import MAIN, Database
from tests.browser.conftest import Site, serve
from tests.fakes.slack import TOKEN, FakeSlack
from tests.waiting import wait_for

Open = Callable[..., Page]

SOON = 15_000
DAYS = 40
FIRST = datetime.now(UTC).date() - timedelta(days=DAYS + 1)  # so that the last of the days has closed everywhere


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
        yield site


def test_a_broken_limit_is_told_acknowledged_and_taken_back(site: Site, slack: FakeSlack, open_page: Open) -> None:
    drop(site, [100.0] * (DAYS - 1))
    page = open_page(f"{site.url}/thresholds?new=revenue")
    expect(page.locator("#thresholds-preview .js-plotly-plot, #thresholds-preview svg").first).to_be_visible(
        timeout=SOON
    )
    page.get_by_label("Judged by").select_option("day")
    page.get_by_role("textbox", name="Limit", exact=True).fill("90")
    expect(page.locator("#thresholds-sentence")).to_contain_text("It would never have fired", timeout=SOON)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-threshold-row]")).to_contain_text("Within limits", timeout=SOON)
    page.locator("#nav-alerts").click()
    expect(page.get_by_role("heading", name="Alerts", exact=True)).to_be_visible(timeout=SOON)

    drop(site, [*[100.0] * (DAYS - 1), 60.0])

    row = page.get_by_role("row", name="Revenue is 60")
    expect(row).to_contain_text("below its limit 90", timeout=SOON)
    (told,) = wait_for(lambda: slack.room("sales").top, 10, "the message in Slack")
    assert "below its limit 90" in told.shown
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_contain_text("Acknowledged", timeout=SOON)
    wait_for(lambda: replies(slack, "Acknowledged by"), 10, "the acknowledgement in the thread")

    drop(site, [100.0] * DAYS)

    expect(row).to_have_count(0, timeout=SOON)
    wait_for(lambda: replies(slack, "was restated and is not out of its limits"), 10, "the correction in the thread")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row", name="Revenue is 60")).to_contain_text("Corrected", timeout=SOON)


def replies(slack: FakeSlack, words: str) -> list[str]:
    room = slack.room("sales")
    return [one.shown for one in room.thread(room.top[0].ts) if words in one.shown]


def drop(site: Site, values: list[float]) -> None:
    """Put a workbook with a value a day into the inbox, as programs do."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Revenue"])
    for at, value in enumerate(values):
        sheet.append([FIRST + timedelta(days=at), value])
    book.save(written := site.settings.instance / "written.xlsx")
    written.rename(site.inbox / "sales.xlsx")
