"""How fresh the data is, for the bar."""

from datetime import datetime
from typing import Any

from dash import html

from dash_kpi.reporting.values import Freshness
from dash_kpi.ui import format as formatted
from dash_kpi.ui.icons import icon


def freshness(value: Freshness, now: datetime) -> Any:
    """Say which file was read last, when, and what was wrong with it."""
    if value.file is None:
        return html.Span("No data yet", className="muted")
    refused = (
        [html.Span(f", {formatted.count(value.rows_refused, 'row')} refused", className="refused")]
        if value.rows_refused
        else []
    )
    return html.Span(
        [
            icon("file"),
            html.Span(value.file, className="clip"),
            *([", ", ago(value.at, now)] if value.at else []),
            *refused,
            *_problems(value.problems),
            *_late(value.late),
        ],
        className="fresh",
    )


def ago(at: str | None, now: datetime) -> Any:
    """Say how long ago a moment was; `assets/app.js` keeps the words true."""
    if at is None:
        return html.Span("never", className="muted")
    return html.Time(formatted.age(datetime.fromisoformat(at), now), dateTime=at, className="ago")


def _late(number: int) -> list[Any]:
    if not number:
        return []
    return [html.Span([icon("clock"), formatted.count(number, "source is late", "sources are late")], className="late")]


def _problems(number: int) -> list[Any]:
    if not number:
        return []
    text = formatted.count(number, "source has a problem", "sources have a problem")
    return [html.Span([icon("warning"), text], className="problems")]
