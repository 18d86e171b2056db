"""Commands about the data: ingest, kpis, sources, revisions."""

import sys
import time
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import click
import orjson
from sqlalchemy import select

from dash_kpi.cli.options import DAY, as_json, as_of_option, where_option, with_database
from dash_kpi.ingest import jobs
from dash_kpi.ingest.decisions import publish_file
from dash_kpi.ingest.load import load
from dash_kpi.kpis.periods import GRAINS, Comparison
from dash_kpi.reporting.data import alike
from dash_kpi.reporting.data import overlaps as all_overlaps
from dash_kpi.reporting.data import revisions as all_revisions
from dash_kpi.reporting.data import sources as all_sources
from dash_kpi.reporting.points import Question, points
from dash_kpi.reporting.view import parse_filters
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest
from dash_kpi.ui.format import exact

WAIT_SECONDS = 0.1  # between two looks at a file that another process reads, or that still changes


def print_json(value: Any) -> None:
    """Print a value as JSON; NaN does not exist in it."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Read the file again although its content is loaded already.")
@click.option("--publish", is_flag=True, help="Count the file although it breaks the contract of its source.")
@click.option("--password", "asks", is_flag=True, help="Ask for the password of protected files; it is not kept.")
@click.option("--password-stdin", "is_piped", is_flag=True, help="Read the password from the first line of stdin.")
@as_json
@with_database
def ingest(
    database: Database,
    workspace: str,
    files: tuple[Path, ...],
    force: bool,
    publish: bool,
    asks: bool,
    is_piped: bool,
    as_json: bool,
) -> None:
    """Read FILES now, in the foreground."""
    password = _password(asks=asks, is_piped=is_piped)
    options: Any = {"is_forced": force, "is_published": publish, "has_bar": not as_json, "password": password}
    results = [_ingest(database, workspace, file, **options) for file in files]
    with database.reading() as session:
        revision = workspace_named(session, workspace).revision
    if as_json:
        print_json({"revision": revision, "files": results})
    else:
        for result in results:
            _print_result(result)
    for result in results:
        if result["status"] == "refused":
            click.echo(f"{result['file']}: {result['reason']}", err=True)
    if any(result["status"] == "refused" for result in results):
        sys.exit(1)


def _password(*, asks: bool, is_piped: bool) -> str | None:
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, err=True)) if asks else None


def _ingest(
    database: Database,
    workspace: str,
    file: Path,
    *,
    is_forced: bool,
    is_published: bool,
    has_bar: bool,
    password: str | None,
) -> dict[str, Any]:
    """Read one file, or wait for the process that reads it already, and return how that ended."""
    job_id = jobs.enqueue(database, workspace, file, datetime.now(UTC), jobs.COMMANDED)
    shows_bar = has_bar and sys.stderr.isatty()
    bar: Any = click.progressbar(length=100, label=file.name, file=sys.stderr) if shows_bar else nullcontext()
    with bar:

        def on_progress(phase: str, fraction: float) -> None:
            if shows_bar:
                bar.label = f"{file.name}: {phase}"
                bar.update(max(0, round(fraction * 100) - bar.pos))

        while (row := _row(database, job_id)).status in jobs.OPEN:
            job = jobs.claim(database, job_id, datetime.now(UTC))
            if job is not None:
                loaded = load(database, job, on_progress, is_forced=is_forced, password=password)
            if job is None or loaded.outcome == "again":
                time.sleep(WAIT_SECONDS)
    if is_published and (held := publish_file(database, workspace, row.path, datetime.now(UTC))):
        row = _row(database, held)
    tables = row.tables if row.outcome == "loaded" else _last_tables(database, row)
    return {
        "file": file.name,
        "sha256": row.sha256,
        "status": row.outcome,
        "reason": row.reason,
        "tables": tables or [],
    }


def _row(database: Database, job_id: int) -> Ingest:
    with database.reading() as session:
        return session.get_one(Ingest, job_id)


def _last_tables(database: Database, row: Ingest) -> list[Any]:
    """Return the tables of an unchanged content as they were read; a refused file has none."""
    if row.outcome != "unchanged":
        return []
    with database.reading() as session:
        tables = session.scalar(
            select(Ingest.tables)
            .where(
                Ingest.workspace_id == row.workspace_id,
                Ingest.sha256 == row.sha256,
                Ingest.outcome == "loaded",
            )
            .order_by(Ingest.id.desc())
            .limit(1)
        )
    return list(tables or [])


def _print_result(result: dict[str, Any]) -> None:
    click.echo(f"{result['file']}: {result['status']}" + (f" ({result['reason']})" if result["reason"] else ""))
    for table in result["tables"]:
        name = f"  {table['sheet'] or 'table'}: "
        if table["status"] == "refused":
            click.echo(name + str(table["reason"]))
            continue
        span = f"{table['date']['min']} to {table['date']['max']}"
        click.echo(f"{name}{table['rows_loaded']:,} rows loaded, {table['rows_refused']:,} refused, {span}")
        for measure, found in table["measures"].items():
            origin = found["derived"] or found["column"]
            click.echo(f"    {measure:<18} {found['aggregation']:<5} {exact('number', found['total']):>20}  {origin}")
        for warning in table["warnings"]:
            click.echo(f"    ! {warning['message']}")


@click.command()
@click.option("--kpi", "names", multiple=True, help="Only this KPI; may be repeated.")
@click.option("--from", "start", type=DAY, help="First day; else the first of the data.")
@click.option("--to", "end", type=DAY, help="Last day; else the last of the data.")
@click.option("--by", type=click.Choice(["total", *GRAINS]), default="total", show_default=True)
@where_option
@click.option("--compare", type=click.Choice(get_args(Comparison)), default="none", show_default=True)
@as_of_option
@as_json
@with_database
def kpis(
    database: Database,
    workspace: str,
    names: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    by: Any,
    where: tuple[str, ...],
    compare: Any,
    as_of: int | None,
    as_json: bool,
) -> None:
    """Print KPIs, over all of the data or by period."""
    question = Question(
        kpis=names,
        start=_day(start),
        end=_day(end),
        by=by,
        filters=parse_filters(list(where)),
        compare=compare,
        as_of=as_of,
    )
    answer = points(database, workspace, question)
    if as_json:
        print_json(answer)
        return
    for kpi in answer["kpis"]:
        for point in kpi["points"]:
            click.echo(f"{kpi['name']:<20} {point['period']:<24} {exact(kpi['unit'], point['value']):>20}")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@click.command()
@as_json
@with_database
def sources(database: Database, workspace: str, as_json: bool) -> None:
    """List the sources: what is read again and again."""
    rows = all_sources(database, workspace, datetime.now(UTC))
    shared = all_overlaps(database, workspace)
    if as_json:
        print_json(
            {
                "workspace": workspace,
                "sources": [asdict(row) for row in rows],
                "overlaps": [asdict(row) for row in shared],
                "same_days": alike(database, workspace),
            }
        )
        return
    for row in rows:
        sheet = f" [{row.sheet}]" if row.sheet else ""
        click.echo(f"{row.status:<8} {row.rows:>9,} rows  {row.first_day} to {row.last_day}  {row.file}{sheet}")
        if row.reason:
            click.echo(f"         {row.reason}")
        if row.late_since:
            owner = f", owner: {row.owner}" if row.owner else ""
            click.echo(f"         late since {row.late_since}: {row.cadence}{owner}")
        elif row.due:
            click.echo(f"         {row.cadence}, next due {row.due}")
    for pair in shared:
        how = f"counted once, in {pair.other}" if pair.counted == "once" else "counted in both"
        click.echo(f"shared   {pair.rows:>9,} rows  both in {pair.source} and in {pair.other}: {how}")
    for sentence in alike(database, workspace):
        click.echo(f"note     {sentence}")


@click.command()
@as_json
@with_database
def revisions(database: Database, workspace: str, as_json: bool) -> None:
    """List the revisions, the newest first."""
    rows = all_revisions(database, workspace)
    if as_json:
        print_json({"workspace": workspace, "revisions": [asdict(row) for row in rows]})
        return
    for row in rows:
        click.echo(f"{row.number:>6}  {row.created_at[:19]}  {row.summary}")
