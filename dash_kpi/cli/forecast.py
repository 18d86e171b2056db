"""The command that says where KPIs are heading."""

from typing import Any

import click

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, as_of_option, where_option, with_database
from dash_kpi.kpis.forecasting.history import LONGEST_HORIZON
from dash_kpi.kpis.periods import GRAINS
from dash_kpi.reporting.forecasts_json import ForecastQuestion, forecasts_json
from dash_kpi.reporting.view import parse_filters
from dash_kpi.storage.database import Database
from dash_kpi.ui.format import exact

MOST_PERIODS = max(LONGEST_HORIZON.values())


@click.command()
@click.option("--kpi", "names", multiple=True, help="Only this KPI; may be repeated.")
@click.option("--by", type=click.Choice(GRAINS), help="By this grain; else by month, or as the data is.")
@click.option("--periods", type=click.IntRange(1, MOST_PERIODS), help="So many periods ahead.")
@click.option("--line", type=float, help="Say when the KPI will cross this value.")
@where_option
@as_of_option
@as_json
@with_database
def forecast(
    database: Database,
    workspace: str,
    names: tuple[str, ...],
    by: Any,
    periods: int | None,
    line: float | None,
    where: tuple[str, ...],
    as_of: int | None,
    as_json: bool,
) -> None:
    """Print where KPIs are heading, and where the current month, quarter and year will end."""
    question = ForecastQuestion(names, by, periods, line, parse_filters(list(where)), as_of)
    answer = forecasts_json(database, workspace, question)
    if as_json:
        print_json(answer)
        return
    for kpi in answer["kpis"]:
        _print(kpi)


def _print(kpi: dict[str, Any]) -> None:
    unit = kpi["unit"]
    click.echo(f"{kpi['label']}: {kpi['reason'] or kpi['sentence']}")
    for point in kpi["points"]:
        value, low, high = (exact(unit, point[name]) for name in ("value", "low80", "high80"))
        click.echo(f"  {point['period']:<24} {value:>20}   80 %: {low} to {high}")
    for note in kpi["notes"]:
        click.echo(f"  ! {note}")
    for ending in kpi["outlooks"]:
        if ending["expected"] is None:
            click.echo(f"  {ending['period_label']}: {ending['reason']}")
            continue
        low, high = exact(unit, ending["low80"]), exact(unit, ending["high80"])
        click.echo(f"  {ending['period_label']}: {exact(unit, ending['expected'])}   80 %: {low} to {high}")
        click.echo(f"    {ending['sentence']}")
    if "line" in kpi:
        click.echo(f"  {exact(unit, kpi['line']['value'])}: {kpi['line']['sentence'] or kpi['line']['reason']}")
