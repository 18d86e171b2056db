"""People's notes on a day or a span: shown on every chart of their KPI, or of all KPIs.

They change without a revision, so that they never stand inside a remembered answer.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Annotation
from dash_kpi.storage.sources import lock_workspace, state_at

MOST_CHARACTERS = 500
FIRST_YEAR, LAST_YEAR = 1900, 2200
SOMEBODY = "somebody"  # who writes, as long as nobody signs in
SMALLEST_STEP = timedelta(microseconds=1)


class NoteRefused(Refused):
    """A note cannot be kept as it was given; `field` is the part that is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person says about which days; `kpi` is None for a note on every KPI."""

    kpi: str | None
    first: date
    last: date
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `version` is the moment of its last change, which an edit has to name."""

    id: int
    kpi: str | None
    first: date
    last: date
    text: str
    author: str
    created_at: datetime
    version: str


def notes_on(database: Database, workspace: str, kpi: str | None = None, span: Days | None = None) -> tuple[Note, ...]:
    """Return the notes of a KPI and those of all KPIs that touch a span, the earliest first.

    Without a KPI every note counts, without a span every day. Raises NotFound for an unknown workspace.
    """
    with database.reading() as session:
        found = select(Annotation).where(
            Annotation.workspace_id == workspace_named(session, workspace).id, Annotation.deleted_at.is_(None)
        )
        if kpi is not None:
            found = found.where(or_(Annotation.kpi == kpi, Annotation.kpi.is_(None)))
        if span is not None:
            found = found.where(Annotation.first_day <= span.end, Annotation.last_day >= span.start)
        rows = session.scalars(found.order_by(Annotation.first_day, Annotation.last_day, Annotation.id))
        return tuple(_note(row) for row in rows)


def add_note(database: Database, workspace: str, wording: Wording, actor: str, now: datetime) -> Note:
    """Keep a new note. Raises NoteRefused, and NotFound for an unknown KPI or workspace."""
    text = _checked(wording)
    _check_kpi(database, workspace, wording.kpi)
    with database.writing() as session:
        row = Annotation(
            workspace_id=workspace_named(session, workspace).id,
            kpi=wording.kpi,
            first_day=wording.first,
            last_day=wording.last,
            text=text,
            created_at=now,
            created_by=actor,
        )
        session.add(row)
        session.flush()
        return _note(row)


def edit_note(database: Database, workspace: str, number: int, wording: Wording, version: str, now: datetime) -> Note:
    """Change the note that a person saw in a version.

    Raises NoteRefused, NotFound, and Conflict when somebody was quicker.
    """
    text = _checked(wording)
    with database.reading() as session:
        before = _row(session, workspace, number).kpi
    if wording.kpi != before:  # it may stay on a KPI that is not there now
        _check_kpi(database, workspace, wording.kpi)
    with database.writing() as session:
        row = _row_seen(session, workspace, number, version)
        row.kpi, row.first_day, row.last_day, row.text = wording.kpi, wording.first, wording.last, text
        _touch(row, now)
        return _note(row)


def delete_note(database: Database, workspace: str, number: int, version: str, now: datetime) -> Note:
    """Take a note off every chart; it can be brought back. Raises NotFound, Conflict."""
    with database.writing() as session:
        row = _row_seen(session, workspace, number, version)
        row.deleted_at = now
        _touch(row, now)
        return _note(row)


def restore_note(database: Database, workspace: str, number: int, now: datetime) -> Note:
    """Bring a deleted note back; one that is there already stays as it is. Raises NotFound."""
    with database.writing() as session:
        row = _locked_row(session, workspace, number)
        if row.deleted_at is not None:
            row.deleted_at = None
            _touch(row, now)
        return _note(row)


def note_seen(database: Database, workspace: str, number: int, version: str) -> Note:
    """Return the note that a person saw in a version. Raises NotFound, and Conflict when somebody was quicker."""
    with database.reading() as session:
        return _note(_checked_row(_row(session, workspace, number), version))


def version_of(database: Database, workspace: str, number: int) -> str:
    """Return the version of a note, for who changes it without having looked. Raises NotFound."""
    with database.reading() as session:
        return _version(_row(session, workspace, number))


def as_json(note: Note) -> dict[str, Any]:
    """Return a note as the API and the command line print it."""
    rest = asdict(note)
    first, last = rest.pop("first"), rest.pop("last")
    return {"id": rest.pop("id"), "kpi": rest.pop("kpi"), "from": first, "to": last, **rest}


def wording_of(given: Mapping[str, Any]) -> Wording:
    """Read what a form or a program gave: `from`, `to` (the same day where it is missing), `text`, `kpi`.

    Raises NoteRefused.
    """
    text, kpi = given.get("text"), given.get("kpi")
    if not isinstance(text or "", str):
        raise NoteRefused("text", "The text of a note is written in words.")
    if not isinstance(kpi or "", str):
        raise NoteRefused("kpi", "The KPI of a note is given by its name.")
    first = _day("from", given.get("from"))
    return Wording(kpi or None, first, _day("to", given.get("to") or given.get("from")), text or "")


def _day(field: str, given: Any) -> date:
    if not given:
        raise NoteRefused(field, "The day is missing.")
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise NoteRefused(field, f"'{str(given)[:80]}' is no day; write it like 2025-01-31.") from None


def _checked(wording: Wording) -> str:
    """Return the text without space around it. Raises NoteRefused."""
    text = wording.text.strip()
    for field, day in (("from", wording.first), ("to", wording.last)):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise NoteRefused(field, f"{day.isoformat()} is not between {FIRST_YEAR} and {LAST_YEAR}.")
    if wording.first > wording.last:
        raise NoteRefused("to", f"The last day, {wording.last}, is before the first, {wording.first}.")
    if not text:
        raise NoteRefused("text", "A note needs a text.")
    if len(text) > MOST_CHARACTERS:
        raise NoteRefused("text", f"The text has {len(text):,} characters; {MOST_CHARACTERS} are the most.")
    return text


def _check_kpi(database: Database, workspace: str, kpi: str | None) -> None:
    if kpi is None:
        return
    known = {one.name for one in kpis_of(database, state_at(database, workspace))}
    if kpi not in known:
        raise NotFound("KPI", kpi[:100], known)


def _row(session: Session, workspace: str, number: int) -> Annotation:
    row = session.get(Annotation, number)
    if row is None or row.workspace_id != workspace_named(session, workspace).id:
        raise NotFound("note", str(number))
    return row


def _locked_row(session: Session, workspace: str, number: int) -> Annotation:
    """Return a note that nobody else can change until the transaction ends."""
    lock_workspace(session, workspace_named(session, workspace).id)
    return _row(session, workspace, number)


def _row_seen(session: Session, workspace: str, number: int, version: str) -> Annotation:
    return _checked_row(_locked_row(session, workspace, number), version)


def _checked_row(row: Annotation, version: str) -> Annotation:
    if row.deleted_at is not None:
        raise Conflict("Somebody has deleted this note meanwhile.")
    if _version(row) != version:
        raise Conflict(f"Somebody has changed this note meanwhile; it now says: {row.text}")
    return row


def _touch(row: Annotation, now: datetime) -> None:
    """Note the moment of a change; no two versions of a note are the same, whatever the clock says."""
    row.changed_at = max(now, (row.changed_at or row.created_at) + SMALLEST_STEP)


def _version(row: Annotation) -> str:
    return (row.changed_at or row.created_at).isoformat()


def _note(row: Annotation) -> Note:
    return Note(row.id, row.kpi, row.first_day, row.last_day, row.text, row.created_by, row.created_at, _version(row))
