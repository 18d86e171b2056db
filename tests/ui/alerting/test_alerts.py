"""What the pages of alerts say, read as HTML."""

import re
from datetime import date, timedelta
from html import unescape

from dash_kpi.alerting.alerts import acts as alerts
from dash_kpi.alerting.alerts.page import alert_page, alerts_page
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.ui.alerting import alert as one
from dash_kpi.ui.alerting import alerts as many
from tests.alerting.builders import (
    NOW,
    add_alert,
    add_channel,
    add_delivery,
    add_threshold,
    details_of,
    rule_of,
)
from tests.builders import commit_rows, sale


def listed(database: Database, query: str = "") -> dict[str, str]:
    return many.contents(alerts_page(database, MAIN, query, NOW), "EUR")


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ").split())


def shown(database: Database, number: int) -> dict[str, str]:
    return {
        name: words(part)
        for name, part in one.contents(alert_page(database, MAIN, str(number), "", NOW), "EUR")[1].items()
    }


def test_an_alert_says_what_is_wrong_since_when_and_who_has_it(database: Database) -> None:
    number = add_alert(
        database, severity="critical", details=details_of(unit="currency").as_json(), now=NOW - timedelta(hours=5)
    )
    alerts.assign(database, MAIN, [number], "Ann", "Bob", NOW)
    alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)

    said = words(listed(database)["list"])

    assert "Critical Revenue was 80 in Feb 2026, below 100" in said
    assert "€80" in said
    assert "5 h ago" in said
    assert "Acknowledged by Ann, just now Ann has it" in said


def test_what_comes_from_data_is_escaped(database: Database) -> None:
    add_alert(database, message="<script>alert(1)</script>")

    assert "<script>" not in listed(database)["list"]


def test_empty_pages_teach(database: Database) -> None:
    assert "Nothing is watched yet" in listed(database)["list"]
    add_threshold(database)
    assert "No alert is open 1 threshold is watched" in words(listed(database)["list"])
    assert "Nothing has happened yet" in listed(database, "state=over")["list"]
    add_alert(database)
    assert "No alert fits what is chosen" in words(listed(database, "severity=info")["list"])


def test_filters_keep_each_other_in_their_addresses(database: Database) -> None:
    for name in ("Ann", "Bob"):
        add_alert(database, assignee=name, severity="critical")

    narrowing = listed(database, "severity=critical")["narrowing"]

    assert 'value="/alerts?severity=critical&amp;who=Ann"' in narrowing
    assert 'value="/alerts?who=' not in narrowing


def test_one_alert_tells_its_messages_with_every_try(database: Database) -> None:
    number = add_alert(database, add_threshold(database, rule_of(owner="Ann", note="Call the warehouse")))
    channel = add_channel(database)
    add_delivery(database, channel, [number], attempts=[("unknown", "the connection broke"), ("found", "")])

    said = shown(database, number)

    assert "#sales to C012345 was accepted" in said["body"]
    assert "Try 1, 2 Mar 2026 09:00: the answer was lost: the connection broke" in said["body"]
    assert "Look-up 2, 2 Mar 2026 09:01: found at the channel" in said["body"]
    assert "Owner Ann" in said["facts"]
    assert "Region North fell by 38. See its drivers" in said["facts"]
    assert "sales_2026.xlsx" in said["facts"]


def test_one_alert_that_was_not_told_says_why(database: Database) -> None:
    assert "there is no channel yet" in shown(database, add_alert(database))["head"]


def test_one_alert_draws_what_is_outside_its_limit(database: Database) -> None:
    values = {1: 120, 2: 80, 3: 90, 4: 130}
    commit_rows(database, "sales.xlsx", [sale(date(2025, month, 28), value) for month, value in values.items()])
    number = add_alert(database, period_start=date(2025, 2, 1), period_end=date(2025, 3, 31), current_value=90.0)

    figure, parts = one.contents(alert_page(database, MAIN, str(number), "", NOW), "EUR")

    assert figure["data"]
    assert "Limit 100" in words(parts["chart"])
    assert "Revenue: 90 in Mar 2025; 2 months outside the limit since Feb 2025." in words(parts["chart"])


def test_an_alert_that_is_not_there_says_so(database: Database) -> None:
    assert "There is no alert 7" in shown(database, 7)["head"]


def test_messages_that_need_somebody_are_told_only_where_there_are_any(database: Database) -> None:
    assert listed(database)["problems"] == ""
    number, channel = add_alert(database), add_channel(database)
    add_delivery(database, channel, [number], status="failed", attempts=[], reason="Too long.")
    add_delivery(database, channel, [number], status="failed", attempts=[], reason="Too long.")
    add_channel(database, "#ops", problem="The token was revoked.", problem_since=NOW)

    html = listed(database)["problems"]
    said = words(html)

    assert said.index("#ops: The token was revoked.") < said.index("#sales: 2 messages could not be delivered")
    assert "Since 2 Mar 2026 09:00 · about Revenue was 80 in Feb 2026, below 100" in said
    assert "Send all 2 again" in said
    assert "Leave all 2" in said
    assert 'data-delivery-act="resend" data-ids="1 2"' in html
    assert 'data-channel-retry="2"' in html
    assert 'href="/settings/channels?edit=2"' in html


def test_a_removed_channel_is_left_or_told_elsewhere(database: Database) -> None:
    number = add_alert(database)
    add_delivery(
        database, add_channel(database, deleted_at=NOW), [number], status="failed", attempts=[], reason="Gone."
    )

    html = listed(database)["problems"]

    assert 'data-delivery-act="resend"' not in html
    assert f'data-alert-act="resend" data-ids="{number}"' in html


def test_each_delivery_tells_its_tries_and_what_can_be_done(database: Database) -> None:
    number, channel = add_alert(database), add_channel(database)
    tries = [("not_sent", "Slack asked to wait 30 s"), ("unknown", "the reply was lost"), ("no_evidence", "a")]
    tries += [("no_evidence", "b"), ("refused", "too long")]
    add_delivery(
        database, channel, [number], status="failed", attempts=tries, reason="too long", is_possible_repeat=True
    )
    add_delivery(database, channel, [number], status="parked", ended_at=None, attempts=[], reason="It is full.")

    html = one.contents(alert_page(database, MAIN, str(number), "", NOW), "EUR")[1]["body"]

    assert (
        "Not sent: Slack asked to wait 30 s; unknown: the reply was lost; looked for it twice, not found; "
        "sent again, marked as a possible repeat; refused: too long."
    ) in words(html)
    assert 'data-delivery-act="leave" data-ids="1"' in html
    assert f'data-channel-retry="{channel}"' in html


def test_what_nobody_was_told_can_be_told_now(database: Database) -> None:
    number = add_alert(database)
    add_channel(database, now=NOW + timedelta(hours=1))

    said = shown(database, number)["head"]

    assert "Nobody was told: there was no channel for it when it opened. Send it now" in said
