"""The contract of a source: what a new version must keep of the one before to be counted."""

from collections.abc import Iterator, Mapping
from typing import Any

from dash_kpi.ingest.reading import TableReading
from dash_kpi.storage.limits import Limits

TIMES_REFUSED = 2  # the share of refused rows must also have grown so much: some files are always untidy
_HOW = {"sum": "summed", "mean": "averaged", "count": "counted", "distinct": "counted once each", "last": "taken last"}


def broken(previous: Mapping[str, Any], new: TableReading, limits: Limits) -> tuple[str, ...]:
    """Return what a new version breaks of the reading before, one sentence each; nothing where it keeps all."""
    if not limits.is_kept:
        return ()
    return (
        *_date(previous, new),
        *_measures(previous, new),
        *_dimensions(previous, new),
        *_refused_rows(previous, new, limits),
        *_fewer_rows(previous, new, limits),
    )


def _date(previous: Mapping[str, Any], new: TableReading) -> Iterator[str]:
    before = previous["date"]["column"]
    if new.date is not None and not _is_same(before, new.date.column):
        yield f"Column '{before}', which was the date, {_what_became(before, new)}; '{new.date.column}' took its place."


def _measures(previous: Mapping[str, Any], new: TableReading) -> Iterator[str]:
    for name, before in previous["measures"].items():
        now, column = new.measures.get(name), before["column"]
        if column is None:
            continue  # it followed from others, which are looked at themselves
        if now is None:
            yield f"Column '{column}', which was the measure {name}, {_what_became(column, new)}."
        elif now.column is None:
            yield (
                f"Column '{column}', which was the measure {name}, {_what_became(column, new)}; "
                f"{name} would be computed as {now.derived}."
            )
        elif now.aggregation != before["aggregation"]:
            yield f"Column '{now.column}' was {_HOW[before['aggregation']]} and would be {_HOW[now.aggregation]}."


def _dimensions(previous: Mapping[str, Any], new: TableReading) -> Iterator[str]:
    for name, before in previous["dimensions"].items():
        if name not in new.dimensions:
            column = before["column"]
            yield f"Column '{column}', which was a dimension, {_what_became(column, new)}."


def _what_became(column: str, new: TableReading) -> str:
    """Say what a column is in the new version; one that nobody mentions is gone."""
    if new.date is not None and _is_same(column, new.date.column):
        return "holds dates now"
    if any(_is_same(column, one.column) for one in new.measures.values()):
        return "holds numbers now"
    if any(_is_same(column, one.column) for one in new.dimensions.values()):
        return "holds texts now"
    left_out = f"Column '{column}' was left out: it "
    for warning in new.warnings:
        if warning.message.casefold().startswith(left_out.casefold()):
            return f"cannot be used any more: it {warning.message[len(left_out) :].rstrip('.')}"
    return "is gone"


def _refused_rows(previous: Mapping[str, Any], new: TableReading, limits: Limits) -> Iterator[str]:
    before = _share(previous["rows_refused"], previous["rows_loaded"])
    now = _share(new.rows_refused, new.rows_loaded)
    if now > limits.refused_percent / 100 and now > TIMES_REFUSED * before:
        yield (
            f"{new.rows_refused:,} of {new.rows_refused + new.rows_loaded:,} rows are refused, {now:.0%}; "
            f"in the version before it was {before:.0%}."
        )


def _fewer_rows(previous: Mapping[str, Any], new: TableReading, limits: Limits) -> Iterator[str]:
    before, now = previous["rows_loaded"], new.rows_loaded
    if now * 100 <= before * (100 - limits.fewer_rows_percent):
        rows = "1 row is" if now == 1 else f"{now:,} rows are"
        yield f"Only {rows} left of {before:,}."


def _share(refused: int, loaded: int) -> float:
    return refused / (refused + loaded) if refused else 0.0


def _is_same(one: str | None, other: str | None) -> bool:
    return " ".join((one or "").split()).casefold() == " ".join((other or "").split()).casefold()
