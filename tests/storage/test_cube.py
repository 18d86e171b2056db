"""Sums by the values of dimensions, bounded; what is not told apart is one group, and all add up."""

from datetime import date

import numpy as np

from dash_kpi.kpis.evaluate import Cell
from dash_kpi.kpis.formulas.tree import Column
from dash_kpi.kpis.periods import Days
from dash_kpi.storage.cube import frequent, sums_by, sums_by_several, without_each
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
from tests.builders import commit_rows, sale

DAY = date(2025, 1, 1)
CELL: Cell = (Column("revenue", "sum"), Days(DAY, DAY))


def test_the_largest_values_are_told_apart_and_the_others_are_one(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, size, Product=f"P{size}") for size in range(1, 11)])
    state = state_at(database, MAIN)
    values, found = sums_by(database, state.sources, "Product", [CELL], (), measures_of(database, state, ()), 3)

    assert dict(zip(values, found[CELL].tolist(), strict=True)) == {"P10": 10, "P9": 9, "P8": 8, None: 28}


def test_combinations_add_up_and_each_value_can_be_left_out(database: Database) -> None:
    rows = [sale(DAY, 1, Product="A", Region="N"), sale(DAY, 2, Product="B", Region="N"), sale(DAY, 4, Product="A")]
    commit_rows(database, "a.xlsx", rows)
    state = state_at(database, MAIN)
    measures = measures_of(database, state, ())

    kept = {"Product": ["A"], "Region": ["N", ""]}
    groups, found = sums_by_several(database, state.sources, kept, [CELL], (), measures)
    rest = without_each(database, state.sources, "Product", ["B", "A", "Z"], [CELL], (), measures)

    assert dict(zip(groups, found[CELL].tolist(), strict=True)) == {("A", "N"): 1, (None, "N"): 2, ("A", ""): 4}
    assert np.array_equal(rest[CELL], [5, 2, 7])
    assert frequent(database, state.sources, "Product", (), 1) == ["A"]
