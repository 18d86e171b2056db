"""What uses a KPI, and measures that are called like words of formulas."""

from dash_kpi.kpis.catalogue import catalogue
from dash_kpi.kpis.definition import Definition, Target
from dash_kpi.kpis.drafts import users_of
from dash_kpi.kpis.formulas.tree import Column, Count, walk


def test_what_only_aggregates_a_measure_does_not_use_the_kpi_of_its_name() -> None:
    every = [
        Definition("revenue", "Revenue", "revenue"),
        Definition("most", "Most", "max(revenue)"),
        Definition("twice", "Twice", "Revenue * 2"),
        Definition("goal", "Goal", "1", target=Target(formula="twice + revenue")),
        Definition("broken", "Broken", "revenue +"),
    ]

    assert [one.name for one in users_of("revenue", every)] == ["twice", "goal"]
    assert [one.name for one in users_of("twice", every)] == ["goal"]


def test_a_measure_called_days_has_its_own_values_and_formulas_count_days_all_the_same() -> None:
    every = {kpi.name: kpi for kpi in catalogue({"revenue": "sum", "days": "mean"})}

    assert every["days"].tree == Column("days", "mean")
    assert every["revenue_per_day"].tree is not None
    assert Count("days") in walk(every["revenue_per_day"].tree)
