"""What can be chosen on the page Trends: section, KPIs, layers; `assets/trends.js` puts it into the URL."""

from dataclasses import replace
from typing import Any, get_args

from dash import html

from dash_kpi.kpis.statistics.sensitivity import Sensitivity, false_alarms_a_year
from dash_kpi.reporting.chart_values import Style
from dash_kpi.reporting.trends.values import TrendsPage
from dash_kpi.reporting.trends.view import LAYERS, MOST_KPIS, NO_LAYER, SECTIONS, Layer, Show
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon

KPI, ADD, BY = "trends-kpi", "trends-add", "trends-by"
STYLE, SENSITIVITY, WINDOW = "trends-style", "trends-sensitivity", "trends-window"
TITLES: dict[Show, str] = {
    "history": "History",
    "growth": "Growth",
    "seasons": "Seasons",
    "distribution": "Distribution",
    "together": "Together",
    "segments": "Segments",
}
LAYER_TITLES: dict[Layer, str] = {
    "ma7": "7",
    "ma14": "14",
    "ma30": "30",
    "smooth": "Smoothed",
    "trend": "Trend",
    "forecast": "Forecast",
    "anomalies": "Anomalies",
    "changes": "Level changes",
    "notes": "Notes",
    "comparison": "Comparison",
}
WINDOWS = (12, 26, 52, 90, 180, 365)
STYLED: tuple[Show, ...] = ("history", "together", "segments")


def tabs(answer: TrendsPage) -> Any:
    """Link the sections."""
    items = [html.Li(_tab(answer, show)) for show in SECTIONS]
    return html.Nav(html.Ul(items), className="trends-tabs", **attributes(aria_label="Sections"))


def _tab(answer: TrendsPage, show: Show) -> Any:
    current = attributes(aria_current="true") if show == answer.view.show else {}
    address = f"/trends?{replace(answer.view, show=show).to_query()}".rstrip("?")
    return html.A(TITLES[show], href=address, id=f"trends-show-{show}", **attributes(data_trends_show=show), **current)


def choices(answer: TrendsPage) -> Any:
    """Choose the KPI, those beside it, and what the open section draws."""
    if answer.kpi is None:
        return None
    return [
        _select(KPI, "KPI", [(one.name, one.label) for one in answer.kpis], answer.kpi.name),
        *(_beside(answer) if answer.view.show == "together" else []),
        *_of_section(answer),
        *(_layers(answer) if answer.view.show == "history" else []),
        _reset() if answer.view.zoomed and answer.view.view.period == "custom" else None,
    ]


def _of_section(answer: TrendsPage) -> list[Any]:
    show, view, found = answer.view.show, answer.view, []
    if show == "segments" and answer.dimensions:
        dimensions = [(name, formatted.heading(name)) for name in answer.dimensions]
        found.append(_select(BY, "by", dimensions, answer.dimension or ""))
    if show in STYLED:
        styles = [(style, style) for style in get_args(Style) if show == "history" or style != "area"]
        found.append(_select(STYLE, "as", styles, view.style))
    if show == "history":
        found += [_window(answer), _sensitivity(answer)]
    return found


def _window(answer: TrendsPage) -> Any:
    chosen = "all" if answer.view.window is None else str(answer.view.window)
    numbers = sorted({*WINDOWS, *([answer.view.window] if isinstance(answer.view.window, int) else [])})
    options = [("span", "what is shown"), ("all", "all of the history")]
    options += [(str(number), f"the last {formatted.count(number, answer.grain)}") for number in numbers]
    return _select(WINDOW, "Trend over", options, chosen)


def _sensitivity(answer: TrendsPage) -> Any:
    options = [(one, f"{one} ({_alarms(one, answer.grain)})") for one in get_args(Sensitivity)]
    return _select(SENSITIVITY, "Sensitivity", options, answer.view.sensitivity)


def _alarms(sensitivity: Sensitivity, grain: Any) -> str:
    """Say what the knob costs: false alarms."""
    a_year = false_alarms_a_year(sensitivity, grain)
    if a_year >= 0.95:
        return f"{formatted.count(round(a_year), 'false alarm')} a year"
    return f"a false alarm in {formatted.count(round(1 / a_year), 'year')}"


def _beside(answer: TrendsPage) -> list[Any]:
    """Set other KPIs beside the main one, and take them off again."""
    chips = [
        button(
            [html.Span(other.label, className="clip"), icon("close")],
            id=f"trends-remove-{other.name}",
            className="chip",
            **attributes(data_trends_remove=other.name, aria_label=f"Take {other.label} off"),
        )
        for other in answer.others
    ]
    taken = {answer.kpi.name if answer.kpi else "", *(other.name for other in answer.others)}
    free = [("", "Add a KPI …"), *((one.name, one.label) for one in answer.kpis if one.name not in taken)]
    add = [_select(ADD, "with", free, "")] if len(free) > 1 and len(answer.others) < MOST_KPIS - 1 else []
    return [*chips, *add]


def _layers(answer: TrendsPage) -> list[Any]:
    """Switch what lies over the chart on and off."""
    on = answer.view.layers
    averages = [_toggle(layer, layer in on, f"{LAYER_TITLES[layer]}-{answer.grain} average") for layer in LAYERS[:3]]
    others = [_toggle(layer, layer in on) for layer in LAYERS[3:]]
    chosen = ",".join(on) or NO_LAYER
    return [
        html.Div(
            [html.Span("Averages", className="muted"), *averages, *others],
            className="trends-layers",
            role="group",
            **attributes(aria_label="What lies over the chart", data_trends_layers=chosen),
        )
    ]


def _toggle(layer: Layer, is_on: bool, label: str = "") -> Any:
    named = attributes(aria_label=label) if label else {}
    return button(
        LAYER_TITLES[layer],
        id=f"trends-layer-{layer}",
        className="quiet bordered choice",
        title=label or None,
        **attributes(data_trends_layer=layer, aria_pressed="true" if is_on else "false"),
        **named,
    )


def _reset() -> Any:
    return button("Reset zoom", id="trends-reset", className="quiet bordered", **attributes(data_trends_reset=""))


def _select(id: str, label: str, options: list[tuple[str, str]], chosen: str) -> Any:  # noqa: A002  Dash's name
    shown = [html.Option(text, value=value, selected=value == chosen or None) for value, text in options]
    return html.Span(
        [html.Label(label, htmlFor=id), html.Select(shown, id=id, className="form-select select")],
        className="trends-choice",
    )
