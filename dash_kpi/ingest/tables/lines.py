"""The lines of a statement: the name of each, and what tells apart those that have the same."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from dash_kpi.ingest.headings import CANONICAL, understand
from dash_kpi.ingest.tables.cells import Cell, Cells
from dash_kpi.ingest.tables.table import Table

_TOTALS = frozenset({"total", "totale", "totaal", "summe", "gesamt", "gesamte"})
_INCOME = re.compile(r"(?:trading|operating|ordinary) (?:income|revenues?)")


def line_names(table: Table, cells: Cells) -> dict[int, str]:
    """Return the name of each row of a statement."""
    assert table.statement_column is not None  # noqa: S101  a statement has one
    return {row: cells.text(row, table.statement_column) or f"Row {row + 1}" for row in table.rows}


def apart(
    names: Mapping[int, str], labels: Mapping[int, tuple[Cell, ...]], sections: Mapping[int, str]
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names and the sections that keep rows of the same labels and name apart, so that none is lost.

    Where the lines above groups of rows are products or regions, with the same measures below each, they are a
    dimension; else a line such as "Other" is named with its section.
    """
    counts = Counter((labels[row], name) for row, name in names.items())
    twice = {row for row, name in names.items() if counts[labels[row], name] > 1}
    if not twice:
        return dict(names), {}
    if sections and len(twice) * 2 > len(names) and twice <= sections.keys():
        keys = Counter((labels[row], name, sections[row]) for row, name in names.items() if row in sections)
        rest = {row for row in names if row in sections and keys[labels[row], names[row], sections[row]] > 1}
        return _numbered(names, rest), dict(sections)
    told = {
        row: f"{sections[row]} / {name}" if row in twice and row in sections else name for row, name in names.items()
    }
    counts = Counter((labels[row], name) for row, name in told.items())
    return _numbered(told, {row for row, name in told.items() if counts[labels[row], name] > 1}), {}


def totals_named(names: Iterable[str]) -> dict[str, str]:
    """Return the measures that are named as totals: "Total income" is the revenue, the lines above it its parts."""
    found: dict[str, str] = {}
    for name in names:
        first, _, rest = name.partition(" ")
        measure = _measure_of_total(rest) if first.casefold() in _TOTALS else None
        if measure in CANONICAL and measure not in found.values():
            found[name] = measure
    return found


def _numbered(names: Mapping[int, str], rows: set[int]) -> dict[int, str]:
    seen: Counter[str] = Counter()
    found = dict(names)
    for row in sorted(rows):
        seen[names[row]] += 1
        if seen[names[row]] > 1:
            found[row] = f"{names[row]} (row {row + 1})"
    return found


def _measure_of_total(rest: str) -> str | None:
    return "revenue" if _INCOME.fullmatch(rest.casefold()) else understand(rest).measure
