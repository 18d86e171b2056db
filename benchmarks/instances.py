"""Temporary instances of the dashboard, with rows that came directly rather than through a workbook."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import duckdb
from flask import Flask

from benchmarks.processes import Server, free_port, serving
from benchmarks.sales import AMOUNTS, TEXTS, Sales
from dash_kpi.app import create_app
from dash_kpi.ingest import jobs
from dash_kpi.ingest.commit import commit
from dash_kpi.ingest.reading import Daily, DateColumn, Dimension, FileReading, Measure, TableReading
from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.web.context import EXTENSION

MEASURES = {"Units": "units", "Discount": "discount", "Revenue": "revenue", "Cost": "cogs", "Profit": "profit"}
DIMENSIONS = {name: name for name in TEXTS}


@contextmanager
def temporary() -> Iterator[Path]:
    """Make a folder that vanishes."""
    with TemporaryDirectory(prefix="dash-kpi-benchmark-") as folder:
        yield Path(folder)


@contextmanager
def opened(instance: Path) -> Iterator[Database]:
    """Open the database of an instance."""
    database = Database(settings_of(instance))
    database.upgrade()
    try:
        yield database
    finally:
        database.close()


def settings_of(instance: Path) -> Settings:
    """Return default settings for an instance."""
    return load_settings(instance=instance).prepare()


@contextmanager
def asked(instance: Path) -> Iterator[tuple[Flask, Database]]:
    """Let this process answer for an instance, without a network; it has one application, as Dash has one a process."""
    server = _application(instance)
    with opened(instance) as database:
        server.extensions[EXTENSION] = database
        yield server, database


_made: list[Flask] = []


def _application(instance: Path) -> Flask:
    if not _made:
        _made.append(create_app(settings_of(instance)).server)
    return _made[0]


@contextmanager
def served(instance: Path, **settings: object) -> Iterator[Server]:
    """Run `dash-kpi serve` on an instance."""
    port = free_port()
    command = [sys.executable, "-m", "dash_kpi", "serve", "--instance", str(instance), "--port", str(port)]
    environment = {f"DASH_KPI_{name.upper()}": str(value) for name, value in settings.items()}
    with serving(command, f"http://127.0.0.1:{port}", instance, "/readyz", **environment) as server:
        yield server


def store(database: Database, sold: Sales, name: str = "sales.xlsx") -> int:
    """Commit sales as if they had been read from a workbook, and return the revision."""
    path = database.settings.inbox / name
    job_id = jobs.enqueue(database, MAIN, path, datetime.now(UTC))
    job = jobs.claim(database, job_id, datetime.now(UTC))
    assert job is not None
    return commit(database, job, FileReading((_table(database.settings.snapshots, sold),)), datetime.now(UTC))


def _table(folder: Path, sold: Sales) -> TableReading:
    snapshot = folder / f"{uuid4().hex}.parquet"
    with duckdb.connect() as connection:
        connection.register("sold", sold.columns)
        names = ", ".join(f'"{old}" AS "{new}"' for old, new in (DIMENSIONS | MEASURES).items())
        connection.execute(
            f'COPY (SELECT row_number() OVER () + 1 AS sheet_row, "Date"::DATE AS date, {names} FROM sold) '
            f"TO '{snapshot}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return TableReading(
        sheet="Sales",
        status="loaded",
        header_row=1,
        grain="day",
        rows_read=len(sold),
        rows_loaded=len(sold),
        date=DateColumn("Date", str(sold.days.min()), str(sold.days.max()), "date cells"),
        measures={new: Measure(old, "sum", float(sold.amounts[old].sum())) for old, new in MEASURES.items()},
        dimensions={new: Dimension(old, len(TEXTS[old])) for old, new in DIMENSIONS.items()},
        snapshot=snapshot,
        daily=_daily(snapshot),
    )


def _daily(snapshot: Path) -> tuple[Daily, ...]:
    sums = ", ".join(f"sum({name}), count({name})" for name in MEASURES.values())
    with duckdb.connect() as connection:
        days = connection.execute(
            f"SELECT date::VARCHAR, {sums} FROM '{snapshot}' GROUP BY date ORDER BY date"
        ).fetchall()
    return tuple(
        (day, name, values[2 * at], values[2 * at + 1])
        for day, *values in days
        for at, name in enumerate(MEASURES[heading] for heading in AMOUNTS)
    )
