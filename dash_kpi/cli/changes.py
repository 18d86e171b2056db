"""The command that says what changed."""

from datetime import UTC, datetime

import click

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import DAY, as_json, as_of_option, where_option, with_database
from dash_kpi.kpis.periods import PERIODS, Comparison
from dash_kpi.reporting.changes import changes_view, what_changed
from dash_kpi.reporting.events import data_events
from dash_kpi.reporting.view import DEFAULT_PERIOD, parse_filters
from dash_kpi.storage.database import Database
from dash_kpi.ui.changes import NOTHING, as_plain, looked_at, sentences


@click.command()
@click.option("--period", type=click.Choice(tuple(PERIODS)), default=DEFAULT_PERIOD, show_default=True)
@click.option("--from", "start", type=DAY, help="First day; together with --to, in the place of --period.")
@click.option("--to", "end", type=DAY, help="Last day.")
@click.option("--compare", type=click.Choice(("previous", "year")), default="previous", show_default=True)
@where_option
@as_of_option
@as_json
@with_database
def changes(
    database: Database,
    workspace: str,
    period: str,
    start: datetime | None,
    end: datetime | None,
    compare: Comparison,
    where: tuple[str, ...],
    as_of: int | None,
    as_json: bool,
) -> None:
    """Print what changed in a period: moves, unusual periods, records, streaks, missed targets, restatements."""
    filters = parse_filters(list(where))
    view = changes_view(period, start and start.date(), end and end.date(), compare, filters, as_of)
    answer = what_changed(database, workspace, view)
    events = data_events(database, workspace, datetime.now(UTC), answer.span)
    currency = database.settings.currency
    if as_json:
        print_json(as_plain(workspace, answer, events, currency))
        return
    if answer.span is None:
        click.echo("There are no numbers yet.")
        return
    click.echo(f"{answer.span.label}, compared with {answer.reference.label if answer.reference else 'nothing'}")
    if not answer.found and not answer.restated:
        click.echo(f"{NOTHING}.")
    for one in sentences(answer, events, currency):
        click.echo(f"  {one.text} ({one.confidence})")
    click.echo(looked_at(answer))
