"""The command about alerts and silences."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from dash_kpi.alerting.alerts import acts
from dash_kpi.alerting.alerts import silences as service
from dash_kpi.alerting.alerts.entries import alert
from dash_kpi.alerting.alerts.entries import alerts as listed
from dash_kpi.alerting.alerts.resending import resend as send_again
from dash_kpi.alerting.alerts.silence_values import Hush, Scope
from dash_kpi.alerting.alerts.undelivered import leave_messages, resend_messages, undelivered
from dash_kpi.alerting.alerts.undelivered_values import Undelivered
from dash_kpi.alerting.alerts.values import OPEN, PAGE_SIZE, AlertFilter, AlertRow, Done, WholeAlert, moment
from dash_kpi.alerting.rules.rule import SEVERITIES
from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, with_database
from dash_kpi.storage.database import Database

BY = "command line"
STATUSES = ("open", "acknowledged", "snoozed", "resolved", "corrected")
MOST_NUMBERS = 20  # of messages, in one line
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Until(click.ParamType[str]):
    """A moment, or a time from now such as 90m, 4h, 2d, 1w."""

    name = "MOMENT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the text where it can be read; the zone of the team is not known yet."""
        if value[-1:] in UNITS and value[:-1].isdecimal() and len(value) < 8:
            return value
        try:
            datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is no moment; write it like 4h, 2d or 2026-01-31T08:00.", param, ctx)
        return value


until_option = click.option("--until", type=Until(), required=True, help="A moment, or a time from now: 90m, 4h, 2d.")
ids_argument = click.argument("ids", nargs=-1, type=int, required=True)


@click.group("alerts")
def alerts() -> None:
    """List and show alerts, acknowledge, snooze, assign and resend them, silence, and see what was not delivered."""


@alerts.command("list")
@click.option("--status", multiple=True, type=click.Choice(STATUSES), help="May be repeated; else what is open.")
@click.option("--all", "is_all", is_flag=True, help="Those that are over too.")
@click.option("--severity", multiple=True, type=click.Choice(SEVERITIES), help="May be repeated.")
@click.option("--kpi", default="", help="Only of this KPI.")
@click.option("--segment", help="Only of this segment; '' is the whole.")
@click.option("--assignee", help="Only those of somebody; '' is nobody.")
@click.option("--tag", default="", help="Only of thresholds with this tag.")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True)
@as_json
@with_database
def list_alerts(
    database: Database,
    workspace: str,
    status: tuple[str, ...],
    is_all: bool,
    severity: tuple[str, ...],
    kpi: str,
    segment: str | None,
    assignee: str | None,
    tag: str,
    page: int,
    as_json: bool,
) -> None:
    """Print the alerts, the worst first."""
    statuses = status or (() if is_all else OPEN)
    wanted = AlertFilter(statuses, severity, kpi, segment, assignee, tag, page=page, size=PAGE_SIZE)
    found = listed(database, workspace, wanted)
    if as_json:
        rows = [row.as_json() for row in found.rows]
        print_json(
            {"workspace": workspace, "total": found.total, "page": found.page, "pages": found.pages, "alerts": rows}
        )
        return
    for row in found.rows:
        click.echo(_line(row, database))
    if found.pages > 1:
        click.echo(f"Page {found.page} of {found.pages}; --page shows another.")


@alerts.command()
@click.argument("number", type=int)
@as_json
@with_database
def show(database: Database, workspace: str, number: int, as_json: bool) -> None:
    """Print the alert NUMBER with its life, its deliveries and its evaluations."""
    found = alert(database, workspace, number, datetime.now(UTC))
    if as_json:
        print_json(found.as_json())
        return
    for line in _told(found, database):
        click.echo(line)


@alerts.command()
@ids_argument
@click.option("--comment", default="", help="Why, or what is done about it.")
@click.option("--undo", is_flag=True, help="Take the acknowledgement back.")
@as_json
@with_database
def ack(database: Database, workspace: str, ids: tuple[int, ...], comment: str, undo: bool, as_json: bool) -> None:
    """Acknowledge alerts: somebody cares about them."""
    now = datetime.now(UTC)
    if undo:
        _say(acts.unacknowledge(database, workspace, ids, BY, now), as_json)
    else:
        _say(acts.acknowledge(database, workspace, ids, BY, comment, now), as_json)


@alerts.command()
@ids_argument
@click.option("--until", type=Until(), help="A moment, or a time from now: 90m, 4h, 2d.")
@click.option("--worse-by", type=float, help="Or until they are worse by so many percent.")
@click.option("--comment", default="", help="Why.")
@click.option("--undo", is_flag=True, help="Wake them.")
@as_json
@with_database
def snooze(
    database: Database,
    workspace: str,
    ids: tuple[int, ...],
    until: str | None,
    worse_by: float | None,
    comment: str,
    undo: bool,
    as_json: bool,
) -> None:
    """Be quiet about alerts for a while."""
    now = datetime.now(UTC)
    if undo:
        _say(acts.unsnooze(database, workspace, ids, BY, now), as_json)
        return
    if until is None:
        raise click.UsageError("--until is missing: 4h, 2d or a moment.")
    share = None if worse_by is None else worse_by / 100
    _say(acts.snooze(database, workspace, ids, _moment(until, database, now), BY, now, share, comment), as_json)


@alerts.command()
@ids_argument
@click.option("--to", "assignee", default="", help="Who takes care of them; nobody where it is not given.")
@as_json
@with_database
def assign(database: Database, workspace: str, ids: tuple[int, ...], assignee: str, as_json: bool) -> None:
    """Say who takes care of alerts."""
    _say(acts.assign(database, workspace, ids, assignee, BY, datetime.now(UTC)), as_json)


@alerts.command()
@ids_argument
@as_json
@with_database
def resend(database: Database, workspace: str, ids: tuple[int, ...], as_json: bool) -> None:
    """Send the newest messages about alerts again, and tell now what nobody was told."""
    _say(send_again(database, workspace, ids, BY, datetime.now(UTC)), as_json)


@alerts.command()
@click.option("--resend", "again", multiple=True, type=int, metavar="MESSAGE", help="Send this message again.")
@click.option("--leave", "left", multiple=True, type=int, metavar="MESSAGE", help="Leave this message unsent.")
@as_json
@with_database
def problems(database: Database, workspace: str, again: tuple[int, ...], left: tuple[int, ...], as_json: bool) -> None:
    """Print the messages that need somebody, or decide about some of them."""
    now = datetime.now(UTC)
    done = [resend_messages(database, workspace, again, BY, now)] if again else []
    done += [leave_messages(database, workspace, left, BY, now)] if left else []
    found = undelivered(database, workspace)
    if as_json:
        both = {"decided": [one.as_json() for one in done], "problems": [one.as_json() for one in found]}
        print_json({"workspace": workspace, **both})
        return
    for one in done:
        click.echo(one.sentence)
    lines = [] if done else [line for one in found for line in _problem(one, database)] or ["No message needs anybody."]
    for line in lines:
        click.echo(line)


@alerts.command()
@click.argument("comment")
@until_option
@click.option("--threshold", type=int, help="Only this threshold.")
@click.option("--kpi", default="", help="Only this KPI.")
@click.option("--segment", metavar="DIMENSION=VALUE", help="Only this value of a dimension.")
@as_json
@with_database
def silence(
    database: Database,
    workspace: str,
    comment: str,
    until: str,
    threshold: int | None,
    kpi: str,
    segment: str | None,
    as_json: bool,
) -> None:
    """Send nothing for a while, and say why in COMMENT; about everything where nothing is named."""
    dimension, sign, value = (segment or "").partition("=")
    if segment and not (dimension and sign):
        raise click.UsageError(f"--segment '{segment}' is not written like Region=North.")
    now = datetime.now(UTC)
    scope = Scope(threshold, kpi, dimension, value)
    made = service.silence(database, workspace, scope, comment, _moment(until, database, now), BY, now)
    if as_json:
        print_json(made.as_json())
        return
    click.echo(f"Silence {made.id}: {_hush(made, database)}")


@alerts.command()
@click.option("--end", "ended", type=int, help="End this silence now.")
@click.option("--all", "with_ended", is_flag=True, help="Those that are over too.")
@as_json
@with_database
def silences(database: Database, workspace: str, ended: int | None, with_ended: bool, as_json: bool) -> None:
    """List the silences, or end one."""
    now = datetime.now(UTC)
    if ended is not None:
        service.end(database, workspace, ended, BY, now)
    found = service.silences(database, workspace, now, with_ended=with_ended)
    if as_json:
        print_json({"workspace": workspace, "silences": [one.as_json() for one in found]})
        return
    for one in found:
        click.echo(f"{one.id:>5}  {_hush(one, database)}")


def _problem(found: Undelivered, database: Database) -> list[str]:
    """Say what keeps messages, since when, which these are, and what they are about."""
    one = found.problem
    since = f" Since {moment(one.since, database.settings.zone)}." if one.since else ""
    numbers = ", ".join(map(str, one.ids[:MOST_NUMBERS])) + (", …" if one.count > MOST_NUMBERS else "")
    lines = [f"{one.sentence}{since}", *([f"       Messages: {numbers}"] if one.ids else [])]
    lines += [f"       Alert {about.id}: {about.message}" for about in found.alerts]
    more = found.alert_count - len(found.alerts)
    return lines + ([f"       And {more:,} more alerts"] if more else [])


def _say(done: Done, as_json: bool) -> None:
    if as_json:
        print_json(done.as_json())
        return
    click.echo(done.sentence)


def _moment(text: str, database: Database, now: datetime) -> datetime:
    """Return a moment; one without a zone is in the team's."""
    if text[-1] in UNITS:
        return now + timedelta(**{UNITS[text[-1]]: int(text[:-1])})
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=database.settings.zone)).astimezone(UTC)


def _line(row: AlertRow, database: Database) -> str:
    since = moment(row.opened_at, database.settings.zone)
    who = f" ({row.assignee})" if row.assignee else ""
    return f"{row.id:>5}  {row.severity:<8}  {row.status:<12}  {since:>17}  {row.message}{who}"


def _hush(one: Hush, database: Database) -> str:
    zone = database.settings.zone
    ended = " (over)" if one.is_ended else ""
    return f"{one.words}, until {moment(one.ends_at, zone)}{ended}: {one.comment} ({one.created_by})"


def _told(found: WholeAlert, database: Database) -> list[str]:
    zone = database.settings.zone
    lines = [_line(found.row, database)]
    if found.row.details.driver:
        lines.append(f"       {found.row.details.driver}")
    if found.why_silent:
        lines.append(f"       {found.why_silent}")
    lines += ["", "Events"]
    lines += [
        f"  {moment(one.at, zone):>17}  {one.kind} by {one.actor}{f': {one.text}' if one.text else ''}"
        for one in found.events
    ]
    if found.sendings:
        lines += ["", "Deliveries"]
    for sending in found.sendings:
        why = f": {sending.reason}" if sending.reason else ""
        tried = f", {len(sending.tries)} tries" if len(sending.tries) > 1 else ""
        lines.append(f"  {moment(sending.created_at, zone):>17}  {sending.channel}  {sending.status}{tried}{why}")
    lines += ["", "Evaluations"]
    lines += [f"  {moment(one.last_at, zone):>17}  {one.period or '–'}  {one.reason}" for one in found.findings.rows]
    return lines
