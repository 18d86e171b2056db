"""Targets: shared out by days, compared in the right direction, or taken from a measure."""

from datetime import date, timedelta

import pytest

from dash_kpi.kpis.catalogue import Kpi, catalogue
from dash_kpi.kpis.definition import Definition, Direction, Target
from dash_kpi.kpis.measures import Measures, daily
from dash_kpi.kpis.periods import Days
from dash_kpi.kpis.spans import periods
from dash_kpi.kpis.targets import status_of, target_of_span, target_over

MARCH = Days(date(2025, 3, 1), date(2025, 3, 31))


def measures(last: date = MARCH.end) -> Measures:
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range((last - date(2025, 1, 1)).days + 1)]
    revenue = daily([1] * len(days), days, [10.0] * len(days), [1] * len(days))
    budget = daily([2] * 3, [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)], [310.0, 280.0, 620.0], [1] * 3)
    return Measures({"revenue": revenue, "budget": budget}, {}, Days(days[0], last), grains={1: "day", 2: "month"})


def kpi(target: Target, formula: str = "revenue") -> Kpi:
    defined = [Definition("asked", "Asked", formula, target=target)]
    return next(one for one in catalogue(measures().aggregations_of(), (), defined) if one.name == "asked")


def test_a_target_for_each_month_is_shared_out_by_days() -> None:
    monthly = kpi(Target(value=310, per="month"))

    assert target_of_span(monthly, measures(), MARCH) == 310
    assert target_of_span(monthly, measures(), Days(date(2025, 3, 1), date(2025, 3, 10))) == pytest.approx(100)
    assert list(target_over(monthly, measures(), periods(Days(date(2025, 1, 1), MARCH.end), "quarter"))) == [930]


def test_a_target_reaches_as_far_as_the_data() -> None:
    twelfth = measures(last=date(2025, 3, 12))

    assert target_of_span(kpi(Target(value=310, per="month")), twelfth, MARCH) == pytest.approx(120)
    assert (
        target_of_span(kpi(Target(value=310, per="month")), twelfth, Days(date(2025, 4, 1), date(2025, 4, 2))) is None
    )


def test_one_target_for_every_period_is_not_shared_out() -> None:
    assert target_of_span(kpi(Target(value=0.3)), measures(), Days(date(2025, 3, 1), date(2025, 3, 10))) == 0.3


def test_a_monthly_budget_is_shared_out_by_days() -> None:
    budget = kpi(Target(formula="budget"))

    assert target_of_span(budget, measures(), MARCH) == 620
    assert target_of_span(budget, measures(last=date(2025, 3, 12)), MARCH) == pytest.approx(620 * 12 / 31)
    assert target_of_span(budget, measures(), Days(date(2025, 2, 15), MARCH.end)) == pytest.approx(140 + 620)


@pytest.mark.parametrize(
    ("direction", "value", "target", "status"),
    [
        ("higher", 100, 100, "met"),
        ("higher", 96, 100, "close"),
        ("higher", 94, 100, "missed"),
        ("lower", 99, 100, "met"),
        ("lower", 104, 100, "close"),
        ("lower", 106, 100, "missed"),
        ("higher", -104, -100, "close"),
        ("higher", -1, 0, "missed"),
        ("neutral", 1, 2, None),
        ("higher", None, 2, None),
        ("higher", 1, None, None),
    ],
)
def test_whether_a_target_is_met(direction: Direction, value: float | None, target: float | None, status: str) -> None:
    assert status_of(direction, value, target) == status
