"""Where the current period ends: worked out by hand on series that go on exactly as they were."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.definition import Definition, Target
from dash_kpi.kpis.periods import Grain, add_months
from dash_kpi.reporting.ahead import wanted_ahead
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.outlook import Outlook, crossing_of, outlook_of, outlooks_of
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
from tests.builders import Row, commit_rows, define, forecast_all, sale

FIRST = date(2025, 1, 1)
NOW = datetime(2025, 6, 1, tzinfo=UTC)


def every_day(until: date, revenue: Sequence[float] = (100.0,), share: float = 0.6) -> list[Row]:
    """Return a sale a day; `revenue` by weekday where there are seven."""
    days = [FIRST + timedelta(at) for at in range((until - FIRST).days + 1)]
    amounts = [(day, revenue[day.weekday() % len(revenue)]) for day in days]
    return [sale(day, one, share * one) for day, one in amounts if one]


def outlook(database: Database, name: str, period: Grain = "month") -> Outlook:
    state = state_at(database, MAIN)
    found = outlook_of(database, state, next(k for k in kpis_of(database, state) if k.name == name), period)
    assert found is not None
    return found


def test_an_amount_is_what_is_there_and_the_days_to_come(database: Database) -> None:
    commit_rows(database, "a.xlsx", every_day(date(2025, 5, 20)))
    found = outlook(database, "revenue")
    assert (found.period_label, found.so_far, found.so_far_until) == ("May 2025", 2000, date(2025, 5, 20))
    assert found.ending.expected == pytest.approx(3100)
    assert outlook(database, "revenue", "quarter").ending.expected == pytest.approx(9100)


def test_days_that_never_have_a_value_are_not_counted(database: Database) -> None:
    """May 2025 has 22 days from Monday to Friday; 14 of them until the 20th."""
    commit_rows(database, "a.xlsx", every_day(date(2025, 5, 20), (100, 100, 100, 100, 100, 0, 0)))
    found = outlook(database, "revenue")
    assert found.so_far == 1400
    assert found.ending.expected == pytest.approx(2200)


def test_a_ratio_weighs_each_day_by_what_it_is_divided_by(database: Database) -> None:
    """A margin of 10 % on a busy Monday and 50 % on all other days is not the mean of the two."""
    days = [FIRST + timedelta(at) for at in range((date(2025, 5, 20) - FIRST).days + 1)]
    rows = [sale(day, 700.0, 630.0) if day.weekday() == 0 else sale(day, 100.0, 50.0) for day in days]
    commit_rows(database, "a.xlsx", rows)
    found = outlook(database, "profit_margin")
    # May 2025 has four Mondays and 27 other days
    assert found.ending.expected == pytest.approx((4 * 70 + 27 * 50) / (4 * 700 + 27 * 100), rel=1e-3)
    assert found.ending.limits == "Every day to come counts as much as it usually does."


@pytest.mark.parametrize(("target", "least", "most"), [(2500.0, 0.0, 0.1), (4000.0, 0.9, 1.0)])
def test_a_target_has_its_chance_of_being_missed(database: Database, target: float, least: float, most: float) -> None:
    commit_rows(database, "a.xlsx", every_day(date(2025, 5, 20), (90, 110, 95, 105, 100, 120, 80)))
    define(database, Definition("revenue", "Revenue", "revenue", "currency", target=Target(target, "month")))
    found = outlook(database, "revenue")
    assert found.target == target
    assert found.ending.chance_of_missing is not None
    assert least < found.ending.chance_of_missing < most
    assert found.ending.sentence.startswith("With 11 days to go, it is expected to end at ")


def test_a_period_that_is_over_says_how_it_ended(database: Database) -> None:
    define_target = Definition("revenue", "Revenue", "revenue", "currency", target=Target(3000.0, "month"))
    commit_rows(database, "a.xlsx", every_day(date(2025, 5, 31)))
    define(database, define_target)
    found = outlook(database, "revenue")
    assert (found.ending.expected, found.ending.chance_of_missing) == (3100, 0)
    assert found.ending.sentence == "With nothing left to come, it ended at 103 % of its target: met."


def test_monthly_data_ends_its_year_by_months_and_knows_of_no_day(database: Database) -> None:
    plan = [{"date": add_months(date(2023, 1, 1), at), "plan": 10.0} for at in range(30)]
    commit_rows(database, "plan.xlsx", plan, grain="month")
    assert outlook(database, "plan", "year").ending.expected == pytest.approx(120)
    assert [one.period for one in outlooks_of(database, state_at(database, MAIN), _kpi(database, "plan"))] == [
        "month", "quarter", "year",
    ]  # fmt: skip


def test_growth_is_forecast_for_the_whole_month(database: Database) -> None:
    commit_rows(database, "a.xlsx", every_day(date(2026, 5, 20)))
    found = outlook(database, "growth_rate")
    assert found.ending.expected is not None
    assert found.ending.limits == "The forecast of the whole month; what is there so far plays no part."


def test_levels_end_with_the_last_day(database: Database) -> None:
    rows = [{"date": FIRST + timedelta(at), "stock": 50.0} for at in range(140)]
    commit_rows(database, "a.xlsx", rows, lasts=("stock",))
    assert outlook(database, "stock").ending.expected == pytest.approx(50)


def test_too_little_history_gives_the_reason(database: Database) -> None:
    commit_rows(database, "a.xlsx", every_day(date(2025, 1, 10)))
    found = outlook(database, "revenue")
    assert found.so_far == 1000
    assert found.ending.expected is None
    assert str(found.ending.reason).startswith("Too little history for a forecast")


def test_a_line_is_crossed_on_a_day(database: Database) -> None:
    days = [FIRST + timedelta(at) for at in range(200)]
    commit_rows(database, "a.xlsx", [sale(day, 100.0 + at) for at, day in enumerate(days)])
    state = state_at(database, MAIN)
    found = crossing_of(database, state, _kpi(database, "revenue"), "day", 310.0)
    assert found.expected is not None
    assert abs((found.expected - (FIRST + timedelta(211))).days) <= 6


def test_the_worker_computes_what_targets_need(database: Database) -> None:
    commit_rows(database, "a.xlsx", every_day(date(2025, 5, 20)))
    define(database, Definition("revenue", "Revenue", "revenue", "currency", target=Target(3000.0, "month")))
    state = state_at(database, MAIN)
    mine = [(one.grain, one.periods) for one in wanted_ahead(database, state) if one.kpi.name == "revenue"]
    assert mine == [("day", 45), ("week", 26), ("month", 12), ("quarter", 8), ("day", 45), ("day", 45), ("day", 225)]
    forecast_all(database)
    database.answers = Answers()
    assert outlook(database, "revenue", "year").ending.expected is None  # half of 140 days do not reach December


def _kpi(database: Database, name: str) -> Kpi:
    return next(kpi for kpi in kpis_of(database, state_at(database, MAIN)) if kpi.name == name)
