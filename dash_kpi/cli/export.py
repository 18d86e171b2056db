"""The export of the overview from a shell."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import click

from dash_kpi.cli.options import DAY, where_option, with_database
from dash_kpi.kpis.periods import PERIODS
from dash_kpi.reporting.exports import PARTS, overview_export, overview_table
from dash_kpi.reporting.view import COMPARED, View
from dash_kpi.storage.database import Database


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--part", type=click.Choice(PARTS), default="cards", show_default=True, help="What a CSV file holds.")
@click.option("--kpi", help="The KPI by period and by dimension; else the first.")
@click.option("--period", type=click.Choice(list(PERIODS)), default="12m", show_default=True)
@click.option("--from", "start", type=DAY, help="First day, with --to, in place of a period.")
@click.option("--to", "end", type=DAY, help="Last day.")
@click.option("--compare", type=click.Choice([one for one in COMPARED if one != "fixed"]), default="previous")
@click.option("--by", help="The dimension of the breakdown.")
@where_option
@with_database
def export(
    database: Database,
    workspace: str,
    file: Path,
    part: str,
    kpi: str | None,
    period: str,
    start: datetime | None,
    end: datetime | None,
    compare: str,
    by: str | None,
    where: tuple[str, ...],
) -> None:
    """Write the overview into FILE: a workbook (.xlsx), or one part of it as CSV (.csv)."""
    if (start is None) != (end is None):
        raise click.UsageError("--from and --to belong together.")
    days = [("from", start.date()), ("to", end.date())] if start and end else [("period", period)]
    given = [("kpi", kpi), ("by", by), ("compare", compare), *days, *(("where", one) for one in where)]
    view = View.from_query(urlencode([(name, value) for name, value in given if value]))
    if file.suffix.lower() == ".xlsx":
        from dash_kpi.web.reports import workbook  # large, and few ask for workbooks

        file.write_bytes(workbook(overview_export(database, workspace, view, datetime.now(UTC))).getvalue())
    elif file.suffix.lower() == ".csv":
        from dash_kpi.web.tables import csv_text

        wanted = next(one for one in PARTS if one == part)
        table, _ = overview_table(database, workspace, view, wanted)
        file.write_text(csv_text(table.heads, table.rows), "utf-8", newline="")
    else:
        raise click.UsageError(f"'{file.name}' ends neither with .xlsx nor with .csv.")
    click.echo(f"{file} written.")
