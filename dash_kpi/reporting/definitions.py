"""What people decide about KPIs: each decision is one revision, so that the past keeps its numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.kpis.catalogue import built_in, catalogue, definitions, is_shown
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.drafts import check_name, draft, users_of
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.definitions import replace_definition, versions_of
from dash_kpi.storage.models import Annotation, KpiDefinition, Threshold
from dash_kpi.storage.sources import State, lock_workspace, state_at


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision did: the revision, a sentence, and the version that is in force then, 0 for none of people's."""

    name: str
    revision: int
    sentence: str
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a KPI: `number` names it, `revision` brought it; None stands for how it is built in."""

    number: int
    revision: int
    created_at: datetime
    created_by: str
    is_in_force: bool
    definition: Definition


@dataclass(frozen=True, slots=True)
class Use:
    """What uses a KPI, in words: another KPI by its name and label, or how many thresholds or notes."""

    kind: str  # "kpi", "thresholds", "notes"
    name: str
    label: str


@dataclass(frozen=True)
class Known:
    """What a decision starts from."""

    name: str
    state: State
    aggregations: Mapping[str, str]
    dimensions: tuple[str, ...]
    versions: list[KpiDefinition]  # the newest first

    @property
    def in_force(self) -> KpiDefinition | None:
        """The version that people gave and that holds now."""
        return next((one for one in self.versions if one.valid_to is None), None)

    @property
    def built_in(self) -> Definition | None:
        """The KPI as it is without people."""
        return next((one for one in built_in(self.aggregations) if one.name == self.name), None)

    @property
    def every(self) -> tuple[Definition, ...]:
        """The definition of every KPI."""
        return definitions(self.aggregations, self.state.definitions)

    @property
    def definition(self) -> Definition:
        """The KPI as it is now. Raises NotFound."""
        found = {one.name: one for one in self.every}
        if self.name not in found:
            raise NotFound("KPI", self.name, found)
        return found[self.name]


Decision = tuple[Definition | None, str]  # what is in force then, None for nothing of people's, and what was done
Decide = Callable[[Known], Decision]


def save(
    database: Database,
    workspace: str,
    given: Mapping[str, Any],
    by: str,
    now: datetime,
    *,
    version: int | None = None,
    is_new: bool = False,
) -> Change:
    """Put a definition in force; `version` is the one that the person saw, 0 for none, None where nobody looked.

    Raises Refused, FormulaError with the place of a mistake, and Conflict when somebody else was quicker.
    """
    wanted = Definition.from_json(given)

    def decide(known: Known) -> Decision:
        names = [one.name for one in known.every]
        if is_new or wanted.name not in names:
            check_name(wanted.name, names)
        draft(wanted, known.aggregations, known.dimensions, known.state.definitions)
        done = "changed" if wanted.name in names else "added"
        return _beside_built_in(wanted, known.built_in), f"KPI {wanted.label} {done}"

    return _change(database, workspace, wanted.name, by, now, decide, version)


def set_hidden(
    database: Database, workspace: str, name: str, is_hidden: bool, by: str, now: datetime, version: int | None = None
) -> Change:
    """Hide a KPI, which formulas may use all the same, or show it again. Raises NotFound, Refused, Conflict."""

    def decide(known: Known) -> Decision:
        wanted = known.definition.hidden(is_hidden)
        return _beside_built_in(wanted, known.built_in), f"KPI {wanted.label} {'hidden' if is_hidden else 'shown'}"

    return _change(database, workspace, name, by, now, decide, version)


def reset(database: Database, workspace: str, name: str, by: str, now: datetime, version: int | None = None) -> Change:
    """Let a built-in KPI be what it was before people changed it. Raises NotFound, Refused, Conflict."""

    def decide(known: Known) -> Decision:
        label = known.definition.label
        if known.built_in is None:
            raise Refused(f"{label} is not built in; it can be changed or removed.")
        return None, f"KPI {known.built_in.label} reset to how it is built in"

    return _change(database, workspace, name, by, now, decide, version)


def remove(database: Database, workspace: str, name: str, by: str, now: datetime, version: int | None = None) -> Change:
    """Remove a KPI that people made. Raises NotFound, Conflict, and Refused while another KPI uses it."""

    def decide(known: Known) -> Decision:
        label = known.definition.label
        if known.built_in is not None:
            raise Refused(f"{label} is built in; it can be hidden, not removed.")
        if users := users_of(name, known.every):
            raise Refused(f"{label} cannot be removed: {_used_by(users)}.")
        return None, f"KPI {label} removed"

    return _change(database, workspace, name, by, now, decide, version)


def undo(database: Database, workspace: str, name: str, by: str, now: datetime, version: int | None = None) -> Change:
    """Take the last change of a KPI back, as a change of its own: undone twice, it holds again.

    Raises NotFound where nothing was ever changed, Refused, Conflict.
    """

    def decide(known: Known) -> Decision:
        if not known.versions:
            raise NotFound.saying(f"Nothing was ever changed about the KPI '{name}'; there is nothing to undo.")
        now_in_force, newest = known.in_force, known.versions[0]
        former = newest if now_in_force is None else _before(known, now_in_force)
        wanted = Definition.from_json(former.definition) if former else None
        if wanted is None and known.built_in is None and (users := users_of(name, known.every)):
            raise Refused(f"{known.definition.label} would be gone, but {_used_by(users)}.")
        label = (wanted or known.definition).label
        return wanted, f"KPI {label}: last change undone"

    return _change(database, workspace, name, by, now, decide, version)


def restore(
    database: Database, workspace: str, name: str, number: int, by: str, now: datetime, version: int | None = None
) -> Change:
    """Put an earlier version in force again. Raises NotFound, Refused, Conflict."""

    def decide(known: Known) -> Decision:
        found = next((one for one in known.versions if one.id == number), None)
        if found is None:
            raise NotFound("version", str(number), [str(one.id) for one in known.versions])
        wanted = Definition.from_json(found.definition)
        return wanted, f"KPI {wanted.label}: version of revision {found.valid_from} restored"

    return _change(database, workspace, name, by, now, decide, version)


def versions(database: Database, workspace: str, name: str) -> tuple[Version, ...]:
    """Return the versions that people gave of a KPI, the newest first. Raises NotFound for an unknown workspace."""
    with database.reading() as session:
        found = versions_of(session, workspace_named(session, workspace).id, name)
        return tuple(
            Version(
                one.id,
                one.valid_from,
                one.created_at,
                one.created_by,
                one.valid_to is None,
                Definition.from_json(one.definition),
            )
            for one in found
        )


def uses(database: Database, state: State, name: str) -> tuple[Use, ...]:
    """Return what uses a KPI: the one place that knows, for whatever comes to use KPIs."""
    every = definitions(measures_of(database, state, ()).aggregations_of(), state.definitions)
    kpis = [Use("kpi", one.name, one.label) for one in users_of(name, every)]
    with database.reading() as session:
        count = session.scalar(
            select(func.count()).where(
                Annotation.workspace_id == state.workspace_id,
                Annotation.kpi == name,
                Annotation.deleted_at.is_(None),
            )
        )
        watching = session.scalar(
            select(func.count()).where(
                Threshold.workspace_id == state.workspace_id, Threshold.kpi_name == name, Threshold.deleted_at.is_(None)
            )
        )
    watched = [Use("thresholds", "", f"{watching} threshold{'' if watching == 1 else 's'}")] if watching else []
    notes = [Use("notes", "", f"{count} note{'' if count == 1 else 's'} on its charts")] if count else []
    return (*kpis, *watched, *notes)


def _beside_built_in(wanted: Definition, own: Definition | None) -> Definition | None:
    """Return what has to be kept of a definition: nothing that is as built in.

    A built-in formula follows the measures, so that it is not kept as a text.
    """
    if own is None or wanted.formula not in ("", own.formula):
        return wanted
    whole = replace(wanted, formula=own.formula)
    return None if whole == own else replace(wanted, formula="")


def _before(known: Known, current: KpiDefinition) -> KpiDefinition | None:
    """Return the version that a version replaced, None where it was the first, or came after a removal."""
    return next((one for one in known.versions if one.valid_to == current.valid_from), None)


def _change(
    database: Database, workspace: str, name: str, by: str, now: datetime, decide: Decide, version: int | None
) -> Change:
    state = state_at(database, workspace)
    measures_of(database, state, ())  # before anybody waits for us
    with database.writing() as session:
        locked = lock_workspace(session, workspace_named(session, workspace).id)
        if state.revision != locked.revision:
            state = state_at(database, workspace)
        measures = measures_of(database, state, ())
        found = versions_of(session, locked.id, name)
        known = Known(name, state, measures.aggregations_of(), tuple(measures.dimensions), found)
        _check_seen(known, version)
        wanted, sentence = decide(known)
        if wanted == _as_kept(known.in_force):
            return Change(name, locked.revision, "Nothing was changed.", known.in_force.id if known.in_force else 0)
        _check_others(known, wanted)
        revision = replace_definition(session, locked, name, wanted, sentence, by, now)
        newest = next((one.id for one in versions_of(session, locked.id, name) if one.valid_to is None), 0)
        return Change(name, revision, f"{sentence}.", newest)


def _as_kept(row: KpiDefinition | None) -> Definition | None:
    return Definition.from_json(row.definition) if row else None


def _check_seen(known: Known, version: int | None) -> None:
    in_force = known.in_force.id if known.in_force else 0
    if version is not None and version != in_force:
        raise Conflict(f"Somebody else has changed the KPI '{known.name}' meanwhile; open it again.")


def _check_others(known: Known, wanted: Definition | None) -> None:
    """Refuse what would leave a KPI that can be computed now without a formula that works."""
    others = [one for one in known.state.definitions if one.name != known.name]
    before = catalogue(known.aggregations, known.dimensions, known.state.definitions)
    after = catalogue(known.aggregations, known.dimensions, [*others, *([wanted] if wanted else [])])
    worked = {kpi.name for kpi in before if not kpi.problem and kpi.name != known.name}
    for kpi in after:
        if kpi.problem and kpi.name in worked:
            raise Refused(f"{kpi.label} could not be computed any more. {kpi.problem}")
    if before and not any(map(is_shown, after)):
        raise Refused("No KPI would be left to show; show another one before.")


def _used_by(users: Sequence[Definition]) -> str:
    *others, last = [one.label for one in users]
    return f"{', '.join(others)} and {last} use it" if others else f"{last} uses it"
