"""The command about the wording of messages."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from dash_kpi.alerting.messages import templates as service
from dash_kpi.alerting.messages.whole import Whole, whole
from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, with_database
from dash_kpi.errors import Refused
from dash_kpi.storage.database import Database

BY = "command line"


@click.group()
def templates() -> None:
    """List, show, change, reset and preview how messages are worded."""


@templates.command("list")
@as_json
@with_database
def list_all(database: Database, workspace: str, as_json: bool) -> None:
    """Print every wording; * marks those that were changed."""
    rows = service.templates(database, workspace)
    if as_json:
        print_json({"workspace": workspace, "templates": [row.as_json() for row in rows]})
        return
    for row in rows:
        click.echo(f"{'*' if row.is_changed else ' '} {row.name:<17} {row.label}: {row.text}")


@templates.command()
@click.argument("name")
@as_json
@with_database
def show(database: Database, workspace: str, name: str, as_json: bool) -> None:
    """Print the wording NAME, what may stand in it, and its versions."""
    row, versions = service.template(database, workspace, name), service.versions(database, workspace, name)
    if as_json:
        found = [{"text": one.text, "at": one.at, "by": one.by} for one in versions]
        print_json(row.as_json() | {"history": found})
        return
    click.echo(f"{row.label}\n{row.text}")
    if row.is_changed:
        click.echo(f"As it comes: {row.usual}")
    for placeholder, words in row.placeholders:
        click.echo(f"  {{{placeholder}}}".ljust(16) + words)
    for one in versions:
        click.echo(f"{one.at:%Y-%m-%d %H:%M}  {one.by}: {'as it comes' if one.text is None else one.text}")


@templates.command("set")
@click.argument("name")
@click.argument("text")
@as_json
@with_database
def set_text(database: Database, workspace: str, name: str, text: str, as_json: bool) -> None:
    """Word NAME anew: TEXT, or - for the standard input."""
    given = _text(text)
    with _marked(given):
        said = service.save(database, workspace, name, given, BY, datetime.now(UTC))
    if as_json:
        print_json(service.template(database, workspace, name).as_json() | {"said": said})
    else:
        click.echo(f"Kept. It says: {said}")


@templates.command()
@click.argument("name")
@with_database
def reset(database: Database, workspace: str, name: str) -> None:
    """Let NAME be worded as it comes with the program."""
    service.reset(database, workspace, name, BY, datetime.now(UTC))
    click.echo(f"{name} is worded as it comes with the program.")


@templates.command()
@click.argument("name")
@with_database
def undo(database: Database, workspace: str, name: str) -> None:
    """Take the last change of NAME back."""
    click.echo(f"{name} is again: {service.undo(database, workspace, name, BY, datetime.now(UTC))}")


@templates.command()
@click.argument("name")
@click.argument("text", required=False)
@as_json
@with_database
def preview(database: Database, workspace: str, name: str, text: str | None, as_json: bool) -> None:
    """Print the message that NAME makes, or would make with TEXT (- for the standard input)."""
    given = service.template(database, workspace, name).text if text is None else _text(text)
    with _marked(given):
        found = whole(database, workspace, name, given, datetime.now(UTC))
    if as_json:
        print_json(found.as_json())
        return
    _print(found)


def _print(found: Whole) -> None:
    if found.is_example:
        click.echo("An example, for there is no such alert yet:", err=True)
    click.echo(found.text)
    if found.remark:
        click.echo(f"! {found.remark}", err=True)


def _text(text: str) -> str:
    return sys.stdin.read().rstrip("\r\n") if text == "-" else text


@contextmanager
def _marked(text: str) -> Iterator[None]:
    """Show a mistake in a text at its place."""
    try:
        yield
    except service.TemplateRefused as error:
        before = " ".join(text[: error.start].split("\n"))[-60:]
        after = text[error.start :].split("\n")[0][:20]
        raise Refused(f"{error}\n  {before}{after}\n  {' ' * len(before)}^" if text.strip() else str(error)) from None
