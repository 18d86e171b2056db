"""The command about how well the sources were read."""

from dataclasses import asdict
from datetime import UTC, datetime

import click

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, with_database
from dash_kpi.reporting.quality import REASONS, Quality, RefusedCells, named, refused_cells
from dash_kpi.reporting.quality import quality as quality_of
from dash_kpi.storage.database import Database
from dash_kpi.ui.format import exact


@click.command()
@click.argument("source", required=False)
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="Most refused cells listed.")
@as_json
@with_database
def quality(database: Database, workspace: str, source: str | None, limit: int, as_json: bool) -> None:
    """Print how well SOURCE, a number or a file, was read; all sources without it."""
    now = datetime.now(UTC)
    reports = [
        (quality_of(database, workspace, number, now), refused_cells(database, workspace, number, size=max(limit, 1)))
        for number in named(database, workspace, source)
    ]
    if as_json:
        print_json({"workspace": workspace, "sources": [_as_json(report, cells, limit) for report, cells in reports]})
        return
    for report, cells in reports:
        _print(report, cells, limit)


def _as_json(report: Quality, cells: RefusedCells, limit: int) -> dict[str, object]:
    return asdict(report) | {
        "reasons": dict(report.reasons),
        "cells": [asdict(cell) for cell in cells.cells[:limit]],
    }


def _print(report: Quality, cells: RefusedCells, limit: int) -> None:
    click.echo(f"{report.file}{f' [{report.sheet}]' if report.sheet else ''}: {report.status}")
    if report.reason:
        click.echo(f"  {report.reason}")
    click.echo(
        f"  {report.rows_read:,} rows read, {report.rows_loaded:,} loaded, {report.rows_refused:,} refused, "
        f"{report.rows_left_out:,} left out; {report.first_day} to {report.last_day}, by {report.grain}"
    )
    click.echo(f"  headings in row {report.header_row}; date: {report.date_column} ({report.date_format})")
    for one in report.measures:
        click.echo(
            f"    {one.name:<18} {one.aggregation:<8} {exact('number', one.total):>20}  {one.column or one.derived}"
        )
    for name, column, values in report.dimensions:
        click.echo(f"    {name:<18} {'dimension':<8} {f'{values:,} values':>19}  {column}")
    for warning in report.warnings:
        click.echo(f"    ! {warning.message}")
    for cell in cells.cells[:limit]:
        content = "(blank)" if cell.content is None else cell.content
        click.echo(f"    {cell.address:<8} {cell.heading:<18} {content:<24} {REASONS.get(cell.code, cell.code)}")
    if cells.count > limit:
        click.echo(f"    and {cells.count - limit:,} more refused cells")
    click.echo(f"  new versions: {report.watch.words}" + (f"; owner: {report.owner}" if report.owner else ""))
    if report.watch.late_since:
        click.echo(f"  late since {report.watch.late_since}")
