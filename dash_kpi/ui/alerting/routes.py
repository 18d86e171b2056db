"""The routes: which alerts go to which channels, as a list and as a form."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.channels.page import ROUTE, ChannelsPage
from dash_kpi.alerting.channels.shown import ChannelRow
from dash_kpi.alerting.rules.rule import SEVERITIES
from dash_kpi.alerting.telling.route_given import MOST_NAME, Route
from dash_kpi.alerting.telling.route_words import gap, names_of, sentence
from dash_kpi.ui.alerting.channels import address
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link


def listed(page: ChannelsPage) -> Any:
    """Show the routes, or what holds as long as there is none."""
    if not page.rows:
        return None
    new = link("Add route", address(page.view, new=ROUTE), "quiet bordered")
    head = html.Div([html.H2("Routes: which alerts go where"), new], className="section-head")
    if not page.routes:
        words = "There is no route: every alert goes to every channel that is switched on. Add one to divide them."
        return html.Section([head, html.P(words)], className="surface panel")
    names = names_of(page.rows)
    items = [_item(route, place, page, names) for place, route in enumerate(page.routes, 1)]
    words = "An alert goes to the channels of every route that fits it. A threshold that names channels goes to these."
    warning = (
        [html.P([icon("warning"), gap(page.unrouted)], className="status warn route-gap")] if page.unrouted else []
    )
    return html.Section(
        [head, html.P(words, className="muted"), *warning, html.Ol(items, className="routes")],
        className="surface panel",
    )


def form(page: ChannelsPage, route: Route) -> list[Any]:
    """Lay out the form of a route; `assets/channels.js` sends it."""
    name = Input(
        id="route-name",
        className="form-control",
        value=route.name,
        maxlength=MOST_NAME,
        autocomplete="off",
        **attributes(aria_describedby="route-name-mistake"),
    )
    tags = Input(
        id="route-tags",
        className="form-control",
        value=", ".join(route.tags),
        autocomplete="off",
        **attributes(aria_describedby="route-tags-help route-tags-mistake"),
    )
    hours = Input(
        id="route-escalate_hours",
        className="form-control",
        value="" if route.escalate_hours is None else f"{route.escalate_hours:g}",
        inputmode="decimal",
        autocomplete="off",
        **attributes(aria_describedby="route-escalate_hours-mistake"),
    )
    which = [html.Legend("Which alerts"), html.Label("Name", htmlFor="route-name"), name, _mistake("name")]
    chosen = route.severities or SEVERITIES
    which += [_boxes("Severities", "severities", [(one, one.capitalize(), one in chosen) for one in SEVERITIES])]
    which += [html.Label("Tags, with commas between", htmlFor="route-tags"), tags]
    which += [
        html.P(
            "Of the threshold or its KPI; one of them is enough. Empty: every alert.",
            id="route-tags-help",
            className="muted small",
        )
    ]
    then = [
        html.Legend("When nobody acknowledges"),
        html.Label("After how many hours; empty: never", htmlFor="route-escalate_hours"),
        hours,
        _mistake("escalate_hours"),
        _boxes("Then it goes to", "escalate_channels", _choices(page.rows, route.escalate_channels)),
    ]
    return [
        html.Div(
            [
                html.Fieldset([*which, _mistake("tags")], className="fields"),
                html.Fieldset(
                    [html.Legend("Where they go"), _boxes("Channels", "channels", _choices(page.rows, route.channels))],
                    className="fields",
                ),
                html.Fieldset(then, className="fields"),
            ],
            className="surface panel route-form",
        ),
        html.Div(_actions(page, route), className="surface editor-actions"),
    ]


def _item(route: Route, place: int, page: ChannelsPage, names: dict[int, str]) -> Any:
    moves = [("Up", place - 1, place > 1), ("Down", place + 1, place < len(page.routes))]
    buttons = [
        button(
            [words, unseen(f" the route {route.name}")],
            className="quiet bordered",
            **_data("move_route", route, str(to)),
        )
        for words, to, is_possible in moves
        if is_possible
    ]
    buttons.append(
        button(
            ["Remove", unseen(f" the route {route.name}")], className="quiet bordered", **_data("remove_route", route)
        )
    )
    words = [
        link(route.name, address(page.view, edit=f"{ROUTE}-{route.id}"), "link strong"),
        html.Span(sentence(route, names), className="sub"),
    ]
    return html.Li(
        [html.Div(words), html.Div(buttons, className="row-actions")], **attributes(data_route=str(route.id))
    )


def _data(act: str, route: Route, position: str = "") -> dict[str, Any]:
    data = attributes(data_channel_act=act, data_number=str(route.id), data_version=route.version)
    return data | (attributes(data_position=position) if position else {})


def _boxes(legend: str, field: str, choices: Sequence[tuple[str, str, bool]]) -> Any:
    boxes = []
    for value, label, is_chosen in choices:
        name = f"route-{field}-{value}"
        box = Input(
            id=name,
            type="checkbox",
            value=value,
            checked=is_chosen or None,
            className="form-check-input",
            **attributes(data_many=field),
        )
        boxes.append(html.Div([box, html.Label(label, htmlFor=name)], className="box"))
    return html.Div(
        [html.Span(legend, id=f"route-{field}-label"), *boxes, _mistake(field)],
        role="group",
        className="boxes",
        **attributes(aria_labelledby=f"route-{field}-label", aria_describedby=f"route-{field}-mistake"),
    )


def _choices(rows: Sequence[ChannelRow], chosen: Sequence[int]) -> list[tuple[str, str, bool]]:
    return [(str(number), name, number in chosen) for number, name in names_of(rows).items()]


def _mistake(field: str) -> Any:
    return html.Div(id=f"route-{field}-mistake", className="mistake", role="alert")


def _actions(page: ChannelsPage, route: Route) -> list[Any]:
    told = html.Div(id="route-told", className="channel-told", **attributes(aria_live="polite"))
    buttons = [
        link("Cancel", address(page.view), "quiet bordered"),
        button("Save", id="route-save", className="primary"),
    ]
    return [told, html.Div(buttons, className="actions")]
