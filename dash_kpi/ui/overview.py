"""What the overview page shows for one answer of `dash_kpi.reporting.overview`."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dash import html

from dash_kpi.alerting.thresholds.limit_lines import LimitLine
from dash_kpi.kpis.periods import DAY, Days
from dash_kpi.reporting.annotations import Note
from dash_kpi.reporting.values import Overview, Series
from dash_kpi.ui import figures, filters
from dash_kpi.ui import format as formatted
from dash_kpi.ui.annotations import listed, with_layers
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.breakdown import breakdown
from dash_kpi.ui.buttons import button
from dash_kpi.ui.cards import cards
from dash_kpi.ui.empty import teach
from dash_kpi.ui.export_menu import export_menu
from dash_kpi.ui.icons import icon
from dash_kpi.ui.limit_lines import limit_keys, with_limits
from dash_kpi.ui.links import difference, link, rows_of_period
from dash_kpi.ui.markup import markup

BY = "overview-by"
XLSX, CSV = "/api/v1/overview.xlsx", "/api/v1/overview.csv"
MOST_TABLE_ROWS = 400
MOST_RESTATED = 3  # told in sentences; the chart marks all
DATA_PAGE = "the page Data"


@lru_cache(maxsize=256)
def rendered(answer: Overview, folders: Sequence[str], currency: str, as_table: bool) -> dict[str, Any]:
    """Return the page as the browser takes it: what `contents` gives as markup, and what the bar offers.

    Ten people who look at the same view are one answer, rendered once.
    """
    shown = contents(answer, folders, currency, as_table)
    alive = {name: shown.pop(name) for name in ("state", "figure")}
    parts = {name: markup(part) for name, part in shown.items()}
    return {**alive, **parts, "grains": filters.grains(answer), "dimensions": filters.dimensions(answer)}


def days_drawn(answer: Overview) -> tuple[str | None, Days | None]:
    """Return the KPI and the days of the chart, for which notes are wanted."""
    if answer.series is None or answer.span is None:
        return None, None
    return answer.series.name, Days(answer.span.start, answer.span.end)


def noted(shown: dict[str, Any], answer: Overview, notes: Sequence[Note]) -> dict[str, Any]:
    """Return the rendered page with people's notes, which no revision tells of and nothing may remember."""
    series, span = answer.series, days_drawn(answer)[1]
    if series is None or span is None:
        return {**shown, "listed": ""}
    figure = with_layers(shown["figure"], notes, series.periods, span.end)
    return {**shown, "figure": figure, "listed": markup(listed(notes, series.name, series.label, span))}


def limited(shown: dict[str, Any], answer: Overview, lines: tuple[LimitLine, ...], currency: str) -> dict[str, Any]:
    """Return the rendered page with the limits of thresholds, which no revision tells of and nothing may remember."""
    series = answer.series
    if not lines or series is None:
        return shown
    limits = [one.value for one in lines if (one.kpi, one.grain) == (series.name, series.grain)]
    return {
        **shown,
        "cards": _limited_cards(answer, lines, currency),
        "figure": with_limits(shown["figure"], limits),
        "caption": markup(caption(answer, series, currency, limits)),
    }


@lru_cache(maxsize=64)
def _limited_cards(answer: Overview, lines: tuple[LimitLine, ...], currency: str) -> str:
    chosen = answer.series.name if answer.series else None
    return markup(cards(answer.cards, chosen, currency, answer.view, lines))


def contents(
    answer: Overview, folders: Sequence[str] = (), currency: str = "", as_table: bool = False
) -> dict[str, Any]:
    """Return what each part of the page shows; the keys are those of the page's outputs."""
    series = answer.series
    chosen = series.name if series else None
    return {
        "state": "page full" if answer.span else "page empty",
        "empty": None if answer.span else teach(folders),
        "span": span(answer),
        "notes": [note(text) for text in answer.notes],
        "cards": cards(answer.cards, chosen, currency, answer.view),
        "title": f"{series.label} by {series.grain}" if series else "No KPI to draw",
        "figure": figures.trend(series, currency) if series else figures.empty(),
        "caption": caption(answer, series, currency) if series else "",
        "table": table(series, currency, answer) if series and as_table else None,
        "breakdown": split(answer, currency),
    }


def span(answer: Overview) -> Any:
    """Say which days are shown and what they are compared with."""
    if answer.span is None:
        return None
    compared = f"compared with {answer.reference.label if answer.reference else 'nothing'}"
    if answer.view.compare == "target":
        compared = "compared with the targets"
    return html.P(
        [html.Strong(answer.span.label), " ", html.Span(compared, className="muted")],
        className="span",
        **attributes(
            data_revision=str(answer.revision),
            data_start=answer.span.start.isoformat(),
            data_end=answer.span.end.isoformat(),
            data_grain=answer.series.grain if answer.series else answer.grain,
            data_reference_start=answer.reference.start.isoformat() if answer.reference else "",
            data_reference_end=answer.reference.end.isoformat() if answer.reference else "",
        ),
    )


def note(text: str) -> Any:
    """Say quietly what a reader should know; the page that it names can be gone to."""
    before, page, after = text.partition(DATA_PAGE)
    words = [before, button(page, className="plain-button", **attributes(data_nav="/data")), after] if page else text
    return html.P([icon("info"), html.Span(words)], className="note")


def caption(answer: Overview, series: Series, currency: str = "", limits: Sequence[float] = ()) -> list[Any]:
    """Explain the lines, and tell in a sentence what they show."""
    keys = [html.Span(answer.span.label, className="key")] if answer.span else []
    if series.comparison:
        keys.append(html.Span(answer.reference.label if answer.reference else "target", className="key compared"))
    if series.incomplete:
        keys.append(html.Span("incomplete", className="key cut"))
    if series.restated:
        keys.append(html.Span("restated", className="key restated"))
    keys += limit_keys(limits, series.unit, currency, series.decimals)
    return [*keys, html.Span(summary(series, currency), className="summary"), *restated(series, currency)]


def restated(series: Series, currency: str = "") -> list[Any]:
    """Tell the newest restatements in sentences that link to what differs."""
    labels = dict(zip(series.periods, series.labels, strict=True))
    more = len(series.restated) - MOST_RESTATED
    sentences = [
        html.Span(
            [
                f"{labels[one.start]} was restated by ",
                link(f"revision {one.revision}", difference(one.revision - 1, one.revision)),
                f": {formatted.exact(series.unit, one.before, currency, series.decimals)} → "
                f"{formatted.exact(series.unit, one.after, currency, series.decimals)}.",
            ],
            className="summary",
        )
        for one in sorted(series.restated, key=lambda one: (one.revision, one.start), reverse=True)[:MOST_RESTATED]
    ]
    if more > 0:
        sentences.append(html.Span(f"{formatted.count(more, 'more period')} restated lately.", className="summary"))
    return sentences


def summary(series: Series, currency: str = "") -> str:
    """Tell in a sentence what the chart shows; a period that is cut short is no extreme."""
    known = [(value, at) for at, value in enumerate(series.values) if value is not None]
    if not known:
        return f"{series.label} has no value in this period."
    whole = [(value, at) for value, at in known if at not in series.incomplete] or known

    def told(point: tuple[float, int]) -> str:
        return f"{formatted.short(series.unit, point[0], currency, series.decimals)} ({series.labels[point[1]]})"

    so_far = " so far" if known[-1][1] in series.incomplete else ""
    return f"Highest {told(max(whole))}, lowest {told(min(whole))}, last {told(known[-1])}{so_far}."


def table(series: Series, currency: str = "", answer: Overview | None = None) -> Any:
    """Show the chart's newest points as a table; each value links to the rows behind it."""
    has_comparison = any(value is not None for value in series.comparison)
    heads = [series.grain.capitalize(), series.label, *(["Comparison"] if has_comparison else [])]
    rows = [_point(series, at, has_comparison, currency, answer) for at in range(len(series.values))]
    return html.Table(
        [
            html.Caption(f"{series.label} by {series.grain}", className="visually-hidden"),
            html.Thead(
                html.Tr([html.Th(head, scope="col", className="number" if at else "") for at, head in enumerate(heads)])
            ),
            html.Tbody(rows[-MOST_TABLE_ROWS:]),
        ],
        className="plain",
    )


def _point(series: Series, at: int, has_comparison: bool, currency: str, answer: Overview | None) -> Any:
    label = series.labels[at] + (" (incomplete)" if at in series.incomplete else "")
    compared = series.comparison[at] if at < len(series.comparison) else None
    value: Any = formatted.exact(series.unit, series.values[at], currency, series.decimals)
    if answer and answer.span and series.values[at] is not None:
        first, last = max(series.periods[at], answer.span.start), answer.span.end
        if at + 1 < len(series.periods):
            last = series.periods[at + 1] - DAY
        href = rows_of_period(answer.view, series.name, first, last, series.grain)
        value = link(value, href, "link", title=f"The rows behind {series.label} in {series.labels[at]}")
    cells = [value, *([formatted.exact(series.unit, compared, currency, series.decimals)] if has_comparison else [])]
    return html.Tr([html.Th(label, scope="row"), *(html.Td(cell, className="number") for cell in cells)])


def split(answer: Overview, currency: str = "") -> list[Any]:
    """Show the chosen KPI by a dimension, and let a person choose which."""
    if answer.breakdown is None:
        return []
    others = answer.breakdown.others
    return [
        html.Div(
            [
                html.H2(f"Breakdown of {answer.breakdown.label} by"),
                html.Label("Dimension of the breakdown", htmlFor=BY, className="visually-hidden"),
                _dimensions(answer, answer.breakdown.dimension),
                export_menu("the breakdown", xlsx=XLSX, csv=f"{CSV}?part=breakdown"),
            ],
            className="section-head",
        ),
        html.Div(breakdown(answer.breakdown, currency, answer), className="scroll"),
        html.P(f"{formatted.count(others, 'smaller value')} not listed.", className="muted small") if others else None,
    ]


def _dimensions(answer: Overview, chosen: str) -> Any:
    options = [
        html.Option(option["label"], value=option["value"], selected=option["value"] == chosen or None)
        for option in filters.dimensions(answer)
    ]
    return html.Select(options, id=BY, className="form-select select")
