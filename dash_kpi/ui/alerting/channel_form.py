"""The form of a channel, made from the fields of its kind; secrets are taken and never shown."""

from typing import Any

from dash import html

from dash_kpi.alerting.channels.given import MOST_NAME, MOST_TEXT, MOST_VALUE
from dash_kpi.alerting.channels.page import ChannelsPage, Kind
from dash_kpi.alerting.channels.shown import POLICY_WORDS, ChannelRow
from dash_kpi.alerting.channels.transport import Field
from dash_kpi.ui.alerting.channel_guides import ABOUT, guide
from dash_kpi.ui.alerting.channels import act, address, state
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link

TYPES = {"text": "text", "url": "url", "email": "text", "number": "text", "password": "password"}


def title(page: ChannelsPage) -> str:
    """Name the page after what is edited."""
    if page.edited:
        return f"Channel {page.edited.name}"
    return f"New channel: {page.kind.label}" if page.kind else "New channel"


def form(page: ChannelsPage, kind: Kind) -> list[Any]:
    """Lay out the form; `assets/channels.js` sends it and shows what is wrong at its field."""
    row = page.edited
    return [
        _state(page, row) if row else None,
        html.Div(
            [
                html.P(ABOUT[kind.name], className="muted") if kind.name in ABOUT else None,
                guide(kind.name),
                html.Fieldset(
                    [
                        html.Legend("Where messages go"),
                        *_field(Field("name", "Name", "As people call it."), row.name if row else "", is_kept=False),
                        *[part for one in kind.fields for part in _given(one, row)],
                    ],
                    className="fields channel-fields",
                ),
                _policy(row.on_unknown if row else kind.on_unknown),
            ],
            className="surface panel",
        ),
        html.Div(_actions(page), className="surface editor-actions"),
    ]


def _given(one: Field, row: ChannelRow | None) -> list[Any]:
    value = row.values.get(one.name, "") if row else one.usual
    return _field(one, value, is_kept=row is not None and one.name in row.kept)


def _field(one: Field, value: str, *, is_kept: bool) -> list[Any]:
    name = f"channel-{one.name}"
    needed = [] if one.is_needed else [html.Span(" (may be left empty)", className="muted")]
    parts: list[Any] = [
        html.Label([one.label, *needed], htmlFor=name),
        _control(one, name, value, is_kept=is_kept),
        html.Div(id=f"{name}-mistake", className="mistake", role="alert"),
    ]
    if is_kept:
        kept = [icon("check"), "Kept, and not shown. Type a new one to replace it."]
        parts.append(html.P(kept, className="kept small", id=f"{name}-kept"))
    if is_kept and not one.is_needed:
        box = Input(
            id=f"{name}-forget", type="checkbox", className="form-check-input", **attributes(data_forget=one.name)
        )
        parts.append(html.Div([box, html.Label("Forget it", htmlFor=f"{name}-forget")], className="forget"))
    if one.help:
        parts.append(html.P(one.help, id=f"{name}-help", className="muted small"))
    return parts


def _control(one: Field, name: str, value: str, *, is_kept: bool) -> Any:
    described = [f"{name}-mistake", *([f"{name}-help"] if one.help else []), *([f"{name}-kept"] if is_kept else [])]
    data = attributes(data_field=one.name, aria_describedby=" ".join(described))
    if one.options:
        chosen = value or one.usual
        options = [html.Option(label, value=key, selected=key == chosen or None) for key, label in one.options]
        return html.Select(options, id=name, className="form-select select", **data)
    if one.input == "textarea":
        kind = "form-control secret" if one.is_secret else "form-control"
        return html.Textarea(
            "" if one.is_secret else value, id=name, className=kind, rows=4, maxLength=MOST_TEXT, **data
        )
    if one.is_secret:
        own = {"type": "password", "autocomplete": "new-password", "placeholder": "••••••••" if is_kept else None}
    else:
        own = {"type": TYPES[one.input], "value": value, "autocomplete": "off"}
    if one.input == "number":
        own["inputmode"] = "numeric"
    most = MOST_NAME if one.name == "name" else MOST_VALUE
    return Input(id=name, className="form-control", maxlength=most, spellcheck="false", **own, **data)


def _policy(chosen: str) -> Any:
    choices = []
    for policy, (words, help_words) in POLICY_WORDS.items():
        name = f"channel-policy-{policy}"
        box = Input(
            id=name,
            type="radio",
            name="channel-policy",
            value=policy,
            checked=policy == chosen or None,
            className="form-check-input",
            **attributes(aria_describedby=f"{name}-help"),
        )
        label = html.Label(words, htmlFor=name)
        text = html.P(help_words, id=f"{name}-help", className="muted small")
        choices.append(html.Div([box, label, text], className="policy"))
    why = "Sometimes the answer of a service is lost on the way: the message may have been sent, or not. What then?"
    return html.Fieldset(
        [html.Legend("When nobody knows whether a message arrived"), html.P(why, className="muted small"), *choices],
        className="fields policies",
    )


def _state(page: ChannelsPage, row: ChannelRow) -> Any:
    buttons = [act("send", "Send a test", row, is_off=row.state != "works")]
    if row.state == "parked":
        buttons.append(act("retry", "Try again", row))
    buttons.append(act("disable", "Switch off", row) if row.is_enabled else act("enable", "Switch on", row))
    buttons.append(act("remove", "Remove", row))
    return html.Div(
        [html.Div(state(row, page.zone)), html.Div(buttons, className="row-actions")],
        className="surface panel channel-state",
    )


def _actions(page: ChannelsPage) -> list[Any]:
    return [
        html.Div(id="channel-told", className="channel-told", **attributes(aria_live="polite")),
        html.Div(
            [
                link("Cancel", address(page.view), "quiet bordered"),
                button("Test connection", id="channel-connect", className="quiet bordered"),
                button("Save", id="channel-save", className="primary"),
            ],
            className="actions",
        ),
    ]
