"""What is suspicious about a table only because it was different the last time it was read."""

from collections.abc import Iterable, Mapping
from typing import Any

from dash_kpi.ingest.headings import SIGNED
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding

_FEWER = 0.1  # of the rows that were there before
_ENOUGH_ROWS = 10


def changes(previous: dict[str, Any], new: TableReading) -> tuple[Finding, ...]:
    """Return the warnings about a table whose last reading was `previous`, as `TableReading.as_json` gave it."""
    if new.status != "loaded" or previous.get("status") != "loaded":
        return ()
    return (
        *_fewer_rows(previous, new),
        *_dates_back(previous, new),
        *_other_date(previous, new),
        *_other_measures(previous, new),
        *_lost_dimensions(previous, new),
        *_became_negative(previous, new),
    )


def _fewer_rows(previous: Mapping[str, Any], new: TableReading) -> Iterable[Finding]:
    before = previous.get("rows_loaded") or 0
    if before >= _ENOUGH_ROWS and new.rows_loaded <= _FEWER * before:
        rows = "1 row" if new.rows_loaded == 1 else f"{new.rows_loaded:,} rows"
        yield Finding(
            "fewer_rows",
            f"The table has {rows} now; it had {before:,} the last time it was read.",
            count=before - new.rows_loaded,
        )


def _dates_back(previous: Mapping[str, Any], new: TableReading) -> Iterable[Finding]:
    before = (previous.get("date") or {}).get("max")
    if before and new.date and new.date.max < before:
        yield Finding(
            "dates_back",
            f"The newest day of the table is {new.date.max}; it was {before} the last time it was read.",
        )


def _other_date(previous: Mapping[str, Any], new: TableReading) -> Iterable[Finding]:
    before = (previous.get("date") or {}).get("column")
    if before and new.date and new.date.column != before:
        yield Finding(
            "type_changed",
            f"The dates of the table came from column '{before}' and come from column '{new.date.column}' now.",
        )


def _other_measures(previous: Mapping[str, Any], new: TableReading) -> Iterable[Finding]:
    """Yield the columns that were measures and are none now: lost, text, a date, or left out."""
    measured = {one.column for one in new.measures.values()}
    for name, before in (previous.get("measures") or {}).items():
        column = before.get("column")
        if column is None or column in measured:
            continue
        now = _part_now(column, new)
        if now is not None:
            yield Finding("type_changed", f"Column '{column}' was a measure and {now}.")
            continue
        other = new.measures.get(name)
        replaced = f"; {name} comes from column '{other.column}' now" if other and other.column else ""
        yield Finding("column_lost", f"Column '{column}', a measure, is gone{replaced}.")


def _lost_dimensions(previous: Mapping[str, Any], new: TableReading) -> Iterable[Finding]:
    present = {one.column for one in new.measures.values()} | {one.column for one in new.dimensions.values()}
    for before in (previous.get("dimensions") or {}).values():
        column = before.get("column")
        if column not in present and _part_now(column, new) is None:
            yield Finding("column_lost", f"Column '{column}', which the numbers were sliced by, is gone.")


def _part_now(column: str, new: TableReading) -> str | None:
    """Return what has become of a column that is still there but no measure, None where it is gone."""
    if any(one.column == column for one in new.dimensions.values()):
        return "is text now"
    if new.date and column in (new.date.column, *new.date.column.split(" + ")):
        return "is the date now"
    start = f"Column '{column}' was left out"
    reason = next((one.message for one in new.warnings if one.message.startswith(start)), None)
    return None if reason is None else f"is left out now{reason.removeprefix(start).rstrip('.')}"


def _became_negative(previous: Mapping[str, Any], new: TableReading) -> Iterable[Finding]:
    for name, before in (previous.get("measures") or {}).items():
        total = new.measures[name].total if name in new.measures else None
        if name not in SIGNED and total is not None and total < 0 < (before.get("total") or 0):
            yield Finding(
                "became_negative",
                f"The total of {name} is {total:,.6g}; it was {before['total']:,.6g} the last time the table was read.",
            )
