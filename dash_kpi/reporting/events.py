"""What happened to the sources, as far as a reader of the numbers should know; it holds at a moment only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dash_kpi.reporting.data import sources as all_sources
from dash_kpi.reporting.late import late_sources
from dash_kpi.reporting.values import Span
from dash_kpi.storage.database import Database

MOST_EVENTS = 6

EventKind = Literal["held", "refused", "missing", "late", "rows_refused"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something about a source that a reader of its numbers should know."""

    kind: EventKind
    file: str
    source: int
    rows: int = 0
    since: date | None = None
    reason: str | None = None


def data_events(database: Database, workspace: str, now: datetime, span: Span | None) -> tuple[Event, ...]:
    """Return what is wrong with sources at a moment, those first that bring no numbers at all. Raises NotFound.

    Refused rows are told of sources that have days in the span. It depends on the clock: nothing remembers it.
    """
    found: list[Event] = []
    for one in all_sources(database, workspace):
        if one.status in ("held", "refused", "missing"):
            kind: EventKind = "held" if one.status == "held" else "refused" if one.status == "refused" else "missing"
            found.append(Event(kind, one.file, one.id, reason=one.reason))
        elif one.status == "ok" and one.rows_refused and _touches(one.first_day, one.last_day, span):
            found.append(Event("rows_refused", one.file, one.id, rows=one.rows_refused))
    found += [Event("late", one.file, one.id, since=one.since) for one in late_sources(database, workspace, now)]
    order = ("held", "refused", "missing", "late", "rows_refused")
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), -one.rows, one.file))[:MOST_EVENTS])


def _touches(first: date | None, last: date | None, span: Span | None) -> bool:
    return span is None or first is None or last is None or (first <= span.end and last >= span.start)
