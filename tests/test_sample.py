from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook

from dash_kpi.sample import CUSTOMERS, SALES, WEB_SHOP, Row, calendar, sales, with_flaws, write_sample

END = date(2026, 11, 22)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return sales(calendar(END), np.random.default_rng(1))


def revenue(rows: list[Row], **where: Any) -> float:
    return float(sum(row[7] for row in rows if all(row[SALES.index(name)] == value for name, value in where.items())))


def test_two_years_of_a_company_of_four_to_six_millions(rows: list[Row]) -> None:
    assert {row[0] for row in rows} == set(calendar(END).days)
    assert (rows[0][0], rows[-1][0]) == (date(2024, 11, 23), END)
    assert 4e6 < revenue(rows) / 2 < 6e6
    assert 0.3 < 1 - sum(row[8] for row in rows) / revenue(rows) < 0.6
    assert len(rows) < 20_000


def test_revenue_is_units_times_price_less_the_discount(rows: list[Row]) -> None:
    for _, _, _, _, units, price, discount, amount, _ in rows:
        assert amount == pytest.approx(units * price - discount, abs=0.011)
        assert units > 0


def test_the_outage_can_be_seen_in_one_channel(rows: list[Row]) -> None:
    days = sorted({row[0] for row in rows})
    ordinary = revenue(rows, Channel="Online") / len(days)

    for day in days[-44:-42]:
        assert revenue(rows, Channel="Online", Date=day) < ordinary / 10
        assert revenue(rows, Channel="Retail", Date=day) + revenue(rows, Channel="Partner", Date=day) > 0


def test_every_workbook_has_the_flaws_that_real_ones_have(rows: list[Row]) -> None:
    spoilt = with_flaws(rows)
    changed = [(old, new) for old, new in zip(rows, spoilt, strict=False) if old != new]

    assert len(spoilt) == len(rows) + 1
    assert spoilt[-1][0] == "Total"
    assert spoilt[-1][7] == pytest.approx(revenue(rows), abs=0.01)
    kinds = Counter(
        type(value).__name__ for old, new in changed for a, value in zip(old, new, strict=True) if a != value
    )
    assert kinds == {"str": 4, "NoneType": 1}


def test_the_files_are_one_for_each_year_and_two_others_without_revenue(tmp_path: Path) -> None:
    written = write_sample(tmp_path, END)

    assert [path.name for path in written] == [
        "sales_2024.xlsx",
        "sales_2025.xlsx",
        "sales_2026.xlsx",
        "web_shop.xlsx",
        "customers.csv",
    ]
    first = next(load_workbook(written[1], read_only=False).active.iter_rows(min_row=2, values_only=True))
    assert isinstance(first[0], datetime)
    assert "Revenue" not in CUSTOMERS + WEB_SHOP
    assert written[-1].read_text("utf-8-sig").splitlines()[0] == ";".join(CUSTOMERS)


def test_the_same_end_gives_the_same_numbers(tmp_path: Path) -> None:
    one, two = (sales(calendar(END), np.random.default_rng(7)) for _ in range(2))

    assert one == two


@pytest.mark.parametrize("end", [date(2024, 2, 29), date(2025, 1, 1), date(2026, 12, 31)])
def test_any_day_may_be_the_last(end: date) -> None:
    days = calendar(end).days

    assert days[-1] == end
    assert len(days) in {730, 731}
