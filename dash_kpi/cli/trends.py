"""The command that says how a KPI moves and where it goes."""

from datetime import datetime
from typing import Any, get_args

import click

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import DAY, as_json, as_of_option, where_option, with_database
from dash_kpi.kpis.periods import GRAINS, Grain
from dash_kpi.kpis.statistics.sensitivity import Sensitivity
from dash_kpi.reporting.trends.told import told, told_view
from dash_kpi.reporting.view import parse_filters
from dash_kpi.storage.database import Database
from dash_kpi.ui.format import exact

MOST_POINTS = 6  # of the forecast, printed for people


@click.command()
@click.option("--kpi", "name", help="The KPI; else the first.")
@click.option("--by", type=click.Choice(GRAINS), help="The grain; else whichever suits the days.")
@click.option("--from", "start", type=DAY, help="First day; together with --to. Else all of the history.")
@click.option("--to", "end", type=DAY, help="Last day.")
@where_option
@click.option("--sensitivity", type=click.Choice(get_args(Sensitivity)), default="normal", show_default=True)
@as_of_option
@as_json
@with_database
def trends(
    database: Database,
    workspace: str,
    name: str | None,
    by: Grain | None,
    start: datetime | None,
    end: datetime | None,
    where: tuple[str, ...],
    sensitivity: Sensitivity,
    as_of: int | None,
    as_json: bool,
) -> None:
    """Print the trend of a KPI, its seasons, what is unusual in it, and its forecast."""
    days = (start and start.date(), end and end.date())
    view = told_view(name, by, *days, parse_filters(list(where)), sensitivity, as_of)
    found = told(database, workspace, view)
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    if found["kpi"] is None:
        click.echo("There are no numbers yet.")
        return
    unit = found["unit"]
    click.echo(f"{found['label']} by {found['by']}: {found['trend']['sentence']}")
    for text in filter(None, (found["trend"]["caution"], found["problem"])):
        click.echo(f"! {text}")
    for text in (*(one["sentence"] for one in found["level_shifts"]), *found["seasons"]):
        click.echo(text)
    for one in found["anomalies"]:
        click.echo(f"  {one['period']:<12} {one['kind']:<6} {exact(unit, one['value']):>20}  {one['reason']}")
    forecast = found["forecast"]
    click.echo(f"Forecast: {forecast['reason'] or forecast['sentence']}")
    for one in forecast["points"][:MOST_POINTS]:
        low, high = exact(unit, one["low80"]), exact(unit, one["high80"])
        click.echo(f"  {one['period']:<12} {exact(unit, one['value']):>20}  (80 %: {low} to {high})")
