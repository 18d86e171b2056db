"""What can be done about alerts: buttons and dialogs; `assets/alerts.js` handles them."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.alerts.values import AlertRow
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.dialogs import dialog
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.inputs import Input

TIMES = (("1h", "For 1 hour"), ("tomorrow", "Until tomorrow, 9:00"), ("monday", "Until next Monday, 9:00"))


def act_button(act: str, text: Any, ids: str = "", className: str = "quiet bordered", **more: Any) -> Any:  # noqa: N803
    """Make a button that does something to the alerts named, or else to those that are selected."""
    return button(text, className=className, **attributes(data_alert_act=act, data_ids=ids), **more)


def of_row(row: AlertRow) -> list[Any]:
    """Offer what can be done about one alert of the list."""
    if not row.is_open:
        return []
    about = unseen(f" alert {row.id}")
    number = str(row.id)
    first = (
        act_button("unacknowledge", ["Take back", unseen(f" the acknowledgement of alert {row.id}")], number)
        if row.acknowledged_at
        else act_button("acknowledge", ["Acknowledge", about], number)
    )
    second = (
        act_button("unsnooze", ["Wake", about], number)
        if row.status == "snoozed"
        else act_button("snooze", ["Snooze …", about], number)
    )
    return [first, second]


def of_alert(row: AlertRow) -> list[Any]:
    """Offer everything that can be done about one alert on its page."""
    number = str(row.id)
    if not row.is_open:
        return [act_button("comment", "Comment …", number)]
    return [
        *of_row(row),
        act_button("assign", "Assign …", number),
        act_button("comment", "Comment …", number),
        act_button("resend", "Send again", number),
        button(
            "Silence …",
            className="quiet bordered",
            **attributes(
                data_silence="",
                data_threshold=str(row.threshold_id),
                data_kpi_name=row.kpi,
                data_kpi_label=row.details.label,
                data_dimension=row.dimension,
                data_segment=row.segment,
            ),
        ),
    ]


def toolbar() -> Any:
    """Offer what can be done about the selected alerts."""
    return html.Div(
        [
            html.Span("0 selected", id="alerts-selected", role="status"),
            act_button("acknowledge", "Acknowledge"),
            act_button("snooze", "Snooze …"),
            act_button("assign", "Assign …"),
            act_button("comment", "Comment …"),
            act_button("resend", "Send again"),
            button([icon("close"), "Clear"], className="quiet", **attributes(data_alert_clear="")),
        ],
        id="alerts-toolbar",
        className="alerts-toolbar surface",
        hidden=True,
        role="group",
        **attributes(aria_label="Selected alerts"),
    )


def dialogs(people: Sequence[str]) -> list[Any]:
    """Lay out the dialogs of acts and of a new silence."""
    return [_snooze(), _assign(people), _comment(), _silence()]


def _snooze() -> Any:
    choices = [*TIMES, ("until", "Until …")]
    times = [
        html.Label(
            [
                Input(
                    type="radio", name="alert-time", value=value, checked=at == 0 or None, className="form-check-input"
                ),
                text,
            ],
            className="alert-choice",
        )
        for at, (value, text) in enumerate(choices)
    ]
    content = [
        html.Fieldset([html.Legend("Be quiet", className="visually-hidden"), *times], className="alert-choices"),
        *_field("alert-until", "Until", type="datetime-local"),
        *_field(
            "alert-worse", "Wake it before when it is worse by so many percent", type="number", min="1", step="any"
        ),
        *_field("alert-snooze-comment", "Comment", type="text", maxlength="1000"),
    ]
    return _form("alert-snooze", "Snooze", content, "snooze", "Snooze")


def _assign(people: Sequence[str]) -> Any:
    known = html.Datalist([html.Option(value=name) for name in people], id="alert-people")
    content = [
        *_field(
            "alert-assignee", "Who takes care of it; empty is nobody", type="text", maxlength="255", list="alert-people"
        ),
        known,
    ]
    return _form("alert-assign", "Assign", content, "assign", "Assign")


def _comment() -> Any:
    too = html.Label(
        [Input(type="checkbox", id="alert-comment-ack", className="form-check-input"), "Acknowledge too"],
        className="alert-choice",
    )
    content = [*_area("alert-comment", "Comment"), too]
    return _form("alert-commenting", "Comment", content, "comment", "Save")


def _silence() -> Any:
    content = [
        html.Label("About", htmlFor="silence-about"),
        html.Select([html.Option("Everything", value="{}")], id="silence-about", className="form-select select"),
        *_field("silence-until", "Until", type="datetime-local"),
        html.P(id="silence-until-error", className="field-error"),
        *_area("silence-comment", "Why nothing is to be told"),
        html.P(id="silence-comment-error", className="field-error"),
    ]
    return _form("alert-silence", "Silence", content, "silence", "Silence")


def _form(name: str, title: str, content: list[Any], act: str, text: str) -> Any:
    said = html.P(id=f"{name}-error", className="field-error", role="alert")
    save = button(text, className="primary", **attributes(data_alert_save=act))
    return dialog(name, title, [*content, said], [save])


def _field(id: str, label: str, **properties: str) -> list[Any]:  # noqa: A002  Dash's name
    return [html.Label(label, htmlFor=id), Input(id=id, className="form-control", autocomplete="off", **properties)]


def _area(id: str, label: str) -> list[Any]:  # noqa: A002
    return [
        html.Label(label, htmlFor=id),
        html.Textarea(id=id, className="form-control", rows=3, maxLength=1000),
    ]
