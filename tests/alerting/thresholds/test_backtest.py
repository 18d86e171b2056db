"""Backtests on real rows: what a rule would have done, and which limits are suggested."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.backtest import backtest
from dash_kpi.alerting.thresholds.suggestions import suggestions
from dash_kpi.kpis.periods import add_months
from dash_kpi.storage.database import MAIN, Database
from tests.builders import Row, commit_rows, sale

FIRST = date(2024, 1, 1)
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
MONTHS = (100, 100, 70, 60, *[100] * 12, 50, 100, 100, 40, 100, 100, 100, 30)  # from January 2024
DECEMBER = ("Dec 2025", "Dec 2025", None)
FALLS = [("May 2025", "May 2025", "Jun 2025"), ("Aug 2025", "Aug 2025", "Sep 2025"), DECEMBER]


def monthly(values: tuple[float, ...] = MONTHS, **dimensions: str) -> list[Row]:
    """Return one sale a month, and one that closes the last."""
    rows = [sale(add_months(FIRST, at), value, **dimensions) for at, value in enumerate(values)]
    return [*rows, sale(add_months(FIRST, len(values)), 0, **dimensions)]


def rule(**given: object) -> Rule:
    return Rule.from_json({"kpi": "revenue", "conditions": [{"kind": "below", "low": 80}], **given})


def firings(database: Database, some: Rule) -> list[tuple[str, str, str | None]]:
    found = backtest(database, MAIN, some, NOW)
    return [(one.since_label, one.fired_label, one.resolved_label) for one in found.firings]


def test_it_fires_and_recovers_where_the_numbers_say_so(database: Database) -> None:
    commit_rows(database, "a.xlsx", monthly())

    assert firings(database, rule()) == [
        ("Mar 2024", "Mar 2024", "May 2024"),
        ("May 2025", "May 2025", "Jun 2025"),
        ("Aug 2025", "Aug 2025", "Sep 2025"),
        ("Dec 2025", "Dec 2025", None),
    ]


def test_it_says_how_often_and_how_many_messages(database: Database) -> None:
    commit_rows(database, "a.xlsx", monthly())

    found = backtest(database, MAIN, rule(), NOW)

    assert found.sentence == (
        "It would have fired 3 times in the last 12 months and sent 5 messages; 4 times and 7 messages over all "
        "history. It would be firing now, since Dec 2025."
    )
    assert (found.firings_of_year, found.messages) == (3, 7)
    assert found.first_message.startswith("Revenue is 70 in Mar 2024")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"pending": 2}, [("Mar 2024", "Apr 2024", "May 2024")], id="two in a row"),
        pytest.param(
            {"conditions": [{"kind": "change", "low": -0.45}]},
            FALLS,
            id="falls by almost a half",
        ),
        pytest.param(
            {"conditions": [{"kind": "change", "against": "year", "low": -0.65}]},
            [DECEMBER],
            id="against last year",
        ),
        pytest.param(
            {"conditions": [{"kind": "below", "low": {"last_year": 0.35}}]},
            [DECEMBER],
            id="a share of last year",
        ),
        pytest.param(
            {"conditions": [{"kind": "inside", "low": 55, "high": 65}]},
            [("Apr 2024", "Apr 2024", "May 2024")],
            id="inside",
        ),
        pytest.param({"conditions": [{"kind": "outside", "low": 35, "high": 120}]}, [DECEMBER], id="outside"),
        pytest.param(
            {"conditions": [{"kind": "below", "low": 80}, {"kind": "change", "low": -0.45}], "join": "and"},
            FALLS,
            id="both",
        ),
        pytest.param(
            {"conditions": [{"kind": "below", "low": 35}, {"kind": "above", "high": 99}], "join": "or"},
            [("Jan 2024", "Jan 2024", "Mar 2024"), ("May 2024", "May 2024", "May 2025")],
            id="either",
        ),
        pytest.param(
            {"grain": "quarter", "conditions": [{"kind": "below", "low": 240}]},
            [("Q4 2025", "Q4 2025", None)],
            id="by quarter",
        ),
    ],
)
def test_every_condition_is_replayed(
    database: Database, given: dict[str, object], expected: list[tuple[str, str, str | None]]
) -> None:
    commit_rows(database, "a.xlsx", monthly())

    found = firings(database, rule(**given))

    assert found[: len(expected)] == expected


def test_each_value_of_a_dimension_is_judged_by_its_own_limit(database: Database) -> None:
    north, south = monthly(Region="North"), monthly((200,) * 24, Region="South")
    commit_rows(database, "a.xlsx", [*north, *south])

    found = backtest(database, MAIN, rule(by="Region", limits={"South": 250}), NOW)

    assert {one.segment for one in found.lines} == {"North", "South"}
    assert [one.since_label for one in found.firings if one.segment == "South"] == ["Jan 2024"]
    assert len([one for one in found.firings if one.segment == "North"]) == 4
    assert found.messages == 8  # eleven changes of two segments; those of one morning are one message


def test_rows_without_a_value_are_a_segment_of_their_own(database: Database) -> None:
    commit_rows(database, "a.xlsx", [*monthly(Region="North"), *monthly((5,) * 24)])

    found = backtest(database, MAIN, rule(by="Region"), NOW)

    assert {one.segment for one in found.lines} == {"North", "(blank)"}
    assert found.first_message.startswith("Revenue (blank) is 5 in Jan 2024")


def test_filters_choose_the_rows(database: Database) -> None:
    commit_rows(database, "a.xlsx", [*monthly(Region="North"), *monthly((200,) * 24, Region="South")])

    assert firings(database, rule(filters=[["Region", ["South"]]])) == []
    assert len(firings(database, rule(filters=[["Region", ["North"]]]))) == 4


def test_rolling_windows_end_with_each_day(database: Database) -> None:
    days = [sale(FIRST + timedelta(days=at), 10 if at not in (20, 21) else 0) for at in range(40)]
    commit_rows(database, "a.xlsx", days)

    found = firings(database, rule(grain="rolling_7", conditions=[{"kind": "below", "low": 60}]))

    assert [(fired, resolved) for _, fired, resolved in found] == [("16 – 22 Jan 2024", "22 – 28 Jan 2024")]


def test_the_period_that_is_not_over_is_not_judged(database: Database) -> None:
    commit_rows(database, "a.xlsx", monthly())

    found = backtest(database, MAIN, rule(), datetime(2025, 12, 31, 12, tzinfo=UTC))

    assert found.lines[0].labels[-1] == "Nov 2025"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"kpi": "revenu"}, "No KPI named 'revenu'; did you mean 'revenue'?"),
        ({"conditions": [{"kind": "late"}]}, "When files came is known only from now on; there is nothing to replay."),
    ],
)
def test_what_cannot_be_replayed_says_why(database: Database, given: dict[str, object], reason: str) -> None:
    commit_rows(database, "a.xlsx", monthly())

    assert backtest(database, MAIN, rule(**given), NOW).reason == reason


def test_without_data_nothing_has_closed(database: Database) -> None:
    found = backtest(database, MAIN, rule(), NOW)

    assert found.reason == "No KPI named 'revenue'."
    assert suggestions(database, MAIN, rule(), NOW) == ()


def test_limits_are_suggested_with_what_they_would_have_done(database: Database) -> None:
    days = [
        sale(FIRST + timedelta(days=at), (1000 if at % 7 < 5 else 400) + 37 * (at * 7919 % 13 - 6)) for at in range(500)
    ]
    commit_rows(database, "a.xlsx", days)

    found = suggestions(database, MAIN, rule(grain="day"), NOW)

    assert len(found) == 3
    assert [one.limit for one in found] == sorted(one.limit for one in found)
    assert all(one.kind == "below" and 100 < one.limit < 400 for one in found)  # under what is usual on a Sunday
    assert found[0].reason == "1 in 200 ordinary days lies below it, season taken out"
    for one in found:
        tried = rule(grain="day", conditions=[{"kind": "below", "low": one.limit}])
        assert backtest(database, MAIN, tried, NOW).firings_of_year == one.firings_of_year
