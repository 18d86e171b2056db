"""The page Trends as the browser takes it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dash import html

from dash_kpi.alerting.thresholds.limit_lines import LimitLine
from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.annotations import Note
from dash_kpi.reporting.trends.values import Panel, TrendsPage
from dash_kpi.ui import filters
from dash_kpi.ui.annotations import listed, with_layers
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.charts import axes
from dash_kpi.ui.empty import teach
from dash_kpi.ui.icons import icon
from dash_kpi.ui.limit_lines import limit_keys, with_limits
from dash_kpi.ui.markup import markup
from dash_kpi.ui.trends import panels
from dash_kpi.ui.trends.choices import choices, tabs

SLOTS = 5  # as many panels as the largest section has
PART_NAMES = ("title", "menu", "caption", "findings", "table")  # of each panel


@lru_cache(maxsize=128)
def rendered(answer: TrendsPage, folders: Sequence[str], currency: str, tables: tuple[bool, ...]) -> dict[str, Any]:
    """Return the page as the browser takes it; ten people who look at the same view are one answer, rendered once."""
    slots: list[Panel | None] = [*answer.panels, *[None] * SLOTS][:SLOTS]
    parts = {
        "empty": markup(None if answer.span else teach(folders)),
        "span": markup(span(answer)),
        "notes": markup([html.P([icon("info"), html.Span(text)], className="note") for text in answer.notes]),
        "tabs": markup(tabs(answer) if answer.span else None),
        "choices": markup(choices(answer)),
    }
    for number, panel in enumerate(slots):
        shown = _panel(panel, answer, currency, tables[number], chart_id(number)) if panel else {}
        parts |= {f"{name}-{number}": markup(shown.get(name)) for name in PART_NAMES}
    return {
        "state": f"page show-{answer.view.show}" if answer.span else "page empty",
        "figures": [panels.figure(panel, answer, currency) if panel else axes.empty() for panel in slots],
        "parts": parts,
        "grains": filters.grains(answer),
        "dimensions": filters.dimensions(answer),
    }


def chart_id(number: int) -> str:
    """Return the id of the graph of a slot."""
    return f"trends-chart-{number}"


def _panel(panel: Panel, answer: TrendsPage, currency: str, has_table: bool, graph: str) -> dict[str, Any]:
    return {
        "title": panels.title(panel),
        "menu": panels.menu(panel, graph),
        "caption": panels.caption(panel, answer, currency),
        "findings": panels.findings(panel, answer, currency),
        "table": panels.table(panel, currency) if has_table else None,
    }


def days_drawn(answer: TrendsPage) -> tuple[str | None, Days | None]:
    """Return the KPI and the days for which notes are wanted; none where no history is shown."""
    if answer.view.show != "history" or answer.kpi is None or answer.span is None:
        return None, None
    return answer.kpi.name, Days(answer.span.start, answer.span.end)


def noted(shown: dict[str, Any], answer: TrendsPage, notes: Sequence[Note]) -> dict[str, Any]:
    """Return the rendered page with people's notes, which no revision tells of and nothing may remember."""
    span = days_drawn(answer)[1]
    if answer.kpi is None or span is None:
        return {**shown, "listed": ""}
    first, *rest = shown["figures"]
    if "notes" in answer.view.layers and first["data"]:
        first = with_layers(first, notes, answer.panels[0].values.line.starts, span.end)
    below = listed(notes if "notes" in answer.view.layers else (), answer.kpi.name, answer.kpi.label, span)
    return {**shown, "figures": [first, *rest], "listed": markup(below)}


def limited(shown: dict[str, Any], answer: TrendsPage, lines: Sequence[LimitLine], currency: str) -> dict[str, Any]:
    """Return the rendered page with the limits of thresholds, which no revision tells of and nothing may remember."""
    panel = next(iter(answer.panels), None)
    if answer.kpi is None or answer.view.show != "history" or panel is None or panel.kind != "time_series":
        return shown
    limits = [one.value for one in lines if (one.kpi, one.grain) == (answer.kpi.name, panel.values.line.grain)]
    if not limits:
        return shown
    first, *rest = shown["figures"]
    keys = markup(html.Div(limit_keys(limits, panel.values.line.unit, currency), className="chart-keys"))
    parts = {**shown["parts"], "caption-0": keys + shown["parts"]["caption-0"]}
    return {**shown, "figures": [with_limits(first, limits), *rest], "parts": parts}


def span(answer: TrendsPage) -> Any:
    """Say which days are shown."""
    if answer.span is None:
        return None
    return html.P(
        html.Strong(answer.span.label),
        className="span",
        **attributes(
            data_revision=str(answer.revision),
            data_start=answer.span.start.isoformat(),
            data_end=answer.span.end.isoformat(),
            data_grain=answer.grain,
        ),
    )
