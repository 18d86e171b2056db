"""What a new version may not break."""

from dataclasses import replace
from pathlib import Path

import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest.contracts import broken
from dash_kpi.ingest.reading import DateColumn, Dimension, Measure, TableReading
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.settings import Settings
from dash_kpi.storage.limits import Limits, contract_of, limits_of

BEFORE = TableReading(
    "Sales",
    "loaded",
    rows_read=1000,
    rows_loaded=1000,
    date=DateColumn("Order date", "2025-01-01", "2025-06-30", "date cells"),
    measures={
        "revenue": Measure("Sales", "sum", 10.0),
        "cogs": Measure("Cost", "sum", 4.0),
        "profit": Measure(None, "sum", 6.0, "revenue - cogs"),
    },
    dimensions={"Region": Dimension("Region", 3)},
)
PREVIOUS = BEFORE.as_json()


def without(*names: str) -> dict[str, Measure]:
    return {name: one for name, one in BEFORE.measures.items() if name not in names}


def test_the_same_columns_break_nothing() -> None:
    assert broken(PREVIOUS, BEFORE, Limits()) == ()


def test_further_rows_columns_and_another_spelling_of_a_heading_break_nothing() -> None:
    new = replace(
        BEFORE,
        rows_loaded=2000,
        date=DateColumn("ORDER  DATE", "2025-01-01", "2025-12-31", "date cells"),
        measures=BEFORE.measures | {"tax": Measure("Tax", "sum", 1.0)},
    )

    assert broken(PREVIOUS, new, Limits()) == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"measures": without("cogs", "profit")}, "Column 'Cost', which was the measure cogs, is gone."),
        (
            {"measures": without("cogs", "profit"), "dimensions": BEFORE.dimensions | {"Cost": Dimension("Cost", 9)}},
            "Column 'Cost', which was the measure cogs, holds texts now.",
        ),
        (
            {
                "measures": without("cogs", "profit"),
                "warnings": (Finding("column_left_out", "Column 'Cost' was left out: it is blank."),),
            },
            "Column 'Cost', which was the measure cogs, cannot be used any more: it is blank.",
        ),
        (
            {"measures": BEFORE.measures | {"revenue": Measure(None, "sum", 9.0, "units * unit_price")}},
            "Column 'Sales', which was the measure revenue, is gone; revenue would be computed as units * unit_price.",
        ),
        (
            {"measures": BEFORE.measures | {"revenue": Measure("Sales", "mean", 9.0)}},
            "Column 'Sales' was summed and would be averaged.",
        ),
        ({"dimensions": {}}, "Column 'Region', which was a dimension, is gone."),
        (
            {"date": DateColumn("Ship date", "2025-01-01", "2025-06-30", "date cells")},
            "Column 'Order date', which was the date, is gone; 'Ship date' took its place.",
        ),
        (
            {"rows_loaded": 700, "rows_refused": 300},
            "300 of 1,000 rows are refused, 30%; in the version before it was 0%.",
        ),
        ({"rows_loaded": 100}, "Only 100 rows are left of 1,000."),
        ({"rows_loaded": 1}, "Only 1 row is left of 1,000."),
    ],
)  # fmt: skip
def test_what_breaks_is_said_with_its_column_or_number(changes: dict, sentence: str) -> None:
    assert broken(PREVIOUS, replace(BEFORE, **changes), Limits()) == (sentence,)


@pytest.mark.parametrize(
    "changes",
    [{"rows_loaded": 801, "rows_refused": 199}, {"rows_loaded": 101}],
    ids=["a fifth refused", "a tenth left"],
)
def test_what_stays_within_the_limits_is_counted(changes: dict) -> None:
    assert broken(PREVIOUS, replace(BEFORE, **changes), Limits()) == ()


def test_a_file_that_always_was_untidy_is_not_held_for_it() -> None:
    previous = replace(BEFORE, rows_loaded=700, rows_refused=300).as_json()

    assert broken(previous, replace(BEFORE, rows_loaded=500, rows_refused=500), Limits()) == ()


def test_a_source_without_limits_is_never_held() -> None:
    assert broken(PREVIOUS, replace(BEFORE, measures={}, rows_loaded=1), Limits(is_kept=False)) == ()


def test_the_limits_of_a_source_win_over_those_of_the_settings(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, hold_refused_percent=30)

    assert limits_of(settings, None) == Limits(True, 30, 90)
    assert limits_of(settings, contract_of(Limits(False, 5, 50))) == Limits(False, 5, 50)


def test_a_limit_that_cannot_be_is_refused() -> None:
    with pytest.raises(Refused, match="0 %; it must be between 1 and 100"):
        contract_of(Limits(refused_percent=0))
