"""People's notes: flags and shaded spans on a chart, the list under it, and the dialog in which they are written.

`assets/annotations.js` opens the dialog and sends what is written. A page that shows notes has, inside one
section, its chart, `note_button()` and what `listed` returns.
"""

import textwrap
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from markupsafe import escape

from dash_kpi.kpis.periods import Days, span_label
from dash_kpi.reporting.annotations import MOST_CHARACTERS, Note
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.dialogs import dialog

NOTE = "note"  # the id of the dialog, and the first part of those of its fields
COLOUR = "#9a63c9"
SHADE = "rgba(154, 99, 201, 0.12)"
TIP_CHARACTERS = 48  # of a line in the tip
TOP = 0.97  # of the height: the whole flag is inside the chart
MOST_TIPS = 4  # notes in one tip; the list under the chart has all


def layers(notes: Sequence[Note], starts: Sequence[date], end: date) -> tuple[list[Figure], list[Figure]]:
    """Return the shapes and the traces that show notes on a chart by period.

    `starts` are the first days of the periods drawn, in order, `end` is the last day of the last. A note stands
    where the point of its period stands; one over several periods is shaded from the first to the last that is drawn.
    """
    placed = [(note, *place) for note in notes if (place := _place(note, starts, end))]
    if not placed:
        return [], []
    shapes = [_line(starts[at]) if at == to else _span(starts[at], starts[to]) for _, at, to in placed]
    by_position: dict[int, list[Note]] = {}
    for note, at, _ in placed:
        by_position.setdefault(at, []).append(note)
    return shapes, [_flags([(starts[at], found) for at, found in sorted(by_position.items())])]


def with_layers(figure: Figure, notes: Sequence[Note], starts: Sequence[date], end: date) -> Figure:
    """Return a figure with notes on it; the figure given stays as it is, for others remember it."""
    shapes, traces = layers(notes, starts, end)
    if not traces:
        return figure
    layout = figure["layout"]
    hidden = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    return {
        "data": [*figure["data"], *traces],
        "layout": {**layout, "yaxis2": hidden, "shapes": [*layout.get("shapes", []), *shapes]},
    }


def _place(note: Note, starts: Sequence[date], end: date) -> tuple[int, int] | None:
    """Return the positions of the first and the last period that a note touches; None where it is not drawn."""
    if not starts or note.last < starts[0] or note.first > end:
        return None
    return max(0, bisect_right(starts, note.first) - 1), bisect_right(starts, note.last) - 1


def _line(day: date) -> Figure:
    at = day.isoformat()
    line = {"color": COLOUR, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": at, "x1": at, "y0": 0, "y1": TOP, "line": line}


def _span(first: date, last: date) -> Figure:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": first.isoformat(),
        "x1": last.isoformat(),
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "fillcolor": SHADE,
        "line": {"width": 0},
    }


def _flags(found: Sequence[tuple[date, Sequence[Note]]]) -> Figure:
    return {
        "type": "scatter",
        "name": "Notes",
        "mode": "markers",
        "x": [day.isoformat() for day, _ in found],
        "y": [TOP] * len(found),
        "yaxis": "y2",
        "cliponaxis": False,
        "marker": {"color": COLOUR, "size": 11, "symbol": "triangle-down"},
        "customdata": [_tip(notes) for _, notes in found],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _tip(notes: Sequence[Note]) -> str:
    """Write notes for the pointer, whose tip understands markup and breaks no line by itself."""
    texts = [f"{days_of(note)}: {note.text}" for note in notes[:MOST_TIPS]]
    if len(notes) > MOST_TIPS:
        texts.append(f"and {len(notes) - MOST_TIPS} more")
    return "<br>".join(str(escape(line)) for text in texts for line in textwrap.wrap(text, TIP_CHARACTERS))


def days_of(note: Note) -> str:
    """Write the days of a note."""
    return span_label(Days(note.first, note.last))


def listed(notes: Sequence[Note], kpi: str, label: str, span: Days) -> Any:
    """List notes with what can be done to them; a new one starts from this KPI and this span."""
    place = attributes(
        data_note_kpi=kpi,
        data_note_label=label,
        data_note_from=span.start.isoformat(),
        data_note_to=span.end.isoformat(),
    )
    content = html.Ul([_item(note) for note in notes], className="notes-of", **attributes(aria_label="Notes"))
    return html.Div(content if notes else None, **place)


def _item(note: Note) -> Any:
    where = [] if note.kpi else [" · ", "on every KPI"]
    said_by = html.Span([note.author, *where], className="muted small")
    return html.Li(
        [
            html.Span(days_of(note), className="note-days"),
            html.Span([html.Span(note.text, className="note-text"), " ", said_by], className="note-words"),
            html.Span(_actions(note), className="note-actions"),
        ]
    )


def _actions(note: Note) -> list[Any]:
    given = attributes(
        data_kpi_of=note.kpi or "",
        data_from=note.first.isoformat(),
        data_to=note.last.isoformat(),
        data_text=note.text,
        data_version=note.version,
    )
    day = days_of(note)
    edit = {**given, **attributes(data_note_edit=str(note.id), aria_label=f"Edit the note of {day}")}
    delete = attributes(
        data_note_delete=str(note.id), data_version=note.version, aria_label=f"Delete the note of {day}"
    )
    return [
        button("Edit", id=f"note-edit-{note.id}", className="plain-button", **edit),
        button("Delete", id=f"note-delete-{note.id}", className="plain-button", **delete),
    ]


def note_button() -> Any:
    """Open the dialog for a new note."""
    return button(
        "Note",
        id="note-new",
        className="quiet bordered",
        title="Write a note on a day or a span",
        **attributes(data_note_new="", aria_haspopup="dialog", aria_controls=NOTE),
    )


def note_dialog() -> Any:
    """Write a note: from, to, text, and on which KPI; errors stand below their field."""
    text = html.Textarea(id=f"{NOTE}-text", rows=3, maxLength=MOST_CHARACTERS, className="form-control")
    content = [
        html.Div(
            [html.Div(_day("from", "From"), className="field"), html.Div(_day("to", "To"), className="field")],
            className="note-span",
        ),
        html.Div([html.Label("Text", htmlFor=f"{NOTE}-text"), text, _error("text")], className="field"),
        html.Div(
            [
                html.Label("Shown", htmlFor=f"{NOTE}-kpi"),
                html.Select(
                    [
                        html.Option("on this KPI", value="own", id=f"{NOTE}-kpi-own"),
                        html.Option("on every KPI", value="every"),
                    ],
                    id=f"{NOTE}-kpi",
                    className="form-select select",
                ),
                _error("kpi"),
            ],
            className="field",
        ),
        html.P(id=f"{NOTE}-error", className="field-error", role="alert"),
    ]
    delete = button("Delete", id=f"{NOTE}-remove", className="quiet bordered", hidden=True)
    return dialog(NOTE, "Note", content, [delete, button("Save", id=f"{NOTE}-save", className="primary")])


def _day(field: str, label: str) -> list[Any]:
    return [
        html.Label(label, htmlFor=f"{NOTE}-{field}"),
        dbc.Input(id=f"{NOTE}-{field}", type="date", class_name="day"),
        _error(field),
    ]


def _error(field: str) -> Any:
    return html.P(id=f"{NOTE}-{field}-error", className="field-error")
