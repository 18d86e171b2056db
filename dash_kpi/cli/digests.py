"""The command about digests."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any, get_args

import click

from dash_kpi.alerting.channels import store
from dash_kpi.alerting.channels.email_text import written
from dash_kpi.alerting.telling import digests as service
from dash_kpi.alerting.telling.digest_given import WEEKDAYS, Every
from dash_kpi.alerting.telling.digest_trying import try_digest
from dash_kpi.alerting.telling.route_words import names_of
from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, with_database
from dash_kpi.storage.database import Database

BY = "command line"
OPTIONS = (
    click.option("--kpi", "kpis", multiple=True, metavar="NAME", help="May be repeated; without any: every KPI."),
    click.option("--every", type=click.Choice(get_args(Every)), help="How often; else every day."),
    click.option("--weekday", type=click.Choice(WEEKDAYS), help="Of one that comes every week; else Monday."),
    click.option("--at", metavar="HH:MM", help="When, in the team's time; else 08:00."),
)


def digest_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what a digest is made of."""
    return reduce(lambda made, option: option(made), reversed(OPTIONS), command)


@click.group()
def digests() -> None:
    """List, add, edit, preview, try and remove digests: KPIs that are sent by the clock."""


@digests.command("list")
@as_json
@with_database
def list_all(database: Database, workspace: str, as_json: bool) -> None:
    """Print every digest, when it comes next and where it goes."""
    rows = service.digests(database, workspace)
    if as_json:
        print_json({"workspace": workspace, "digests": [row.as_json() for row in rows]})
        return
    names, zone = names_of(store.channels(database, workspace)), database.settings.zone
    for row in rows:
        kpis = ", ".join(row.digest.kpis) or "every KPI"
        to = ", ".join(names.get(number, f"channel {number}") for number in row.digest.channels)
        when = f"next {row.next_at.astimezone(zone):%Y-%m-%d %H:%M}" if row.digest.is_enabled else "switched off"
        click.echo(f"{row.id:>4}  {row.digest.name}: {kpis}, {row.digest.words}, to {to}; {when}")
    if not rows:
        click.echo("There is no digest yet; see: dash-kpi digests add --help", err=True)


@digests.command()
@click.argument("name")
@digest_options
@click.option("--to", "channels", multiple=True, required=True, metavar="CHANNEL", help="May be repeated.")
@as_json
@with_database
def add(database: Database, workspace: str, name: str, channels: Sequence[str], as_json: bool, **options: Any) -> None:
    """Add the digest NAME."""
    given = {"name": name, **_given(database, workspace, channels, options)}
    number = service.save_digest(database, workspace, given, BY, datetime.now(UTC))
    _done(database, workspace, number, "added", as_json)


@digests.command()
@click.argument("digest")
@click.option("--name", help="Another name.")
@digest_options
@click.option("--all-kpis", is_flag=True, help="Every KPI, whichever there will be.")
@click.option("--to", "channels", multiple=True, metavar="CHANNEL", help="May be repeated.")
@click.option("--enable/--disable", "is_enabled", default=None, help="Switch it on or off.")
@as_json
@with_database
def edit(
    database: Database,
    workspace: str,
    digest: str,
    name: str | None,
    channels: Sequence[str],
    is_enabled: bool | None,
    all_kpis: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Change DIGEST, by its name or number; what is not given stays."""
    number, now = service.numbered(database, workspace, digest), datetime.now(UTC)
    given = _given(database, workspace, channels, options) | ({"name": name} if name else {})
    if all_kpis and "kpis" in given:
        raise click.UsageError("Give --kpi or --all-kpis, not both.")
    given |= {"kpis": []} if all_kpis else {}
    if not given and is_enabled is None:
        raise click.UsageError("Nothing to change; see: dash-kpi digests edit --help")
    if given:
        more = {} if is_enabled is None else {"is_enabled": is_enabled}
        service.save_digest(database, workspace, given | more, BY, now, number)
    elif is_enabled is not None:
        service.set_enabled(database, workspace, number, is_enabled, now)
    _done(database, workspace, number, "changed", as_json)


@digests.command()
@click.argument("digest")
@as_json
@with_database
def remove(database: Database, workspace: str, digest: str, as_json: bool) -> None:
    """Remove DIGEST; with --json, prints what it was, as programs may add it again."""
    number = service.numbered(database, workspace, digest)
    former = service.remove_digest(database, workspace, number)
    if as_json:
        print_json({"id": number, "former": former.as_json()})
    else:
        click.echo(f"Digest {former.name} removed.")


@digests.command()
@click.argument("digest")
@click.option("--send", is_flag=True, help="Send it as a test to its channels too; the worker does.")
@as_json
@with_database
def preview(database: Database, workspace: str, digest: str, send: bool, as_json: bool) -> None:
    """Print the message that DIGEST would be now."""
    given = service.digest_of(database, workspace, service.numbered(database, workspace, digest)).digest.as_json()
    now = datetime.now(UTC)
    message = service.preview_digest(database, workspace, given, now)
    sent = try_digest(database, workspace, given, BY, now) if send else ()
    if as_json:
        print_json({"message": message.as_json(), "tests": list(sent)})
        return
    click.echo(written(message, [message.remark]))
    if sent:
        click.echo(f"\nOn the way as a test to {len(sent)} place{'' if len(sent) == 1 else 's'}.")


def _given(database: Database, workspace: str, channels: Sequence[str], options: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in options.items() if value}
    if "kpis" in given:
        given["kpis"] = list(given["kpis"])
    if channels:
        given["channels"] = [store.numbered(database, workspace, one) for one in channels]
    return given


def _done(database: Database, workspace: str, number: int, what: str, as_json: bool) -> None:
    row = service.digest_of(database, workspace, number)
    if as_json:
        print_json(row.as_json())
    else:
        click.echo(f"Digest {row.digest.name} {what}: {row.digest.words}.")
