from dataclasses import replace
from typing import Any

import pytest

from dash_kpi.ingest.comparison import changes
from dash_kpi.ingest.reading import DateColumn, Dimension, Measure, TableReading
from dash_kpi.ingest.reading import Warning as Finding

BEFORE = TableReading(
    "Sheet",
    "loaded",
    rows_read=100,
    rows_loaded=100,
    date=DateColumn("Date", "2024-01-01", "2024-03-31", "date cells"),
    measures={"revenue": Measure("Sales", "sum", 500.0), "profit": Measure(None, "sum", 50.0, "revenue - cogs")},
    dimensions={"Region": Dimension("Region", 4)},
)


def after(**changed: Any) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, one.message) for one in changes(BEFORE.as_json(), replace(BEFORE, **changed)))


def test_the_same_table_has_no_changes() -> None:
    assert after() == ()


def test_nine_tenths_fewer_rows_are_reported() -> None:
    assert after(rows_loaded=11) == ()
    assert after(rows_loaded=10) == (
        ("fewer_rows", "The table has 10 rows now; it had 100 the last time it was read."),
    )


def test_a_newest_day_that_is_earlier_is_reported() -> None:
    date = DateColumn("Date", "2024-01-01", "2024-02-29", "date cells")

    assert after(date=date) == (
        ("dates_back", "The newest day of the table is 2024-02-29; it was 2024-03-31 the last time it was read."),
    )


def test_dates_from_another_column_are_reported() -> None:
    date = DateColumn("Ship Date", "2024-01-01", "2024-03-31", "date cells")

    assert after(date=date)[0] == (
        "type_changed",
        "The dates of the table came from column 'Date' and come from column 'Ship Date' now.",
    )


def test_a_measure_that_is_text_now_is_reported() -> None:
    measures = {"units": Measure("Units", "sum", 5.0)}
    dimensions = {**BEFORE.dimensions, "Sales": Dimension("Sales", 50)}

    assert after(measures=measures, dimensions=dimensions) == (
        ("type_changed", "Column 'Sales' was a measure and is text now."),
    )


def test_a_measure_that_is_left_out_now_says_why() -> None:
    finding = Finding("column_left_out", "Column 'Sales' was left out: it holds long texts.")

    assert after(measures={}, warnings=(finding,)) == (
        ("type_changed", "Column 'Sales' was a measure and is left out now: it holds long texts."),
    )


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        ({}, "Column 'Sales', a measure, is gone."),
        (
            {"revenue": Measure("Umsatz", "sum", 500.0)},
            "Column 'Sales', a measure, is gone; revenue comes from column 'Umsatz' now.",
        ),
    ],
)
def test_a_lost_measure_is_reported(measures: dict[str, Measure], message: str) -> None:
    assert after(measures=measures) == (("column_lost", message),)


def test_a_lost_dimension_is_reported() -> None:
    assert after(dimensions={}) == (("column_lost", "Column 'Region', which the numbers were sliced by, is gone."),)


def test_a_total_that_became_negative_is_reported() -> None:
    measures = {**BEFORE.measures, "revenue": Measure("Sales", "sum", -20.0)}

    assert after(measures=measures) == (
        ("became_negative", "The total of revenue is -20; it was 500 the last time the table was read."),
    )


def test_a_loss_is_no_mistake() -> None:
    assert after(measures={**BEFORE.measures, "profit": Measure(None, "sum", -5.0, "revenue - cogs")}) == ()


def test_what_was_refused_cannot_be_compared() -> None:
    assert after(status="refused") == ()
    assert changes({"status": "refused"}, BEFORE) == ()
