"""The catalogue as people and programs read it: every KPI with where it comes from and what uses it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dash_kpi.errors import NotFound
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.formulas.parse import AGGREGATES, COUNTED, FUNCTIONS, MOVED
from dash_kpi.kpis.periods import span_label
from dash_kpi.reporting.breakdown import dimensions_of
from dash_kpi.reporting.cards import card
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.reporting.definitions import Use, uses
from dash_kpi.reporting.frame import Frame, frame_of
from dash_kpi.reporting.values import Card, Span
from dash_kpi.reporting.view import View
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.definitions import versions_in_force, versions_of
from dash_kpi.storage.sources import state_at


@dataclass(frozen=True, slots=True)
class Entry:
    """One KPI of the catalogue; `version` is that of people, 0 where the KPI is as built in."""

    definition: Definition
    is_built_in: bool
    version: int
    problem: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the entry as plain values."""
        return {
            **self.definition.as_json(),
            "is_built_in": self.is_built_in,
            "version": self.version,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with what it comes to in the period of a view."""

    entry: Entry
    card: Card | None = None  # None: there is no data


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the page of KPIs lists."""

    revision: int
    view: View
    rows: tuple[Row, ...]
    span: Span | None  # None: there is no data
    grain: str = "day"
    grains: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a formula can have: names with what people call them."""

    measures: tuple[str, ...]
    kpis: tuple[tuple[str, str], ...]
    dimensions: tuple[str, ...]
    functions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """What the editor starts from."""

    entry: Entry
    is_new: bool
    has_versions: bool
    uses: tuple[Use, ...]
    words: Words


def entries(database: Database, workspace: str) -> tuple[Entry, ...]:
    """Return every KPI, hidden ones too. Raises NotFound for an unknown workspace."""
    state = state_at(database, workspace)
    with database.reading() as session:
        numbers = versions_in_force(session, state.workspace_id)
    return tuple(_entry(kpi, numbers) for kpi in every_kpi(database, state))


def entry_named(database: Database, workspace: str, name: str) -> Entry:
    """Return one KPI. Raises NotFound."""
    found = {entry.definition.name: entry for entry in entries(database, workspace)}
    if name not in found:
        raise NotFound("KPI", name, found)
    return found[name]


def listed(database: Database, workspace: str, view: View) -> Catalogue:
    """Return every KPI with its value in the view's period; hidden ones at the end.

    They are those of now, for they are here to be changed, whatever past revision the view takes its data from.
    """
    state = state_at(database, workspace)
    frame = frame_of(database, state_at(database, workspace, view.as_of), view)
    by_name = {entry.definition.name: entry for entry in entries(database, workspace)}
    rows = [_row(by_name[kpi.name], kpi, frame) for kpi in every_kpi(database, state) if kpi.name in by_name]
    rows.sort(key=lambda row: row.entry.definition.is_hidden)
    if frame is None:
        return Catalogue(state.revision, view, tuple(rows), None)
    span = Span(*frame.span, span_label(frame.span))
    return Catalogue(state.revision, view, tuple(rows), span, frame.grain, frame.grains, dimensions_of(state))


def edited(database: Database, workspace: str, name: str, copied: str = "") -> Edited:
    """Return what the editor shows for a KPI, or for a new one, which may be the copy of another. Raises NotFound."""
    state = state_at(database, workspace)
    measures = measures_of(database, state, ())
    every = every_kpi(database, state)
    words = Words(
        tuple(sorted(measures.columns)),
        tuple((kpi.name, kpi.label) for kpi in every if kpi.name not in measures.columns),
        tuple(sorted(measures.dimensions)),
        (*AGGREGATES, *MOVED, "rolling", *(word for word in FUNCTIONS if word not in AGGREGATES), *COUNTED),
    )
    if name:
        entry = entry_named(database, workspace, name)
        with database.reading() as session:
            has_versions = bool(versions_of(session, state.workspace_id, name))
        return Edited(entry, is_new=False, has_versions=has_versions, uses=uses(database, state, name), words=words)
    return Edited(Entry(_copy(database, workspace, copied, every), False, 0, None), True, False, (), words)


def exported(entries: Iterable[Entry]) -> dict[str, Any]:
    """Return definitions as another workspace can take them: what people made or changed."""
    return {"definitions": [entry.definition.as_json() for entry in entries if entry.version]}


def imported(given: Any) -> list[Mapping[str, Any]]:
    """Return the definitions that a JSON document holds: one, a list, or what an export is. Raises NotFound."""
    found = given.get("definitions", given) if isinstance(given, Mapping) else given
    many = found if isinstance(found, list) else [found]
    if not many or not all(isinstance(one, Mapping) for one in many):
        raise NotFound.saying("There is no definition in it: an object with a name and a formula, or a list of them.")
    return many


def _entry(kpi: Kpi, numbers: Mapping[str, int]) -> Entry:
    return Entry(kpi.definition, kpi.is_built_in, numbers.get(kpi.name, 0), kpi.problem)


def _row(entry: Entry, kpi: Kpi, frame: Frame | None) -> Row:
    return Row(entry, card(kpi, frame) if frame else None)


def _copy(database: Database, workspace: str, name: str, every: tuple[Kpi, ...]) -> Definition:
    if not name:
        return Definition("", "", "")
    source = entry_named(database, workspace, name).definition
    taken = {kpi.name for kpi in every}
    number = next(number for number in range(2, 10_000) if f"{name}_{number}" not in taken)
    return Definition.from_json(
        {**source.as_json(), "name": f"{name}_{number}", "label": f"{source.label} {number}", "is_hidden": False}
    )
