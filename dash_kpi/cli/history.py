"""Commands about where numbers come from: the rows behind one, the difference between two revisions."""

from datetime import datetime

import click

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import DAY, as_json, as_of_option, where_option, with_database
from dash_kpi.reporting.differences import as_json as differences_as_json
from dash_kpi.reporting.differences import differences
from dash_kpi.reporting.rows import RowsQuestion, rows_behind
from dash_kpi.reporting.rows_json import as_json as rows_as_json
from dash_kpi.reporting.values import RowChanged, RowsBehind
from dash_kpi.reporting.view import parse_filters
from dash_kpi.storage.database import Database
from dash_kpi.ui.format import count, exact


@click.command()
@click.option("--kpi", "name", help="The KPI; else the first.")
@click.option("--from", "start", type=DAY, help="First day; else the first of the data.")
@click.option("--to", "end", type=DAY, help="Last day; else the last of the data.")
@where_option
@as_of_option
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The most rows.")
@as_json
@with_database
def rows(
    database: Database,
    workspace: str,
    name: str | None,
    start: datetime | None,
    end: datetime | None,
    where: tuple[str, ...],
    as_of: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Print the rows behind a number, those that count most first."""
    question = RowsQuestion(name, start and start.date(), end and end.date(), parse_filters(list(where)), as_of)
    behind = rows_behind(database, workspace, question, size=limit)
    if as_json:
        print_json(rows_as_json(behind))
    else:
        _print_rows(behind)


@click.command()
@click.argument("before", type=click.IntRange(min=0))
@click.argument("after", type=click.IntRange(min=0))
@as_json
@with_database
def diff(database: Database, workspace: str, before: int, after: int, as_json: bool) -> None:
    """Print what differs between the revisions BEFORE and AFTER."""
    found = differences(database, workspace, before, after)
    if as_json:
        print_json(differences_as_json(found, database.settings.calendar))
        return
    for change in found.kpis:
        values = f"{exact(change.unit, change.before):>20} {exact(change.unit, change.after):>20}"
        click.echo(f"{change.name:<20} {change.period_label:<12} {values}")
    for source in found.sources:
        name = f"{source.file}{f' [{source.sheet}]' if source.sheet else ''}"
        counts = f"{count(source.added, 'row')} added, {source.removed:,} removed, {source.altered:,} altered"
        click.echo(f"{name}: {counts}")
        for sign, rows in (("+", source.added_rows), ("-", source.removed_rows), ("~", source.altered_rows)):
            for row in rows:
                click.echo(f"  {sign} {row.row or row.row_before:>7}  {_told(row)}")
    if not found.kpis and not found.sources:
        click.echo(f"Nothing differs between the revisions {before} and {after}.")


def _told(row: RowChanged) -> str:
    cells = [
        f"{cell.column} {cell.before} -> {cell.after}"
        if row.row is not None and row.row_before is not None
        else f"{cell.column} {cell.after if row.row is not None else cell.before}"
        for cell in row.cells
    ]
    return ", ".join([*(str(value) for _, value in row.name if value is not None), *cells])


def _print_rows(behind: RowsBehind) -> None:
    for row in behind.rows:
        place = f"{row.file}{f' [{row.sheet}]' if row.sheet else ''} {', '.join(filter(None, row.cells)) or row.row}"
        values = " ".join(
            f"{exact(one.unit, value):>16}" for one, value in zip(behind.inputs, row.measures, strict=True)
        )
        click.echo(f"{row.day} {values}  {place}  {', '.join(filter(None, row.dimensions))}".rstrip())
    shown = f", the first {len(behind.rows):,}" if len(behind.rows) < behind.total else ""
    click.echo(f"{count(behind.total, 'row')}{shown}, {behind.span.start} to {behind.span.end}")
    for one in behind.inputs:
        word = one.aggregation if one.aggregation in ("mean", "last") else "sum"
        click.echo(f"{word} of {one.name:<20} {exact(one.unit, one.value):>20}")
    click.echo(f"{behind.kpi:<27} {exact(behind.unit, behind.foot):>20}")
    for text in behind.notes:
        click.echo(f"! {text}")
