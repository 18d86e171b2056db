"""What changed, at the server, over a million rows: twelve KPIs and six dimensions, asked for the first time."""

from datetime import UTC, datetime
from uuid import uuid4

import duckdb

from benchmarks.instances import opened, temporary
from benchmarks.repetition import medians
from benchmarks.sales import sales
from benchmarks.table import Comparison, say
from dash_kpi.ingest import jobs
from dash_kpi.ingest.commit import commit
from dash_kpi.ingest.reading import DateColumn, Dimension, FileReading, Measure, TableReading
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.news.looks import KINDS_OF_NOISE
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.changes import what_changed
from dash_kpi.reporting.view import View
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import KpiDefinition
from dash_kpi.storage.sources import state_at

MOST_MILLISECONDS = 1000.0
DIMENSIONS = {
    "Region": "Region",
    "Product": "Product",
    "Channel": "Channel",
    "Customer": "Customer",
    "Segment": "substr(Customer, -1)",
    "Line": "substr(Product, -1)",
}
MEASURES = {"revenue": "Revenue", "cogs": "Cost", "profit": "Profit", "units": "Units", "discount": "Discount"}
MOVED = "CASE WHEN Date >= DATE '2025-01-01' AND Channel = 'Online' THEN 1.4 ELSE 1 END"
DEFINED = {
    "average_price": "revenue / units",
    "discount_rate": "discount / revenue",
    "profit_per_unit": "profit / units",
    "online": 'revenue[Channel = "Online"]',
    "north": 'revenue[Region = "North"]',
}
KPIS = 12


def rows(is_quick: bool) -> list[Comparison]:
    """Measure the whole answer, with nothing remembered."""
    size, times = (100_000, 3) if is_quick else (1_000_000, 9)
    with temporary() as folder, opened(folder) as database:
        say(f"storing {size:,} rows")
        _store(database, size)
        state = state_at(database, MAIN)
        assert len(kpis_of(database, state)) >= KPIS, len(kpis_of(database, state))
        found = {}
        for name, view in {"12 months": View(), "90 days": View("90d")}.items():
            answer = what_changed(database, MAIN, view)
            assert answer.dimensions == len(DIMENSIONS)
            say(f"{name}: {len(answer.found)} sentences of {answer.kpis * KINDS_OF_NOISE} looks")
            found[name] = 1000 * medians({name: lambda view=view: _cold(database, view)}, times)[name]  # type: ignore[misc]
    what = f"what changed, cold: {KPIS} KPIs × {len(DIMENSIONS)} dimensions, {size:,} rows"
    return [Comparison(f"{what}, {name}", "ms", took, most=MOST_MILLISECONDS) for name, took in found.items()]


def _cold(database: Database, view: View) -> None:
    database.answers = Answers()
    what_changed(database, MAIN, view)


def _store(database: Database, size: int) -> None:
    now = datetime.now(UTC)
    snapshot = database.settings.snapshots / f"{uuid4().hex}.parquet"
    with duckdb.connect() as connection:
        connection.register("sold", sales(size).columns)
        names = [f'{how} AS "{name}"' for name, how in DIMENSIONS.items()]
        names += [f"{column} * {MOVED} AS {name}" for name, column in MEASURES.items()]
        connection.execute(
            "CREATE TABLE t AS SELECT row_number() OVER () + 1 AS sheet_row, Date::DATE AS date, "
            f"{', '.join(names)} FROM sold"
        )
        connection.execute(f"COPY t TO '{snapshot}' (FORMAT parquet, COMPRESSION zstd)")
        daily = [
            row
            for name in MEASURES
            for row in connection.execute(
                f"SELECT date::VARCHAR, '{name}', sum({name}), count(*) FROM t GROUP BY date"
            ).fetchall()
        ]
        first, last = connection.execute("SELECT min(date)::VARCHAR, max(date)::VARCHAR FROM t").fetchall()[0]
    reading = TableReading(
        sheet="Sales", status="loaded", header_row=1, grain="day", rows_read=size, rows_loaded=size, rows_refused=0,
        date=DateColumn("Date", first, last, "date"),
        measures={name: Measure(name, "sum", None) for name in MEASURES},
        dimensions={name: Dimension(name, 10) for name in DIMENSIONS},
        snapshot=snapshot, daily=tuple(daily),
    )  # fmt: skip
    path = database.settings.inbox / "sales.xlsx"
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, now), now)
    assert job is not None
    commit(database, job, FileReading((reading,)), now)
    with database.writing() as session:
        for name, formula in DEFINED.items():
            definition = Definition(name=name, label=name.replace("_", " ").capitalize(), formula=formula)
            session.add(
                KpiDefinition(
                    workspace_id=1,
                    name=name,
                    valid_from=1,
                    definition=definition.as_json(),
                    created_at=now,
                    created_by="benchmark",
                )
            )
