"""The annotations for programs, and for the dialog in which people write them."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, request

from dash_kpi.errors import Refused
from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.annotations import (
    SOMEBODY,
    Note,
    NoteRefused,
    add_note,
    as_json,
    delete_note,
    edit_note,
    note_seen,
    notes_on,
    restore_note,
    wording_of,
)
from dash_kpi.web.api import answer, day
from dash_kpi.web.bodies import json_body
from dash_kpi.web.context import database, workspace

EXAMPLE = '{"from": "2025-01-31", "text": "New prices"}'

annotations = Blueprint("annotations", __name__, url_prefix="/api/v1/annotations")


@annotations.get("")
def listed() -> Response:
    """Return the notes on a KPI (`kpi`) that touch the days `from` to `to`."""
    span = Days(day("from") or date.min, day("to") or date.max)
    if span.start > span.end:
        raise Refused(f"to = {span.end} is before from = {span.start}.")
    found = notes_on(database(), workspace(), request.args.get("kpi"), span)
    return answer({"workspace": workspace(), "annotations": [as_json(note) for note in found]})


@annotations.post("")
def add() -> tuple[Response, int]:
    """Keep a new note."""
    return told(add_note(database(), workspace(), wording_of(json_body(EXAMPLE)), SOMEBODY, datetime.now(UTC))), 201


@annotations.patch("/<int:number>")
def edit(number: int) -> Response:
    """Change a note; what is not given of it stays, and `version` names what the person saw."""
    given = json_body(EXAMPLE)
    known = note_seen(database(), workspace(), number, version(given))
    wording = wording_of(as_json(known) | {"from": str(known.first), "to": str(known.last)} | given)
    return told(edit_note(database(), workspace(), number, wording, version(given), datetime.now(UTC)))


@annotations.delete("/<int:number>")
def delete(number: int) -> Response:
    """Delete a note; it can be brought back."""
    return told(delete_note(database(), workspace(), number, version(request.args), datetime.now(UTC)))


@annotations.post("/<int:number>/restore")
def restore(number: int) -> Response:
    """Bring a deleted note back."""
    return told(restore_note(database(), workspace(), number, datetime.now(UTC)))


@annotations.errorhandler(NoteRefused)
def refused(error: NoteRefused) -> tuple[Response, int]:
    """Say which field is wrong, so that a form can show the sentence beside it."""
    return answer({"error": str(error), "field": error.field}), 422


def told(note: Note) -> Response:
    """Return one note as JSON."""
    return answer(as_json(note))


def version(given: Any) -> str:
    """Return the version that was seen. Raises Refused."""
    found = given.get("version")
    if not isinstance(found, str) or not found:
        raise Refused("The version of the note that was seen is missing.")
    return found
