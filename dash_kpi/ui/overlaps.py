"""The rows that two sources share, and what a person can decide about them."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.reporting.values import OverlapRow
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon

CHOICES = (("once", "count-once", "Count once"), ("both", "count-both", "Count in both"))


def overlaps(rows: Sequence[OverlapRow], same_days: Sequence[str] = ()) -> Any:
    """Show a section with every pair; nothing where no two sources share rows or are alike."""
    if not rows:
        return _alike(same_days) if same_days else None
    words = "The same row, to the last column, stands in two files or sheets. Decide whether that is one sale or two."
    return html.Section(
        [
            html.H2("Rows in two places"),
            html.P(words, className="muted"),
            html.Ul([_pair(row) for row in rows], className="overlaps"),
            _notes(same_days),
        ],
        className="surface panel",
    )


def _alike(same_days: Sequence[str]) -> Any:
    return html.Section([html.H2("The same days in two places"), _notes(same_days)], className="surface panel")


def _notes(sentences: Sequence[str]) -> Any:
    return html.Ul([html.Li([icon("info"), " ", text]) for text in sentences], className="alike") if sentences else None


def _pair(row: OverlapRow) -> Any:
    sentence: list[Any] = [
        html.Strong(formatted.count(row.rows, "row")),
        f" {'is' if row.rows == 1 else 'are'} both in ",
        html.Span(row.source, className="file"),
        " and in ",
        html.Span(row.other, className="file"),
        ".",
    ]
    buttons = [_choice(row, counted, act, text) for counted, act, text in CHOICES]
    return html.Li(
        [
            html.P(sentence),
            html.P([icon("check" if row.decision else "info"), _state(row)], className="sub"),
            html.Div(buttons, className="ways", role="group", **attributes(aria_label=_name(row))),
        ],
        **attributes(data_overlap=str(row.id), data_counted=row.counted),
    )


def _state(row: OverlapRow) -> str:
    how = f"Counted once, in {row.other}" if row.counted == "once" else "Counted in both"
    if row.decision:
        return f"{how}, as somebody decided."
    if row.is_certain:
        return f"{how}, until you decide."
    return f"{how}, until you decide: they may be alike by chance."


def _choice(row: OverlapRow, counted: str, act: str, text: str) -> Any:
    """Offer one way to count; the one that holds is pressed, and pressing it while nobody decided confirms it."""
    pressed = "true" if row.counted == counted else "false"
    wish = attributes(data_act=act, data_id=str(row.id), aria_pressed=pressed)
    return button(text, className="quiet bordered choice", title=f"{text}: {_name(row)}", **wish)


def _name(row: OverlapRow) -> str:
    return f"{formatted.count(row.rows, 'row')} of {row.source} and {row.other}"
