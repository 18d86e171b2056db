"""The command about the definitions of KPIs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, with_database
from dash_kpi.errors import Refused
from dash_kpi.reporting import definitions as service
from dash_kpi.reporting.definition_list import entries, entry_named, exported, imported
from dash_kpi.storage.database import Database

BY = "command line"


@click.group()
def definitions() -> None:
    """List, show, set and remove the definitions of KPIs."""


@definitions.command("list")
@as_json
@with_database
def list_all(database: Database, workspace: str, as_json: bool) -> None:
    """List every KPI with its formula."""
    found = entries(database, workspace)
    if as_json:
        print_json({"workspace": workspace, "definitions": [one.as_json() for one in found]})
        return
    for one in found:
        marks = [("hidden", one.definition.is_hidden), ("changed", one.is_built_in and one.version)]
        remark = ", ".join(word for word, is_so in marks if is_so)
        click.echo(f"{one.definition.name:<24} {one.definition.formula}" + (f"  ({remark})" if remark else ""))
        if one.problem:
            click.echo(f"{'':<24} ! {one.problem}")


@definitions.command()
@click.argument("name")
@as_json
@with_database
def show(database: Database, workspace: str, name: str, as_json: bool) -> None:
    """Print one KPI as JSON, as `set` takes it; with --json, with what else is known of it."""
    found = entry_named(database, workspace, name)
    print_json(found.as_json() if as_json else found.definition.as_json())


@definitions.command("set")
@click.argument("file", type=click.File("rb"))
@with_database
def set_from(database: Database, workspace: str, file: Any) -> None:
    """Save the definitions in FILE, JSON as `show` and `export` write it; - is the standard input."""
    waiting = imported(_json(file.read()))
    while waiting:  # one may use another that comes later
        refused: list[tuple[Any, Refused]] = []
        for given in waiting:
            try:
                click.echo(service.save(database, workspace, given, BY, datetime.now(UTC)).sentence)
            except Refused as error:
                refused.append((given, error))
        if len(refused) == len(waiting):
            raise refused[0][1]
        waiting = [given for given, _ in refused]


@definitions.command()
@click.argument("name")
@with_database
def remove(database: Database, workspace: str, name: str) -> None:
    """Remove a KPI that people made."""
    click.echo(service.remove(database, workspace, name, BY, datetime.now(UTC)).sentence)


@definitions.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@with_database
def export(database: Database, workspace: str, file: Path | None) -> None:
    """Write what people made or changed to FILE, or print it, for another workspace to `set`."""
    value = exported(entries(database, workspace))
    if file is None:
        print_json(value)
        return
    file.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    click.echo(f"{file}: {len(value['definitions'])} definitions.")


def _json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refused(f"The file is no JSON: {error}.") from None
