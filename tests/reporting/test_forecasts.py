"""Forecasts as a service: computed once for a revision, kept for all, and never of periods that are cut short."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.forecasting.forecast import Forecast
from dash_kpi.kpis.periods import Days, Grain, add_months
from dash_kpi.reporting.ahead import advance
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.forecasts import bounds_of, forecast_of, grain_of, timeline_of
from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage import models
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
from tests.builders import Row, commit_rows, define, forecast_all, sale

MONDAY = date(2025, 1, 6)
NOW = datetime(2025, 4, 1, tzinfo=UTC)


def days(many: int, level: float = 100, **dimensions: str) -> list[Row]:
    """Return one sale a day: more at weekends, three quarters of it cost."""
    amounts = [level + 10 * (at % 7) + at % 3 for at in range(many)]
    return [sale(MONDAY + timedelta(at), one, 0.75 * one, **dimensions) for at, one in enumerate(amounts)]


def kpi_of(database: Database, name: str) -> Kpi:
    return next(kpi for kpi in kpis_of(database, state_at(database, MAIN)) if kpi.name == name)


def kept(database: Database) -> list[tuple[int, str, str]]:
    table = models.Forecast
    with database.reading() as session:
        found = session.execute(select(table.revision, table.kpi, table.grain).order_by(table.revision))
        return [(revision, kpi, grain) for revision, kpi, grain in found]


def ask(database: Database, name: str, grain: str = "day", **options: object) -> Forecast:
    return forecast_of(database, state_at(database, MAIN), kpi_of(database, name), grain, **options)  # type: ignore[arg-type]


def test_what_was_computed_once_is_read_by_others(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(60))
    first = ask(database, "revenue")
    assert kept(database) == [(1, "revenue", "day")]
    assert (first.starts[0], len(first.starts)) == (MONDAY + timedelta(60), 30)  # half of the past at most

    with database.writing() as session:
        session.execute(update(models.Forecast).values(forecast=replace(first, model="read").as_json()))
    assert ask(database, "revenue").model == first.model  # this process remembers
    database.answers = Answers()
    assert ask(database, "revenue").model == "read"


def test_every_shown_kpi_is_computed_ahead_at_its_grain_and_coarser(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(60))
    commit_rows(database, "plan.xlsx", [{"date": date(2025, at, 1), "plan": 10.0 * at} for at in (1, 2)], grain="month")
    names = {kpi.name for kpi in kpis_of(database, state_at(database, MAIN))}

    forecast_all(database)

    found = {(name, grain) for _, name, grain in kept(database)}
    assert {name for name, _ in found} == names
    assert {grain for name, grain in found if name == "revenue"} == {"day", "week", "month", "quarter"}
    assert {grain for name, grain in found if name == "plan"} == {"month", "quarter"}
    assert not advance(database, MAIN, NOW)


def test_a_new_revision_is_computed_anew_and_the_one_before_it_kept(database: Database) -> None:
    for many in (40, 50, 60):
        commit_rows(database, "a.xlsx", days(many))
        forecast_all(database)
    assert {revision for revision, _, _ in kept(database)} == {2, 3}


@pytest.mark.parametrize(
    ("options", "grain", "starts"),
    [
        ({"week_start": "sunday"}, "week", [date(2025, 1, 5) + timedelta(7 * at) for at in range(6)]),
        ({"fiscal_year_start": 2}, "quarter", [add_months(date(2024, 2, 1), 3 * at) for at in range(6)]),
        ({"fiscal_year_start": 7}, "year", [date(year, 7, 1) for year in range(2018, 2024)]),
    ],
)
def test_the_last_period_of_coarse_data_is_whole_by_the_calendar_of_the_settings(
    settings: Settings, options: dict[str, str | int], grain: Grain, starts: list[date]
) -> None:
    database = Database(load_settings(instance=settings.instance, **options))
    database.upgrade()
    commit_rows(database, "a.xlsx", [sale(start, 10.0) for start in starts], grain=grain)

    past = timeline_of(database, state_at(database, MAIN), kpi_of(database, "revenue"), grain)

    assert past is not None
    assert list(past.starts) == starts
    assert past.whole.all()
    database.close()


def test_another_calendar_is_another_forecast(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(60))
    forecast_all(database)
    settings = load_settings(instance=database.settings.instance, holidays="DE")
    other = Database(settings)
    assert advance(other, MAIN, NOW)
    other.close()


def test_a_past_revision_is_forecast_from_its_own_data_and_not_kept(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(60, level=100))
    commit_rows(database, "a.xlsx", days(60, level=1000))
    past = state_at(database, MAIN, 1)
    found = forecast_of(database, past, kpi_of(database, "revenue"), "day")
    assert max(found.mean) < 300
    assert kept(database) == []


def test_filters_are_computed_in_the_process(database: Database) -> None:
    rows = days(60, Region="North") + days(60, level=1000, Region="South")
    commit_rows(database, "a.xlsx", rows)
    found = ask(database, "revenue", filters=(("Region", ("North",)),))
    assert max(found.mean) < 300
    assert kept(database) == []


def test_fewer_periods_are_the_first_and_more_are_computed(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(200))
    usual, few, many = (ask(database, "revenue", periods=number) for number in (None, 7, 80))
    assert few.mean == usual.mean[:7]
    assert {len(path) for path in few.errors} == {7}
    assert (len(usual.starts), len(many.starts)) == (45, 80)


def test_a_kpi_has_no_forecast_finer_than_its_data(database: Database) -> None:
    plan = [{"date": add_months(date(2023, 1, 1), at), "plan": 10.0 + at} for at in range(24)]
    commit_rows(database, "plan.xlsx", plan, grain="month")
    assert grain_of(database, state_at(database, MAIN), kpi_of(database, "plan")) == "month"
    assert ask(database, "plan", "day").reason == "Plan is known by month; there is no forecast by day."
    assert ask(database, "plan", "month").starts[0] == date(2025, 1, 1)


def test_another_source_that_goes_on_later_makes_no_period_whole(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(60))  # until 6 March
    commit_rows(database, "b.xlsx", [{"date": MONDAY + timedelta(at), "visits": 5.0} for at in range(120)])
    state = state_at(database, MAIN)
    past = timeline_of(database, state, kpi_of(database, "revenue"), "month")
    assert past is not None
    assert (past.starts[-1], past.whole.tolist()) == (date(2025, 3, 1), [False, True, False])


def test_too_little_history_says_so(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(20))
    assert ask(database, "revenue").reason == "Too little history for a forecast: 20 of 21 days with a value."


def test_what_fails_for_one_kpi_does_not_stop_the_others(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """A formula over rows fails where their snapshot is gone; sums by day do not need it."""
    commit_rows(database, "a.xlsx", days(30, Region="North"))
    define(database, Definition("north", "North", 'revenue[Region = "North"]', "currency"))
    for file in database.settings.snapshots.iterdir():
        file.unlink()
    database.answers = Answers()

    forecast_all(database)

    assert ask(database, "revenue").mean
    assert "forecast failed kpi=north" in caplog.text
    assert str(ask(database, "north").reason).startswith("The forecast failed")


def test_a_margin_may_fall_below_zero_and_an_amount_keeps_to_what_it_was(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(30))
    bounds = {name: bounds_of(kpi_of(database, name)) for name in ("revenue", "profit_margin")}
    assert bounds["revenue"] is None
    assert bounds["profit_margin"] == (None, None)


def test_months_of_whole_weeks_go_on_as_months_of_whole_weeks(database: Database) -> None:
    settings = load_settings(instance=database.settings.instance, fiscal_weeks="4-4-5")
    other = Database(settings)
    commit_rows(other, "a.xlsx", days(500))
    found = forecast_of(other, state_at(other, MAIN), kpi_of(other, "revenue"), "month")
    calendar = other.settings.calendar
    assert found.starts
    assert all(calendar.start_of(start, "month") == start for start in found.starts)
    other.close()


def test_a_closed_holiday_is_known_in_advance(database: Database) -> None:
    """Nothing is sold on public holidays of Germany: the forecast of 1 May 2025, a Thursday, must know it."""
    settings = load_settings(instance=database.settings.instance, holidays="DE")
    other = Database(settings)
    first, last = date(2023, 1, 1), date(2025, 4, 30)
    calendar = settings.calendar
    span = [first + timedelta(at) for at in range((last - first).days + 1)]
    rows = [sale(day, 100.0 if calendar.working_days(Days(day, day)) else 5.0) for day in span]
    commit_rows(other, "a.xlsx", rows)
    found = forecast_of(other, state_at(other, MAIN), kpi_of(other, "revenue"), "day")
    holiday, before = (found.mean[found.starts.index(date(2025, 5, day))] for day in (1, 8))
    assert holiday < 30 < before
    other.close()
