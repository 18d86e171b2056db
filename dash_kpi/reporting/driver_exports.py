"""What moved a KPI, as tables to export."""

from datetime import datetime
from typing import Literal

from dash_kpi.errors import Refused
from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.drivers.bridge import LABELS, MEANINGS, Bridge
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.drivers import Drivers, drivers
from dash_kpi.reporting.exports import definition_of, file_name, heading, rows_and_revision, sources_of
from dash_kpi.reporting.tables import Chart, Export, Format, Table
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import state_at

Part = Literal["values", "dimensions", "bridge"]
PARTS: tuple[Part, ...] = ("values", "dimensions", "bridge")
OTHERS = "Everything else"


def drivers_export(database: Database, workspace: str, view: View, now: datetime) -> Export:
    """Return what the page Drivers shows for a view, in full. Raises Refused where nothing can be explained."""
    answer = _explained(database, workspace, view)
    state, currency = state_at(database, workspace, answer.revision), database.settings.currency
    tables = [_values(answer), _dimensions(answer), *([_bridge(answer, answer.bridge)] if answer.bridge else [])]
    charts = [Chart(0, "bar", tables[0].title, (3,), most=12)]
    charts += [Chart(2, "bar", tables[2].title, (1,))] if answer.bridge else []
    return Export(
        title=f"Drivers of {answer.label}",
        subtitle=(
            f"From {answer.reference.label if answer.reference else ''} to {answer.span.label if answer.span else ''}",
            *rows_and_revision(view.filters, answer.revision, now),
            *answer.notes,
        ),
        tables=tuple(tables),
        charts=tuple(charts),
        sources=sources_of(database, state, view),
        definitions=tuple(definition_of(kpi, currency) for kpi in kpis_of(database, state) if kpi.name == answer.kpi),
        currency=currency,
        name=_name(answer, "drivers"),
    )


def drivers_table(database: Database, workspace: str, view: View, part: Part) -> tuple[Table, str]:
    """Return one part of the page as a table, and a name for its file. Raises as `drivers_export`."""
    answer = _explained(database, workspace, view)
    if part == "bridge":
        if answer.bridge is None:
            raise Refused(f"There is no bridge of price, volume and mix for {answer.label}.")
        return _bridge(answer, answer.bridge), _name(answer, "bridge")
    return (_values(answer) if part == "values" else _dimensions(answer)), _name(answer, part)


def _explained(database: Database, workspace: str, view: View) -> Drivers:
    answer = drivers(database, workspace, view)
    if answer.problem or answer.span is None:
        raise Refused(answer.problem or "There is no number to explain yet.")
    return answer


def _values(answer: Drivers) -> Table:
    dimension = (answer.dimension or "").replace("_", " ")
    is_ratio = answer.method == "ratio"
    difference: Format = "points" if answer.unit == "percent" else answer.unit
    rows = tuple(
        (
            OTHERS if part.value is None else value_words(part.value),
            *(part.before, part.after, part.change),
            *((part.mix, part.rate) if is_ratio else ()),
        )
        for part in answer.parts
    )
    return Table(
        title=f"{answer.label} by {dimension}",
        heads=(
            heading(answer.dimension or ""),
            "Before",
            "After",
            "Effect",
            *(("Mix", "Rate") if is_ratio else ()),
        ),
        rows=rows,
        formats=("text", answer.unit, answer.unit, *((difference,) * (3 if is_ratio else 1))),
        note="Effects add up to the change." if answer.method != "without" else "What the change is without the value.",
    )


def _dimensions(answer: Drivers) -> Table:
    rows = tuple((one.name, one.explanation.explained, one.explanation.sentence) for one in answer.ranked)
    return Table("What explains it", ("Dimension", "Explains", "How"), rows, ("text", "percent", "text"))


def _bridge(answer: Drivers, bridge: Bridge) -> Table:
    steps = [(LABELS[step], size, MEANINGS[step]) for step, size in bridge.steps]
    rows = (("Before", bridge.before, None), *steps, ("After", bridge.after, None))
    return Table(
        title=f"Price, volume and mix of {answer.label}",
        heads=("Step", answer.label, "Meaning"),
        rows=rows,
        formats=("text", answer.unit, "text"),
        note=bridge.sentence,
    )


def _name(answer: Drivers, what: str) -> str:
    assert answer.span is not None  # noqa: S101  an explained answer has one
    return file_name(f"{answer.kpi}-{what}", answer.span)
