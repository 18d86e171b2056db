"""The commands about people's notes on days."""

from datetime import UTC, date, datetime

import click

from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import DAY, as_json, with_database
from dash_kpi.kpis.periods import Days, span_label
from dash_kpi.reporting import annotations as notes
from dash_kpi.storage.database import Database


@click.group()
def annotations() -> None:
    """List, add and remove notes on days and spans."""


@annotations.command("list")
@click.option("--kpi", help="Only those on this KPI, with those on every KPI.")
@click.option("--from", "start", type=DAY, help="The first day.")
@click.option("--to", "end", type=DAY, help="The last day.")
@as_json
@with_database
def list_notes(
    database: Database, workspace: str, kpi: str | None, start: datetime | None, end: datetime | None, as_json: bool
) -> None:
    """Print the notes, the earliest first."""
    span = Days(start.date() if start else date.min, end.date() if end else date.max)
    if span.start > span.end:
        raise click.UsageError(f"--to {span.end} is before --from {span.start}.")
    found = notes.notes_on(database, workspace, kpi, span)
    if as_json:
        print_json({"workspace": workspace, "annotations": [notes.as_json(note) for note in found]})
        return
    for note in found:
        days = span_label(Days(note.first, note.last))
        click.echo(f"{note.id:>5}  {days:<27} {note.kpi or '(every KPI)':<18} {note.text} ({note.author})")


@annotations.command("add")
@click.argument("text")
@click.option("--from", "start", type=DAY, required=True, help="The first day.")
@click.option("--to", "end", type=DAY, help="The last day; the first where it is not given.")
@click.option("--kpi", help="The KPI; every KPI where it is not given.")
@click.option("--author", default=notes.SOMEBODY, show_default=True, help="Who says it.")
@as_json
@with_database
def add(
    database: Database,
    workspace: str,
    text: str,
    start: datetime,
    end: datetime | None,
    kpi: str | None,
    author: str,
    as_json: bool,
) -> None:
    """Keep TEXT as a note on a day or a span."""
    wording = notes.Wording(kpi, start.date(), (end or start).date(), text)
    note = notes.add_note(database, workspace, wording, author, datetime.now(UTC))
    if as_json:
        print_json(notes.as_json(note))
        return
    click.echo(f"Note {note.id} is kept.")


@annotations.command("remove")
@click.argument("number", type=int)
@with_database
def remove(database: Database, workspace: str, number: int) -> None:
    """Delete the note NUMBER."""
    version = notes.version_of(database, workspace, number)
    notes.delete_note(database, workspace, number, version, datetime.now(UTC))
    click.echo(f"Note {number} is deleted.")
