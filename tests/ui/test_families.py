from dataclasses import replace
from datetime import date

import pytest

from dash_kpi.ui.families import Family, families
from dash_kpi.ui.sources import sources
from tests.ui.reading import text, with_attribute
from tests.ui.test_sources import NOW, SOURCE

MONTHS = [
    replace(
        SOURCE, id=month, file=f"new_{name}.xlsx", sheet="Sheet1", family="inbox:1", warnings=(),
        first_day=date(2019, month, 1), last_day=date(2019, month, 28), rows=1000,
    )
    for month, name in enumerate(("January", "February", "March", "April", "May"), start=1)
]  # fmt: skip


def test_files_of_one_folder_with_the_same_headings_are_shown_as_one_that_grows():
    shown = sources([*MONTHS, SOURCE], NOW)

    assert [getattr(row, "data-family") for row in with_attribute(shown, "data-family")] == ["new_*.xlsx"]
    assert "new_*.xlsx 5 files Read 5 5,000 10 refused 1 Jan – 28 May 2019" in text(shown)
    assert len(with_attribute(shown, "data-source")) == 6


def test_few_files_and_those_of_other_headings_stay_apart():
    assert families(MONTHS[:3]) == MONTHS[:3]
    assert families([replace(row, family=None) for row in MONTHS]) == [replace(row, family=None) for row in MONTHS]


@pytest.mark.parametrize(
    ("files", "name", "size"),
    [
        (["new_April.xlsx", "new_May.xlsx"], "new_*.xlsx", "2 files"),
        (["a.xlsx", "b.csv"], "*", "2 files"),
        (["2024 sales.xls", "2025 sales.xls"], "* sales.xls", "2 files"),
        (["aa.csv", "a.csv"], "a*.csv", "2 files"),
        (["book.xlsx", "book.xlsx"], "book.xlsx", "2 sheets"),
        (["a.xlsx", "a.xlsx", "b.xlsx"], "*.xlsx", "2 files, 3 sheets"),
    ],
)
def test_a_family_is_named_by_what_its_files_have_in_common(files, name, size):
    family = Family(tuple(replace(SOURCE, file=file) for file in files))

    assert (family.name, family.size) == (name, size)
