"""What people agreed on about a source: who answers for it, when it is due, and what a new version must keep."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from dash_kpi.errors import NotFound, Refused
from dash_kpi.kpis.cadence import EVERY, LAST, Cadence
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.limits import Limits, contract_of, limits_of
from dash_kpi.storage.models import Source

AS_LEARNT, NOT_WATCHED = "learnt", "none"
LONGEST_OWNER = 255


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as a form holds it: `every` is a cadence's, AS_LEARNT or NOT_WATCHED."""

    owner: str | None
    every: str | None
    by: int | None
    is_kept: bool
    refused_percent: float | None
    fewer_rows_percent: float | None

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return the agreement that `asdict` gave."""
        return cls(**kept)


def agreement_of(database: Database, workspace: str, source_id: int) -> Agreement:
    """Return what is agreed on about a source. Raises NotFound."""
    with database.reading() as session:
        source = session.get(Source, source_id)
        if source is None or source.workspace_id != workspace_named(session, workspace).id:
            raise NotFound("source", str(source_id))
        return _agreement(database, source)


def agree(database: Database, workspace: str, source_id: int, wanted: Agreement) -> Agreement:
    """Change what is agreed on, and return what was before, for undoing. Raises NotFound, Refused."""
    owner = (wanted.owner or "").strip()
    if len(owner) > LONGEST_OWNER:
        raise Refused(f"The owner has {len(owner)} characters; {LONGEST_OWNER} are the most.")
    cadence, limits = _cadence(wanted), _limits(wanted)
    with database.writing() as session:
        source = session.get(Source, source_id)
        if source is None or source.workspace_id != workspace_named(session, workspace).id:
            raise NotFound("source", str(source_id))
        former = _agreement(database, source)
        source.owner = owner or None
        source.cadence = cadence.as_json() if cadence else None
        source.contract = None if limits == limits_of(database.settings, None) else contract_of(limits)
    return former


def as_stored(agreement: Agreement) -> dict[str, Any]:
    """Return an agreement as a page keeps it."""
    return asdict(agreement)


def _agreement(database: Database, source: Source) -> Agreement:
    limits = limits_of(database.settings, source.contract)
    cadence = Cadence.from_json(source.cadence) if source.cadence else None
    every = AS_LEARNT if cadence is None else cadence.every if cadence.is_watched else NOT_WATCHED
    return Agreement(
        source.owner,
        every,
        cadence.by if cadence and cadence.is_watched else None,
        limits.is_kept,
        limits.refused_percent,
        limits.fewer_rows_percent,
    )


def _cadence(wanted: Agreement) -> Cadence | None:
    if not wanted.every or wanted.every == AS_LEARNT:
        return None
    if wanted.every == NOT_WATCHED:
        return Cadence("day", 1, is_watched=False)
    every = next((one for one in EVERY if one == wanted.every), None)
    if every is None:
        raise Refused(f"'{wanted.every}' is no cadence; there is: {', '.join(EVERY)}.")
    by = wanted.by or LAST[every]
    if not 1 <= by <= LAST[every]:
        what = "The weekday" if every == "week" else "The working day"
        raise Refused(f"{what} is {by}; it must be between 1 and {LAST[every]}.")
    return Cadence(every, by)


def _limits(wanted: Agreement) -> Limits:
    limits = Limits(wanted.is_kept, wanted.refused_percent or 0, wanted.fewer_rows_percent or 0)
    contract_of(limits)
    return limits
