from datetime import date, timedelta

import pytest

from dash_kpi.alerting.alerts.page import alert_page, alerts_page
from dash_kpi.alerting.alerts.page_values import Asked
from dash_kpi.alerting.alerts.silence_values import Scope
from dash_kpi.alerting.alerts.silences import silence
from dash_kpi.storage.database import MAIN, Database
from tests.alerting.builders import NOW, add_alert, add_threshold, rule_of
from tests.builders import commit_rows, sale

ADDRESSES = ["", "state=over", "state=all&severity=critical", "about=revenue&segment=North&who=Ann&tagged=x&page=3"]


@pytest.mark.parametrize("query", ADDRESSES)
def test_an_address_is_read_and_written(query: str) -> None:
    asked = Asked.from_query(query)

    assert Asked.from_query(asked.address(page=asked.page).partition("?")[2]) == asked
    assert asked.address(page=asked.page) == (f"/alerts?{query}" if query else "/alerts")


def test_what_an_address_says_wrongly_has_its_default() -> None:
    assert Asked.from_query("?state=wild&severity=awful&page=x&kpi=profit") == Asked()


def test_the_page_counts_what_is_open_and_over_and_offers_what_there_is(database: Database) -> None:
    regions = add_threshold(database, rule_of(by="region", tags=["sales"]))
    shown = add_alert(database, regions, segment="North", assignee="Ann")
    add_alert(database, status="resolved", closed_at=NOW)
    silence(database, MAIN, Scope(dimension="region", segment="North"), "move", NOW + timedelta(hours=1), "Ann", NOW)

    page = alerts_page(database, MAIN, "", NOW)

    assert [row.id for row in page.alerts.rows] == [shown]
    assert (page.open, page.over, page.thresholds) == (1, 1, 2)
    assert (page.kpis, page.segments) == ((("revenue", "Revenue"),), ("North",))
    assert (page.people, page.tags) == (("Ann",), ("sales",))
    assert page.silenced[shown].comment == "move"


def test_an_alert_is_drawn_with_its_limit_and_the_periods_that_broke_it(database: Database) -> None:
    values = {1: 120, 2: 80, 3: 90, 4: 130}
    commit_rows(database, "sales.xlsx", [sale(date(2025, month, 1), value) for month, value in values.items()])
    number = add_alert(database, period_start=date(2025, 2, 1), period_end=date(2025, 4, 30))

    history = alert_page(database, MAIN, str(number), "", NOW).history

    assert history is not None
    assert history.values[:3] == (120.0, 80.0, 90.0)
    assert history.limits == (100.0,)
    assert [history.labels[at] for at in history.broken] == ["Feb 2025", "Mar 2025"]


def test_an_alert_whose_kpi_is_gone_is_shown_without_a_chart(database: Database) -> None:
    number = add_alert(database)

    page = alert_page(database, MAIN, str(number), "", NOW)

    assert page.whole is not None
    assert page.history is None


@pytest.mark.parametrize("number", ["9", "x", "", "99999999999"])
def test_an_alert_that_is_not_there_is_none(database: Database, number: str) -> None:
    assert alert_page(database, MAIN, number, "", NOW).whole is None
