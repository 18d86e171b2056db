"""A message that could not be delivered: told on every page, sent again, and gone."""

from collections.abc import Callable
from datetime import UTC, datetime

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from dash_kpi.storage.database import Database
from dash_kpi.storage.models import AlertEvent
from tests.alerting.builders import add_alert, add_channel, add_delivery
from tests.browser.conftest import Site
from tests.browser.test_pages import RULES

Open = Callable[..., Page]


def test_a_dead_letter_is_seen_sent_again_and_gone(site: Site, open_page: Open) -> None:
    database = Database(site.settings)
    number, channel = add_alert(database, now=datetime.now(UTC)), add_channel(database, config={"channel": "#sales"})
    for _ in range(2):
        add_delivery(
            database, channel, [number], destination="#sales", status="failed", reason="Too long.",
            attempts=[("refused", "Too long.")], now=datetime.now(UTC),
        )  # fmt: skip
    page = open_page(site.url, reduced_motion="reduce")
    banner = page.locator("#channel-problems")
    expect(banner).to_have_text("2 messages could not be delivered · see Alerts", timeout=15_000)
    banner.get_by_role("link", name="Alerts").click()

    section = page.get_by_role("region", name="Messages that need somebody")
    expect(section).to_contain_text("#sales: 2 messages could not be delivered: Too long.")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    section.get_by_role("link", name="Revenue was 80").click()
    deliveries = page.locator(".sendings > li")
    expect(deliveries).to_have_count(2)
    expect(deliveries.first).to_contain_text("Refused: Too long.")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    deliveries.first.get_by_role("button", name="Leave it").click()
    expect(page.locator("#toasts")).to_contain_text("1 message is left unsent.")
    expect(deliveries.first).to_contain_text("Left unsent by somebody.")

    page.go_back()
    section.get_by_role("button", name="Send again").click()
    expect(page.locator("#toasts")).to_contain_text("1 message is sent again.")
    expect(page.locator("[data-problem=failed]")).to_have_count(
        0
    )  # the worker tries it, and parks a channel without a token
    expect(banner).not_to_contain_text("could not be delivered")
    with database.reading() as session:
        kinds = session.scalars(select(AlertEvent.kind).order_by(AlertEvent.id)).all()
    assert kinds == ["opened", "unsent", "resent"]
    database.close()
