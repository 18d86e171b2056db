"""The command that says why a KPI moved."""

from datetime import datetime
from typing import Any, get_args

import click

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import DAY, as_json, as_of_option, where_option, with_database
from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.drivers.bridge import LABELS
from dash_kpi.kpis.periods import Comparison
from dash_kpi.reporting.drivers import drivers_json, view_of
from dash_kpi.reporting.view import parse_filters
from dash_kpi.storage.database import Database
from dash_kpi.ui.format import exact


@click.command()
@click.option("--kpi", "name", help="The KPI; else the first.")
@click.option("--by", help="The dimension; else the one that explains most.")
@click.option("--from", "start", type=DAY, help="First day; together with --to. Else the last 12 months.")
@click.option("--to", "end", type=DAY, help="Last day.")
@click.option("--compare", type=click.Choice(get_args(Comparison)[:2]), default="previous", show_default=True)
@where_option
@as_of_option
@as_json
@with_database
def drivers(
    database: Database,
    workspace: str,
    name: str | None,
    by: str | None,
    start: datetime | None,
    end: datetime | None,
    compare: Comparison,
    where: tuple[str, ...],
    as_of: int | None,
    as_json: bool,
) -> None:
    """Print why a KPI moved between two periods."""
    view = view_of(name, by, start and start.date(), end and end.date(), compare, parse_filters(list(where)), as_of)
    found = drivers_json(database, workspace, view)
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    if not found["span"]:
        click.echo("There are no numbers yet.")
        return
    unit = found["unit"]
    click.echo(
        f"{found['kpi']}: {exact(unit, found['before'])} ({found['reference'] or 'nothing before'}) to "
        f"{exact(unit, found['after'])} ({found['span']})"
    )
    for part in found["parts"]:
        name = "everything else" if part["value"] is None else value_words(part["value"])
        click.echo(f"  {name:<30} {exact(unit, part['change']):>20}")
    for one in found["ranked"]:
        click.echo(f"{one['name']}: {one['explanation']['sentence']}")
    if found["combination"]:
        click.echo(found["combination"]["sentence"])
    for step, size in found["bridge"]["steps"] if found["bridge"] else ():
        click.echo(f"  {LABELS[step]:<30} {exact(unit, size):>20}")
    for text in (*found["notes"], *filter(None, [found["problem"]])):
        click.echo(f"! {text}")
