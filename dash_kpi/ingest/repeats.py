"""Tables of one file that repeat what its others hold: a sheet that sums the others, the same sales split anew."""

from collections.abc import Sequence
from dataclasses import replace

from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.rows import refused
from dash_kpi.ingest.tables.totals import ENOUGH_DIGITS, is_total_word, names_total

_CLOSE = 1e-6
_ROUNDING = 0.006
_FEWEST_DIGITS = 3

_Days = dict[tuple[str, str], float]  # by day and measure


def without_repeats(tables: Sequence[TableReading], wanted: frozenset[str | None] = frozenset()) -> list[TableReading]:
    """Leave out each table that sums others of the file, and warn of two that have the same total.

    A table that a person wants read (`wanted`, by its sheet) is never left out.
    """
    left = {at for at, table in enumerate(tables) if table.sheet not in wanted and _sums_others(table, tables)}
    kept = [_left_out(table, tables) if at in left else table for at, table in enumerate(tables)]
    return [_with_same_total(table, kept[:at]) for at, table in enumerate(kept)]


def _sums_others(table: TableReading, tables: Sequence[TableReading]) -> bool:
    """Tell whether the amounts of every day are the sums of those of all tables with the same columns."""
    parts = _alike(table, tables)
    own = _days(table)
    if len(parts) < 2 or not own:
        return False
    sums: _Days = {}
    for part in parts:
        for key, value in _days(part).items():
            sums[key] = sums.get(key, 0.0) + value
    if sums.keys() != own.keys() or not all(_is_close(own[key], sums[key]) for key in own):
        return False
    name = table.sheet or ""
    return is_total_word(name) or names_total(name) or sum(map(_digits, own.values())) >= ENOUGH_DIGITS


def _alike(table: TableReading, tables: Sequence[TableReading]) -> list[TableReading]:
    return [
        other
        for other in tables
        if other is not table
        and other.status == table.status == "loaded"
        and other.measures.keys() == table.measures.keys()
        and other.grain == table.grain
        and any(_days(other).values())
    ]


def _left_out(table: TableReading, tables: Sequence[TableReading]) -> TableReading:
    names = [f"'{other.sheet}'" for other in _alike(table, tables)]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    reason = (
        f"Sheet '{table.sheet}' sums the other sheets ({shown}), and was left out so that nothing is counted twice."
    )
    return replace(
        refused(table.sheet, reason, table.header_row, table.rows_read), parts=table.parts, header=table.header
    )


def _with_same_total(table: TableReading, before: Sequence[TableReading]) -> TableReading:
    """Warn where a table has the same total of a measure as one before it."""
    for other in before:
        for name, measure in table.measures.items():
            same = other.measures.get(name)
            if same is None or None in (same.total, measure.total) or measure.aggregation != "sum":
                continue
            total = measure.total or 0.0
            if _digits(total) < _FEWEST_DIGITS or not _is_close(total, same.total or 0.0) or _differs(table, other):
                continue
            said = (
                f"{name} adds up to {total:,.10g} here and in '{other.sheet}': if both are the same sales, retire one "
                "of them, or they are counted twice."
            )
            return replace(table, warnings=(*table.warnings, Finding("same_total", said)))
    return table


def _differs(table: TableReading, other: TableReading) -> bool:
    """Tell whether two tables of the same grain have their amounts on other days."""
    return table.grain == other.grain and _days(table).keys() != _days(other).keys()


def _days(table: TableReading) -> _Days:
    found: _Days = {}
    for day, measure, value, _ in table.daily:
        found[day, measure] = found.get((day, measure), 0.0) + value
    return found


def _is_close(one: float, two: float) -> bool:
    return abs(one - two) <= max(_ROUNDING, _CLOSE * abs(two))


def _digits(value: float) -> int:
    return len(f"{abs(value):.10g}".replace(".", "").strip("0"))
