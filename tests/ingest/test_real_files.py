"""Real workbooks whose answers were computed in other ways."""

import json
from pathlib import Path
from typing import Any

import pytest

from dash_kpi.ingest.reading import TableReading
from tests.ingest.conftest import Read

FILES = (
    "adventureworks_internet_sales_ptbr.xlsx",
    "dirty_cafe_sales.csv",
    "walmart_currency_strings_dmy2.csv",
    "superstore_us.xls",
    "pfe_file_per_month/new_*.xlsx",
)
TOTALS = {"revenue_total": "revenue", "cost_total": "cogs", "profit_total": "profit", "units_total": "units"}


@pytest.mark.parametrize("pattern", FILES)
def test_a_real_file_gives_the_known_answers(shared_data: Path, read: Read, pattern: str) -> None:
    expected = json.loads((shared_data / "expected.json").read_text())[pattern]["expected"]
    tables = [
        table
        for path in sorted((shared_data / "business").glob(pattern))
        for table in read(path).tables
        if table.status == "loaded"
    ]

    assert sum(table.rows_loaded for table in tables) == expected["valid_rows"]
    assert sum(table.rows_refused for table in tables) == expected["rows_without_date_or_revenue"]
    assert min(table.date.min for table in tables if table.date) == expected["date_min"]
    assert max(table.date.max for table in tables if table.date) == expected["date_max"]
    assert len({day for table in tables for day, *_ in table.daily}) == expected["distinct_days"]
    for key in TOTALS.keys() & expected.keys():
        assert _total(tables, TOTALS[key]) == pytest.approx(expected[key], abs=0.01)
    _assert_periods(tables, expected)


def _total(tables: list[TableReading], measure: str) -> float:
    return sum(table.measures[measure].total or 0.0 for table in tables)


def _assert_periods(tables: list[TableReading], expected: dict[str, Any]) -> None:
    revenue = [(day, total) for table in tables for day, name, total, _ in table.daily if name == "revenue"]
    sample, best = expected["sample_day"], expected["best_month"]
    assert sum(total for day, total in revenue if day == sample["date"]) == pytest.approx(sample["revenue"], abs=0.01)
    assert sum(total for day, total in revenue if day.startswith(best["month"])) == pytest.approx(
        best["revenue"], abs=0.01
    )
    assert len({day[:7] for day, _ in revenue}) == expected["months"]
