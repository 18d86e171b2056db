"""Rows that two sources share: how many there are, and a snapshot divided by who counts them.

A row is the same in both when the date, every measure and every dimension are; where it stands in its
sheet does not matter. Rows that are there several times count several times (multisets).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from dash_kpi.storage.file_names import divided_name
from dash_kpi.storage.identifiers import quoted
from dash_kpi.storage.snapshots import Snapshots

Files = tuple[str, ...]  # the snapshot files that together hold all rows of a source
DayTotal = tuple[str, str, float, int]  # ISO date, measure, sum of its values, how many there were


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two sources compare on the days that both have.

    `comparable` is how many rows could be shared, the smaller number of each day; `smaller` is how many
    the source with fewer has. `chance` is the probability that a shared row has its like on just any
    other day: near 1 the rows are such as every shop has every day, and say nothing.
    """

    shared: int
    comparable: int
    smaller: int
    chance: float


@dataclass(frozen=True, slots=True)
class Split:
    """A snapshot divided into counted rows and those that others count; `daily` is new for `days`."""

    file: str
    shared_file: str | None
    shared_rows: int
    days: frozenset[date]
    daily: tuple[DayTotal, ...]


def compare(snapshots: Snapshots, first: Files, second: Files, columns: Sequence[str]) -> Comparison | None:
    """Compare two sources by the columns that both have, the date aside; None where they share no row."""
    fields = ", ".join(map(quoted, columns))
    with snapshots.cursor() as cursor:
        for name, files in (("one", first), ("two", second)):
            cursor.execute(
                f"CREATE TEMP TABLE {name} AS SELECT date, hash({fields}) AS h, count(*) AS n "  # noqa: S608
                "FROM read_parquet(?) GROUP BY ALL",
                [_paths(snapshots, files)],
            )
        try:
            return _compared(cursor)
        finally:
            cursor.execute("DROP TABLE one; DROP TABLE two")


def _compared(cursor: duckdb.DuckDBPyConnection) -> Comparison | None:
    shared, distinct = _one(
        cursor,
        "SELECT coalesce(sum(least(one.n, two.n)), 0)::BIGINT, count(*) FROM one JOIN two USING (date, h)",
    )
    if not shared:
        return None
    comparable, first, second = _one(
        cursor,
        "SELECT sum(least(a.n, b.n))::BIGINT, sum(a.n)::BIGINT, sum(b.n)::BIGINT "
        "FROM (SELECT date, sum(n) AS n FROM one GROUP BY date) a "
        "JOIN (SELECT date, sum(n) AS n FROM two GROUP BY date) b USING (date)",
    )
    days, seen = _one(
        cursor,
        "WITH rows AS (SELECT DISTINCT date, h FROM (SELECT date, h FROM one UNION ALL SELECT date, h FROM two)), "
        "shared AS (SELECT h, least(one.n, two.n) AS n FROM one JOIN two USING (date, h)), "
        "often AS (SELECT h, count(*) AS days FROM rows WHERE h IN (SELECT h FROM shared) GROUP BY h) "
        "SELECT (SELECT count(DISTINCT date) FROM rows), (SELECT sum(n * (days - 1)) FROM shared JOIN often USING (h))",
    )
    chance = float(seen) / shared / (days - 1) if days > 1 else 1 - distinct / shared
    return Comparison(shared, comparable, min(first, second), chance)


def split(
    snapshots: Snapshots,
    counted: str,
    shared: str | None,
    others: Sequence[Files],
    measures: Sequence[str],
    dimensions: Sequence[str],
) -> Split | None:
    """Divide a source (its counted and its shared file) anew by what others count; None where nothing changes.

    Of a row that is there several times as many are left out as that other has which has the most of it.
    """
    with snapshots.cursor() as cursor:
        _mark_shared(snapshots, cursor, [counted, shared], others, ["date", *measures, *dimensions])
        try:
            shared_rows, changes = _one(
                cursor, "SELECT count(*) FILTER (is_shared), count(*) FILTER (is_shared <> was_shared) FROM divided"
            )
            if not changes:
                return None
            days = cursor.execute("SELECT DISTINCT date FROM divided WHERE is_shared OR was_shared").fetchall()
            return Split(
                file=_written(snapshots, cursor, "NOT is_shared", divided_name(counted)),
                shared_file=_written(snapshots, cursor, "is_shared", divided_name(counted)) if shared_rows else None,
                shared_rows=shared_rows,
                days=frozenset(day for (day,) in days),
                daily=tuple(_daily(cursor, measures)),
            )
        finally:
            cursor.execute("DROP TABLE divided")


def _mark_shared(
    snapshots: Snapshots,
    cursor: duckdb.DuckDBPyConnection,
    own: Sequence[str | None],
    others: Sequence[Files],
    columns: Sequence[str],
) -> None:
    """Make the table "divided": all rows of a source, with where they were and where they belong."""
    row = f"hash({', '.join(map(quoted, columns))})"
    parts = [name for name in own if name is not None]
    whole = " UNION ALL BY NAME ".join(
        f"SELECT *, {bool(place)} AS was_shared FROM read_parquet(?)"  # noqa: S608  names are quoted
        for place in range(len(parts))
    )
    known = cursor.execute("DESCRIBE SELECT * FROM read_parquet(?)", [_paths(snapshots, parts[:1])]).fetchall()
    places = [quoted(name) for name, *_ in known if name not in columns]
    counts = " UNION ALL ".join(
        f"SELECT date, {row} AS h, count(*) AS n FROM read_parquet(?) GROUP BY ALL"  # noqa: S608
        for _ in others
    )
    counts = counts or "SELECT NULL::DATE AS date, NULL::UBIGINT AS h, 0 AS n"
    cursor.execute(
        f"CREATE TEMP TABLE divided AS WITH whole AS (SELECT *, {row} AS h FROM ({whole})), "  # noqa: S608
        f"elsewhere AS (SELECT date, h, max(n) AS n FROM ({counts}) GROUP BY ALL) "
        "SELECT whole.* EXCLUDE (h), coalesce(row_number() OVER ("
        f"PARTITION BY date, h ORDER BY {', '.join([*places, 'was_shared DESC'])}) <= n, false) AS is_shared "
        "FROM whole LEFT JOIN elsewhere USING (date, h)",
        [_paths(snapshots, files) for files in (*((part,) for part in parts), *others)],
    )


def _written(snapshots: Snapshots, cursor: duckdb.DuckDBPyConnection, which: str, name: str) -> str:
    """Write some of the rows as a snapshot file under a new name; a half-written file never has it."""
    final = snapshots.folder / name
    partial = final.with_suffix(".partial")
    literal = str(partial).replace("'", "''")
    try:
        cursor.execute(
            f"COPY (SELECT * EXCLUDE (was_shared, is_shared) FROM divided WHERE {which} ORDER BY sheet_row) "  # noqa: S608
            f"TO '{literal}' (FORMAT parquet, COMPRESSION zstd)"
        )
        partial.rename(final)
    finally:
        partial.unlink(missing_ok=True)
    return final.name


def _daily(cursor: duckdb.DuckDBPyConnection, measures: Sequence[str]) -> Iterable[DayTotal]:
    """Sum the counted rows of every day whose rows were divided otherwise before, or are now."""
    sums = ", ".join(f"fsum({quoted(name)}), count({quoted(name)})" for name in measures)
    rows = cursor.execute(
        f"SELECT date::VARCHAR, {sums} FROM divided WHERE NOT is_shared "  # noqa: S608
        "AND date IN (SELECT date FROM divided WHERE is_shared OR was_shared) GROUP BY date"
    ).fetchall()
    for day, *values in rows:
        for place, name in enumerate(measures):
            if values[2 * place + 1]:
                yield day, name, float(values[2 * place]), int(values[2 * place + 1])


def _one(cursor: duckdb.DuckDBPyConnection, query: str, *values: object) -> tuple[Any, ...]:
    found: tuple[Any, ...] | None = cursor.execute(query, list(values)).fetchone()
    assert found is not None  # noqa: S101  an aggregate has one row
    return found


def _paths(snapshots: Snapshots, files: Iterable[str]) -> list[str]:
    return [str(snapshots.folder / name) for name in files]
