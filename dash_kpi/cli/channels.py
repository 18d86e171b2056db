"""The command about channels and routes."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from dash_kpi.alerting.channels import store, trying
from dash_kpi.alerting.channels.given import POLICIES, kind_of
from dash_kpi.alerting.channels.shown import Sending
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.transport import Field
from dash_kpi.alerting.rules.rule import SEVERITIES
from dash_kpi.alerting.telling import routes as routing
from dash_kpi.alerting.telling.route_words import gap, names_of, sentence
from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, with_database
from dash_kpi.errors import NotFound, Refused
from dash_kpi.storage.database import MAIN, Database

BY = "command line"
LOOK_AGAIN_SECONDS = 0.3
OPEN_TO_OTHERS = (
    "Warning: other users of this machine can see '{name}' in the list of processes, and the shell keeps it; "
    "use --secret {name}=VARIABLE, --secret {name}=- or the prompt."
)


def _pairs(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """Read texts like field=value; a wrong one is not repeated, for it may be a secret."""
    pairs = dict(text.partition("=")[::2] for text in texts)
    if any("=" not in text for text in texts) or "" in pairs:
        raise click.BadParameter("write it like field=value.")
    return pairs


set_option = click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", callback=_pairs, help="A field.")
secret_option = click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="FIELD=VARIABLE",
    callback=_pairs,
    help="A secret from this environment variable; - is one line of the standard input. Else a terminal is asked.",
)
policy_option = click.option(
    "--on-unknown", type=click.Choice(POLICIES), help="What to do when nobody knows whether a message arrived."
)


@click.group()
def channels() -> None:
    """List, add, edit, test and remove channels, and say which alerts go where."""


@channels.command("list")
@as_json
@with_database
def list_all(database: Database, workspace: str, as_json: bool) -> None:
    """Print every channel, whether it works, and what to do where it does not."""
    rows = store.channels(database, workspace)
    if as_json:
        print_json({"workspace": workspace, "channels": [row.as_json() for row in rows]})
        return
    for row in rows:
        waiting = f", {row.waiting + row.parked} waiting" if row.waiting or row.parked else ""
        click.echo(f"{row.id:>4}  {row.name:<24} {row.label:<18} {row.state}{waiting}  {', '.join(row.destinations)}")
        if row.problem:
            click.echo(f"      ! {row.problem}")
    if not rows:
        click.echo("There is no channel yet; see: dash-kpi channels kinds", err=True)


@channels.command()
@as_json
def kinds(as_json: bool) -> None:
    """Print the kinds of channels and their fields."""
    if as_json:
        print_json({name: [asdict(one) for one in kind.FIELDS] for name, kind in TRANSPORTS.items()})
        return
    for name, kind in TRANSPORTS.items():
        click.echo(f"{name}: {kind.LABEL}")
        for one in kind.FIELDS:
            marks = ", ".join(word for word, is_so in (("secret", one.is_secret), ("needed", one.is_needed)) if is_so)
            click.echo(f"  {one.name:<16} {one.label}" + (f" ({marks})" if marks else ""))


@channels.command()
@click.argument("kind")
@click.argument("name")
@set_option
@secret_option
@policy_option
@as_json
@with_database
def add(
    database: Database,
    workspace: str,
    kind: str,
    name: str,
    values: Mapping[str, str],
    secrets: Mapping[str, str],
    on_unknown: str | None,
    as_json: bool,
) -> None:
    """Add the channel NAME of KIND, such as slack; see `kinds`."""
    fields = TRANSPORTS[kind_of({"kind": kind}, TRANSPORTS)].FIELDS
    given = {"kind": kind, "name": name, "values": _all(fields, values, secrets, ()), "on_unknown": on_unknown}
    change = store.save(database, workspace, given, BY, datetime.now(UTC))
    if as_json:
        print_json(change.as_json())
        return
    click.echo(change.sentence)
    if change.made:
        click.echo(f"Its signing secret, shown this once: {change.made}")


@channels.command()
@click.argument("channel")
@click.option("--name", help="Another name.")
@set_option
@secret_option
@click.option("--forget", multiple=True, metavar="FIELD", help="A secret to keep no longer.")
@policy_option
@click.option("--enable/--disable", "is_enabled", default=None, help="Switch it on or off.")
@as_json
@with_database
def edit(
    database: Database,
    workspace: str,
    channel: str,
    name: str | None,
    values: Mapping[str, str],
    secrets: Mapping[str, str],
    forget: tuple[str, ...],
    on_unknown: str | None,
    is_enabled: bool | None,
    as_json: bool,
) -> None:
    """Change CHANNEL, by its name or number; what is not given stays."""
    number = store.numbered(database, workspace, channel)
    row = store.channel(database, workspace, number)
    changes = []
    if name or values or secrets or forget or on_unknown:
        fields = TRANSPORTS[row.kind].FIELDS if row.kind in TRANSPORTS else ()
        given: dict[str, Any] = {"values": _all(fields, values, secrets, None), "forget": forget}
        given |= {key: value for key, value in (("name", name), ("on_unknown", on_unknown)) if value}
        changes.append(store.save(database, workspace, given, BY, datetime.now(UTC), number))
    if is_enabled is not None:
        changes.append(store.set_enabled(database, workspace, number, is_enabled, BY, datetime.now(UTC)))
    if not changes:
        raise click.UsageError("Nothing to change; give --set, --secret, --name, --on-unknown or --enable/--disable.")
    if as_json:
        print_json(changes[-1].as_json())
        return
    for change in changes:
        click.echo(change.sentence)


@channels.command()
@click.argument("channel")
@click.option("--send", is_flag=True, help="Send a test message too, and wait for what becomes of it.")
@click.option("--wait", type=click.FloatRange(min=0), default=30, show_default=True, help="Seconds to wait for it.")
@as_json
@with_database
def test(database: Database, workspace: str, channel: str, send: bool, wait: float, as_json: bool) -> None:
    """Ask CHANNEL whether it takes messages; posts nothing without --send."""
    number = store.numbered(database, workspace, channel)
    sentence = trying.connect(database, workspace, None, datetime.now(UTC), number)
    if not as_json:
        click.echo(sentence)
    found: Sequence[Sending] = ()
    if send:
        sent = trying.send_test(database, workspace, number, BY, datetime.now(UTC))
        found = _awaited(database, workspace, sent, wait)
    if as_json:
        print_json({"sentence": sentence, "tests": [one.as_json() for one in found]})
    else:
        for one in found:
            click.echo(one.sentence)
    if any(one.status == "queued" for one in found):
        raise Refused("It was not sent yet; is the worker running? Start: dash-kpi worker")
    if any(one.status != "sent" for one in found):
        raise Refused("The test did not arrive everywhere.")


@channels.command()
@click.argument("channel")
@with_database
def retry(database: Database, workspace: str, channel: str) -> None:
    """Let what waits for CHANNEL go on, after something was mended elsewhere."""
    number = store.numbered(database, workspace, channel)
    click.echo(store.retry(database, workspace, number, BY, datetime.now(UTC)).sentence)


@channels.command()
@click.argument("channel")
@with_database
def remove(database: Database, workspace: str, channel: str) -> None:
    """Remove CHANNEL, which no route and no threshold may name."""
    number = store.numbered(database, workspace, channel)
    click.echo(store.remove(database, workspace, number, BY, datetime.now(UTC)).sentence)


@channels.command()
@with_database
def reseal(database: Database, workspace: str) -> None:
    """Encrypt every secret with the first key of the setting encryption_key, after a new one was put before it."""
    count = store.seal_anew(database, datetime.now(UTC))
    click.echo(f"The secrets of {count} channel{'' if count == 1 else 's'} are encrypted with the first key.")


@channels.group(invoke_without_command=True)
@click.option("--instance", type=click.Path(file_okay=False, path_type=Path), help="The instance folder.")
@click.option("--workspace", default=MAIN, show_default=True, help="The workspace.")
@as_json
@click.pass_context
def routes(context: click.Context, /, **given: Any) -> None:
    """Print which alerts go where; `routes add` and `routes remove` change it."""
    if context.invoked_subcommand is None:
        context.invoke(list_routes, **given)


@routes.command("list")
@as_json
@with_database
def list_routes(database: Database, workspace: str, as_json: bool) -> None:
    """Print which alerts go where."""
    found = routing.routes(database, workspace)
    if as_json:
        print_json({"workspace": workspace, "routes": [one.as_json() for one in found]})
        return
    names = names_of(store.channels(database, workspace))
    for one in found:
        click.echo(f"{one.position:>3}  {one.name}: {sentence(one, names)}")
    if not found:
        click.echo("There is no route: every alert goes to every channel that is switched on.")
    if words := gap(routing.without_route(found)):
        click.echo(f"  ! {words}")


@routes.command("add")
@click.argument("name")
@click.option("--to", "channels", multiple=True, required=True, metavar="CHANNEL", help="May be repeated.")
@click.option("--severity", "severities", multiple=True, type=click.Choice(SEVERITIES), help="Else every one.")
@click.option("--tag", "tags", multiple=True, help="Else whatever the tags.")
@click.option("--after", "hours", type=float, help="Hours without an acknowledgement, after which it goes further.")
@click.option("--then", "escalated", multiple=True, metavar="CHANNEL", help="Where it goes then; may be repeated.")
@with_database
def add_route(
    database: Database,
    workspace: str,
    name: str,
    channels: tuple[str, ...],
    severities: tuple[str, ...],
    tags: tuple[str, ...],
    hours: float | None,
    escalated: tuple[str, ...],
) -> None:
    """Add the route NAME."""
    given = {
        "name": name,
        "channels": [store.numbered(database, workspace, one) for one in channels],
        "severities": severities,
        "tags": tags,
        "escalate_hours": hours,
        "escalate_channels": [store.numbered(database, workspace, one) for one in escalated],
    }
    click.echo(routing.save(database, workspace, given, BY, datetime.now(UTC)).sentence)


@routes.command("remove")
@click.argument("name")
@with_database
def remove_route(database: Database, workspace: str, name: str) -> None:
    """Remove the route NAME."""
    known = {one.name.casefold(): one for one in routing.routes(database, workspace)}
    if name.casefold() not in known:
        raise NotFound("route", name, [one.name for one in known.values()])
    click.echo(routing.remove(database, workspace, known[name.casefold()].id, BY, datetime.now(UTC)).sentence)


def _all(
    fields: Sequence[Field], values: Mapping[str, str], secrets: Mapping[str, str], asked: Sequence[str] | None
) -> dict[str, str]:
    """Return what was given; secrets that are needed and were not are asked for, unless `asked` is None."""
    names = {one.name for one in fields if one.is_secret}
    for name in values:
        if name in names:
            click.echo(OPEN_TO_OTHERS.format(name=name), err=True)
    found = {**values, **{name: _secret(name, source) for name, source in secrets.items()}}
    if asked is not None and sys.stdin.isatty():
        for one in fields:
            if one.is_secret and one.is_needed and one.name not in found:
                found[one.name] = click.prompt(one.label, hide_input=True)
    return found


def _secret(name: str, source: str) -> str:
    if source == "-":
        return sys.stdin.readline().rstrip("\r\n")
    if source not in os.environ:
        raise Refused(f"There is no environment variable of the name that --secret {name}= gives.")
    return os.environ[source]


def _awaited(database: Database, workspace: str, sent: Sequence[int], seconds: float) -> Sequence[Sending]:
    """Return what became of test messages, at the latest after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        found = trying.sendings(database, workspace, sent)
        if all(one.is_over for one in found) or time.monotonic() >= end:
            return found
        time.sleep(LOOK_AGAIN_SECONDS)
