"""What the page Drivers shows for one answer of `dash_kpi.reporting.drivers`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.drivers.bridge import LABELS, MEANINGS
from dash_kpi.kpis.drivers.contributions import Contribution
from dash_kpi.reporting.chart_values import Step, Waterfall
from dash_kpi.reporting.drivers import Drivers
from dash_kpi.ui import figures, filters
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.charts import waterfall
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.waterfall import signed
from dash_kpi.ui.empty import teach
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import link, overview_of, rows_of_value
from dash_kpi.ui.markup import markup

KPI, BY = "drivers-kpi", "drivers-by"
MOST_STEPS, MOST_MOVERS, MOST_ROWS = 10, 5, 100
ELSE = "Everything else"
NOT_ADDED = "Each step is what the change would have lacked without the value; these do not add up."


def rendered(answer: Drivers, folders: Sequence[str], currency: str) -> dict[str, Any]:
    """Return the page as the browser takes it: markup by part, two figures, and what the bar offers."""
    shown = contents(answer, folders, currency)
    parts = {name: markup(part) for name, part in shown.items()}
    return {
        "state": "page" + ("" if answer.parts else " unexplained") + ("" if answer.bridge else " bridgeless"),
        "figure": steps_figure(answer, currency),
        "bridge": bridge_figure(answer, currency),
        "parts": parts,
        "grains": filters.grains(answer),
        "dimensions": filters.dimensions(answer),
    }


def contents(answer: Drivers, folders: Sequence[str] = (), currency: str = "") -> dict[str, Any]:
    """Return what each part of the page shows."""
    return {
        "choices": choices(answer) if answer.kpis else None,
        "headline": headline(answer, currency),
        "notes": [html.P([icon("info"), html.Span(text)], className="note") for text in answer.notes],
        "empty": empty(answer, folders),
        "title": f"{answer.label} by {formatted.heading(answer.dimension)}" if answer.dimension else "",
        "caption": [caption(answer), scale(steps_figure(answer, currency))],
        "table": table(answer, currency),
        "ranked": ranked(answer),
        "movers": movers(answer, currency),
        "bridge_title": f"Price, volume and mix by {formatted.heading(answer.bridge_by or '')}",
        "bridge_caption": [answer.bridge.sentence, scale(bridge_figure(answer, currency))] if answer.bridge else "",
        "bridge_table": bridge_table(answer, currency),
    }


def choices(answer: Drivers) -> Any:
    """Choose the KPI and the dimension; both stand in the URL."""
    kpis = [html.Option(label, value=name, selected=name == answer.kpi or None) for name, label in answer.kpis]
    dimensions = [
        html.Option(formatted.heading(name), value=name, selected=name == answer.dimension or None)
        for name in answer.dimensions
    ]
    return [
        html.Label("KPI", htmlFor=KPI),
        html.Select(kpis, id=KPI, className="form-select select"),
        html.Label("by", htmlFor=BY),
        html.Select(dimensions, id=BY, className="form-select select"),
    ]


def headline(answer: Drivers, currency: str = "") -> Any:
    """Say in a sentence how the KPI moved, and which combination of values brought most of it."""
    if answer.span is None or answer.reference is None or answer.change is None:
        return None
    size = signed(answer.unit, answer.change, currency)
    relative = answer.change / (abs(answer.before or 0) or 1)
    word = "" if formatted.is_unchanged(relative) else formatted.judgement(answer.direction, relative)
    verb = "rose" if answer.change > 0 else "fell"
    if formatted.is_unchanged(relative):
        verb = "hardly moved" if answer.change else "did not move"
    sentence: list[Any] = [
        html.Strong(answer.label),
        f" {verb} from {formatted.short(answer.unit, answer.before, currency)} ({answer.reference.label}) to "
        f"{formatted.short(answer.unit, answer.after, currency)} ({answer.span.label}): ",
        html.Strong(size, className=f"delta {word}"),
        f", {word}." if word else ".",
    ]
    start, end = answer.span.start.isoformat(), answer.span.end.isoformat()
    marks = attributes(data_revision=str(answer.revision), data_start=start, data_end=end)
    return [html.P(sentence, className="drivers-change", **marks), combination(answer)]


def combination(answer: Drivers) -> Any:
    """Tell the combination that explains most; it links to the overview of its rows."""
    best = answer.combination
    if best is None:
        has_none = answer.parts and answer.change and answer.method != "without"
        return html.P("No combination of values stands out.", className="drivers-best") if has_none else None
    gathered = dict(answer.view.filters)
    gathered |= {name: (value,) for name, value in best.conditions}
    view = replace(answer.view, kpi=answer.kpi, filters=tuple(sorted(gathered.items())))
    return html.P([best.sentence, " ", link("Look at them", overview_of(view), "link")], className="drivers-best")


def empty(answer: Drivers, folders: Sequence[str]) -> Any:
    """Say why there is nothing to explain."""
    if not answer.kpis:
        return teach(folders)
    if answer.parts:
        return None
    reason = answer.problem or "Nothing tells the rows apart."
    return html.Div(
        [icon("info"), html.H2("Nothing to explain"), html.P(reason)], className="surface empty-state drivers-empty"
    )


def steps_figure(answer: Drivers, currency: str = "") -> Figure:
    """Draw the change by the values of the dimension: the largest, and the others as one step."""
    if not answer.parts or answer.span is None or answer.reference is None:
        return figures.empty()
    shown = [part for part in answer.parts if part.value is not None][:MOST_STEPS]
    steps = [Step(_name(part), part.change) for part in sorted(shown, key=lambda part: -part.change)]
    rest = (answer.change or 0.0) - sum(step.size for step in steps)
    if answer.method == "without":
        steps.append(Step("Shared or counted twice", rest))
    elif len(shown) < len(answer.parts):
        steps.append(Step(ELSE, rest))
    return _waterfall(answer, answer.before or 0.0, steps, answer.after or 0.0, currency)


def bridge_figure(answer: Drivers, currency: str = "") -> Figure:
    """Draw the price-volume-mix bridge."""
    if answer.bridge is None:
        return figures.empty()
    steps = [Step(LABELS[name], size) for name, size in answer.bridge.steps]
    return _waterfall(answer, answer.bridge.before, steps, answer.bridge.after, currency)


def _waterfall(answer: Drivers, before: float, steps: Sequence[Step], after: float, currency: str) -> Figure:
    ends = Step("Before", before), Step("After", after)
    values = Waterfall(answer.label, answer.unit, answer.direction, ends[0], tuple(steps), ends[1])
    return waterfall.figure(values, currency)


def caption(answer: Drivers) -> str:
    """Say what a step is, and whether the steps add up."""
    if not answer.parts:
        return ""
    if answer.method == "without":
        return NOT_ADDED
    if answer.method == "ratio":
        return (
            "Each step is the value's own change of rate and its change of weight (mix); together they are the change."
        )
    return "Each step is the difference of one value; together they are the change."


def scale(figure: Figure) -> str:
    """Say that bars are cut, for then the lengths of the first and the last cannot be compared."""
    start = figure["layout"]["xaxis"].get("range", [0])[0]
    return " The scale does not begin at zero: only the steps can be compared by length." if start > 0 else ""


def table(answer: Drivers, currency: str = "") -> Any:
    """List the values with what each brought; a value links to its rows."""
    if not answer.parts:
        return None
    of_ratio = answer.method == "ratio"
    heads = ["Before", "After", "Brought", *(["Rate", "Mix"] if of_ratio else [])]
    rows = [_row(answer, part, of_ratio, currency) for part in answer.parts[:MOST_ROWS]]
    first = html.Th(formatted.heading(answer.dimension or ""), scope="col")
    return html.Table(
        [
            html.Caption(f"{answer.label}: what each value brought", className="visually-hidden"),
            html.Thead(html.Tr([first, *(html.Th(head, scope="col", className="number") for head in heads)])),
            html.Tbody(rows),
        ],
        className="plain",
    )


def _row(answer: Drivers, part: Contribution, of_ratio: bool, currency: str) -> Any:
    values = [formatted.exact(answer.unit, value, currency) for value in (part.before, part.after)]
    sizes = [part.change, *([part.rate or 0.0, part.mix or 0.0] if of_ratio else [])]
    cells = [*values, *(signed(answer.unit, size, currency) for size in sizes)]
    return html.Tr(
        [html.Th(_linked(answer, part), scope="row"), *(html.Td(cell, className="number") for cell in cells)]
    )


def ranked(answer: Drivers) -> Any:
    """Rank the dimensions by how much of the change each explains."""
    if not answer.ranked:
        return None
    rows = [
        html.Tr(
            [
                html.Th(
                    link(formatted.heading(one.name), _by(answer, one.name), "link"),
                    scope="row",
                ),
                html.Td(formatted.share(one.explanation.explained) or formatted.MISSING, className="number"),
                html.Td(one.explanation.sentence),
            ]
        )
        for one in answer.ranked
    ]
    heads = [html.Th("Dimension", scope="col"), html.Th("Explains", scope="col", className="number")]
    head = html.Tr([*heads, html.Th("How", scope="col")])
    return html.Table([html.Thead(head), html.Tbody(rows)], className="plain")


def _by(answer: Drivers, dimension: str) -> str:
    return f"/drivers?{replace(answer.view, kpi=answer.kpi, by=dimension).to_query()}"


def movers(answer: Drivers, currency: str = "") -> Any:
    """List what raised the KPI most, and what lowered it most."""
    named = [part for part in answer.parts if part.value is not None]
    if not named:
        return None
    rose = sorted((part for part in named if part.change > 0), key=lambda part: -part.change)
    fell = sorted((part for part in named if part.change < 0), key=lambda part: part.change)
    return html.Div(
        [_movers(answer, title, parts, currency) for title, parts in (("Raised it", rose), ("Lowered it", fell))],
        className="drivers-movers",
    )


def _movers(answer: Drivers, title: str, parts: Sequence[Contribution], currency: str) -> Any:
    items = [
        html.Li([_linked(answer, part), " ", _delta(answer, part.change, currency)]) for part in parts[:MOST_MOVERS]
    ]
    return html.Div([html.H3(title), html.Ul(items) if items else html.P("No value.", className="muted")])


def _delta(answer: Drivers, size: float, currency: str) -> Any:
    word = (
        "" if answer.direction == "neutral" else "better" if (size > 0) == (answer.direction == "higher") else "worse"
    )
    said = unseen(f", {word}") if word else None
    return html.Span([signed(answer.unit, size, currency), said], className=f"delta {word}".rstrip())


def bridge_table(answer: Drivers, currency: str = "") -> Any:
    """List the steps of the bridge with what each means."""
    if answer.bridge is None:
        return None
    bridge = answer.bridge
    ends = [("Before", bridge.before, answer.reference), ("After", bridge.after, answer.span)]
    told = [
        (name, formatted.exact(answer.unit, value, currency), span.label if span else "") for name, value, span in ends
    ]
    steps = [(LABELS[name], signed(answer.unit, size, currency), MEANINGS[name]) for name, size in bridge.steps]
    rows = [
        html.Tr([html.Th(name, scope="row"), html.Td(size, className="number"), html.Td(meaning)])
        for name, size, meaning in (told[0], *steps, told[1])
    ]
    heads = [
        html.Th("Step", scope="col"),
        html.Th("Size", scope="col", className="number"),
        html.Th("Meaning", scope="col"),
    ]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="plain")


def _name(part: Contribution) -> str:
    return ELSE if part.value is None else value_words(part.value)


def _linked(answer: Drivers, part: Contribution) -> Any:
    if part.value is None or answer.dimension is None:
        return ELSE
    href = rows_of_value(answer.view, answer.kpi, answer.dimension, part.value)
    return link(_name(part), href, "link", title=f"The rows of {_name(part)}")
