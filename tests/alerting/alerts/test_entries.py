from datetime import date, timedelta

import pytest

from dash_kpi.alerting.alerts.entries import alert, alerts
from dash_kpi.alerting.alerts.values import OPEN, AlertFilter
from dash_kpi.errors import NotFound
from dash_kpi.storage.database import MAIN, Database
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery, add_evaluation, add_threshold, rule_of

EARLIER = NOW - timedelta(days=3)


def test_open_alerts_come_first_and_the_worst_of_them_first(database: Database) -> None:
    over = add_alert(database, severity="critical", status="resolved", closed_at=NOW)
    mild = add_alert(database, severity="info")
    old, bad = add_alert(database, now=EARLIER, severity="critical"), add_alert(database, severity="critical")

    assert [row.id for row in alerts(database, MAIN).rows] == [bad, old, mild, over]


def test_alerts_that_are_over_come_by_the_time_of_their_end(database: Database) -> None:
    first = add_alert(database, severity="critical", status="resolved", closed_at=EARLIER)
    second = add_alert(database, severity="info", status="corrected", closed_at=NOW)

    assert [row.id for row in alerts(database, MAIN).rows] == [second, first]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(AlertFilter(), "NSPR", id="everything"),
        pytest.param(AlertFilter(statuses=OPEN), "NSP", id="open"),
        pytest.param(AlertFilter(severities=("critical",)), "S", id="severity"),
        pytest.param(AlertFilter(kpi="profit"), "P", id="KPI"),
        pytest.param(AlertFilter(segment="North"), "N", id="segment"),
        pytest.param(AlertFilter(segment=""), "PR", id="the whole"),
        pytest.param(AlertFilter(assignee="Ann"), "S", id="assignee"),
        pytest.param(AlertFilter(assignee=""), "NPR", id="nobody"),
        pytest.param(AlertFilter(tag="finance"), "P", id="tag"),
    ],
)
def test_alerts_are_filtered(database: Database, asked: AlertFilter, expected: str) -> None:
    regions = add_threshold(database, rule_of(by="region"))
    profit = add_threshold(database, rule_of(kpi="profit", tags=["finance"]))
    names = {
        add_alert(database, regions, segment="North"): "N",
        add_alert(database, regions, segment="South", severity="critical", assignee="Ann"): "S",
        add_alert(database, profit): "P",
        add_alert(database, status="resolved", closed_at=NOW): "R",
    }

    found = alerts(database, MAIN, asked)

    assert {names[row.id] for row in found.rows} == set(expected)
    assert found.total == len(expected)


def test_alerts_come_page_by_page(database: Database) -> None:
    numbers = [add_alert(database) for _ in range(5)]

    page = alerts(database, MAIN, AlertFilter(page=2, size=2))

    assert [row.id for row in page.rows] == [numbers[2], numbers[1]]
    assert (page.total, page.page, page.pages) == (5, 2, 3)


def test_one_alert_has_its_life_its_deliveries_and_its_evaluations(database: Database) -> None:
    number = add_alert(database, add_threshold(database, rule_of(name="Sales floor", tags=["sales"])))
    channel = add_channel(database)
    add_delivery(database, channel, [number], attempts=[("not_sent", "too many requests"), ("sent", "")])

    found = alert(database, MAIN, number, NOW)

    assert (found.row.rule, found.row.tags, found.row.details.label) == ("Sales floor", ("sales",), "Revenue")
    assert [event.kind for event in found.events] == ["opened"]
    assert [(one.channel, one.status) for one in found.sendings] == [("#sales", "sent")]
    assert [(one.outcome, one.reason) for one in found.sendings[0].tries] == [
        ("not_sent", "too many requests"),
        ("sent", ""),
    ]
    assert [one.reason for one in found.findings.rows] == ["fired"]
    assert found.rule["kpi"] == "revenue"


def test_an_alert_shows_the_evaluations_before_it_too(database: Database) -> None:
    threshold = add_threshold(database)
    add_evaluation(database, threshold, at=EARLIER, code="pending", reason="pending 1 of 2")
    number = add_alert(database, threshold)

    assert [one.reason for one in alert(database, MAIN, number, NOW).findings.rows] == ["fired", "pending 1 of 2"]


def test_what_was_judged_after_an_alert_was_over_is_not_shown_with_it(database: Database) -> None:
    threshold = add_threshold(database)
    number = add_alert(database, threshold, status="resolved", closed_at=NOW)
    add_evaluation(database, threshold, period_start=date(2026, 3, 1), code="within", reason="within limits")

    assert [one.reason for one in alert(database, MAIN, number, NOW).findings.rows] == ["fired"]


def test_an_unknown_alert_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="no alert 3"):
        alert(database, MAIN, 3, NOW)
