"""Builders: sources with rows, committed the way the worker commits them."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from dash_kpi.ingest import jobs
from dash_kpi.ingest.commit import commit
from dash_kpi.ingest.reading import DateColumn, Dimension, FileReading, Grain, Measure, TableReading
from dash_kpi.kpis.definition import Definition
from dash_kpi.reporting.ahead import advance
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import MAIN, Database, workspace_named
from dash_kpi.storage.models import KpiDefinition

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

Row = Mapping[str, Any]


def table_of(
    folder: Path,
    rows: Sequence[Row],
    *,
    sheet: str | None = None,
    grain: Grain = "day",
    means: Sequence[str] = (),
    lasts: Sequence[str] = (),
    rows_refused: int = 0,
) -> TableReading:
    """Write rows as a snapshot: numbers are measures, texts are dimensions, `date` is the date."""
    columns = dict.fromkeys(name for row in rows for name in row if name != "date")
    dimensions = [name for name in columns if any(isinstance(row.get(name), str) for row in rows)]
    measures = [name for name in columns if name not in dimensions]
    path = folder / f"{uuid.uuid4().hex}.parquet"
    kinds = {"sheet_row": "INTEGER", "date": "DATE", **dict.fromkeys(measures, "DOUBLE")}
    kinds |= dict.fromkeys(dimensions, "VARCHAR")
    cells = [
        list(range(2, len(rows) + 2)),
        [row["date"] for row in rows],
        *([None if row.get(name) is None else float(row[name]) for row in rows] for name in measures),
        *([row.get(name) for row in rows] for name in dimensions),
    ]
    fields = ", ".join(f'unnest(?::{kind}[]) AS "{name}"' for name, kind in kinds.items())
    with _duckdb().cursor() as connection:
        connection.execute(f"COPY (SELECT {fields}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)", cells)
    daily: dict[tuple[date, str], list[float]] = defaultdict(list)
    for row in rows:
        for name in measures:
            if row.get(name) is not None:
                daily[row["date"], name].append(row[name])
    days = [row["date"] for row in rows]
    return TableReading(
        sheet=sheet,
        status="loaded",
        header_row=1,
        grain=grain,
        rows_read=len(rows) + rows_refused,
        rows_loaded=len(rows),
        rows_refused=rows_refused,
        date=DateColumn("Date", min(days).isoformat(), max(days).isoformat(), "date"),
        measures={
            name: Measure(name, "mean" if name in means else "last" if name in lasts else "sum", None)
            for name in measures
        },
        dimensions={name: Dimension(name, len({row.get(name) for row in rows})) for name in dimensions},
        snapshot=path,
        daily=tuple((day.isoformat(), name, sum(values), len(values)) for (day, name), values in daily.items()),
    )


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    """Return one connection for all: opening one takes longer than writing a small table."""
    return duckdb.connect(":memory:")


def commit_tables(database: Database, file: str, *tables: TableReading) -> int:
    """Commit tables as the newest version of a file in the inbox; return the revision."""
    path = database.settings.inbox / file
    path.write_text(uuid.uuid4().hex, "utf-8")
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return commit(database, job, FileReading(tables), NOW)


def commit_rows(database: Database, file: str, rows: Sequence[Row], **options: Any) -> int:
    """Commit rows as the only table of a file; return the revision."""
    return commit_tables(database, file, table_of(database.settings.snapshots, rows, **options))


def sale(day: date, revenue: float | None, cogs: float | None = None, **dimensions: str) -> Row:
    """Return one row; the profit follows where both are given."""
    row: dict[str, Any] = {"date": day, "revenue": revenue}
    if cogs is not None and revenue is not None:
        row |= {"cogs": cogs, "profit": revenue - cogs}
    return row | dimensions


def define(database: Database, definition: Definition) -> None:
    """Let a KPI be defined like this from the current revision on."""
    with database.writing() as session:
        workspace = workspace_named(session, MAIN)
        session.add(
            KpiDefinition(
                workspace_id=workspace.id,
                name=definition.name,
                valid_from=workspace.revision,
                definition=definition.as_json(),
                created_at=NOW,
                created_by="a test",
            )
        )
    database.answers = Answers()


def forecast_all(database: Database) -> None:
    """Compute every forecast that the newest revision lacks, as the worker does."""
    while advance(database, MAIN, NOW):
        pass
