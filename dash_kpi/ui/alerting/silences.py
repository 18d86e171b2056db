"""The silences on the page of alerts."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from dash import html

from dash_kpi.alerting.alerts.silence_values import Hush
from dash_kpi.alerting.alerts.values import moment
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon, unseen


def silences(hushes: Sequence[Hush], now: datetime, zone: tzinfo, kpis: Sequence[tuple[str, str]]) -> list[Any]:
    """List the silences that hold or are to come, and offer a new one."""
    offered = "\n".join(f"{name}\t{label}" for name, label in kpis)
    new = button(
        [icon("clock"), "Silence …"], className="quiet bordered", **attributes(data_silence="", data_kpis=offered)
    )
    head = html.Div([html.H2("Silences"), html.Div(new)], className="section-head")
    if not hushes:
        words = "Nothing is silenced. A silence lets no message go about a threshold, a KPI, a segment or everything."
        return [head, html.P(words, className="muted")]
    return [head, html.Ul([_item(one, now, zone) for one in hushes], className="silences")]


def _item(one: Hush, now: datetime, zone: tzinfo) -> Any:
    begins = f"from {moment(one.starts_at, zone)} " if one.starts_at > now else ""
    number = str(one.id)
    about = unseen(f" the silence about {one.words}")
    return html.Li(
        [
            html.Div(
                [
                    html.Strong(one.words[:1].upper() + one.words[1:]),
                    html.Span(f"{begins}until {moment(one.ends_at, zone)}", className="silence-until"),
                    html.Span(f"{one.comment} ({one.created_by})", className="muted silence-comment"),
                ],
                className="silence-words",
            ),
            html.Div(
                [
                    button(
                        ["1 day longer", about],
                        className="quiet bordered",
                        **attributes(data_silence_extend=number, data_ends=one.ends_at.isoformat()),
                    ),
                    button(["End", about], className="quiet bordered", **attributes(data_silence_end=number)),
                ],
                className="row-actions",
            ),
        ]
    )
