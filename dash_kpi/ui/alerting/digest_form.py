"""The form of a digest: its name, its KPIs, when it comes and where it goes."""

from collections.abc import Iterable
from typing import Any

from dash import html

from dash_kpi.alerting.telling.digest_given import MOST_NAME, WEEKDAYS, WORDS, Digest
from dash_kpi.alerting.telling.page import DigestsPage
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link

SEARCHED = 8  # KPIs, from which a search is worth its place


def form(page: DigestsPage, digest: Digest, back: str) -> list[Any]:
    """Lay out the form; `assets/digests.js` sends it and shows what is wrong at its field."""
    told = html.Div(id="digest-told", className="channel-told", **attributes(aria_live="polite"))
    buttons = [
        link("Cancel", back, "quiet bordered"),
        button("Send now as a test", id="digest-send", className="quiet bordered"),
        button("Save", id="digest-save", className="primary"),
    ]
    return [
        html.Div(
            [_what(page, digest), _when(page, digest), _where(page, digest)], className="surface panel digest-form"
        ),
        html.Div([told, html.Div(buttons, className="actions")], className="surface editor-actions"),
    ]


def _what(page: DigestsPage, digest: Digest) -> Any:
    name = Input(
        id="digest-name",
        className="form-control",
        value=digest.name,
        maxlength=MOST_NAME,
        autocomplete="off",
        placeholder="Every morning",
        **attributes(aria_describedby="digest-name-mistake"),
    )
    gone = [(one, f"{one} (no longer there)", True) for one in digest.kpis if one not in page.kpis]
    choices = [(one, label, one in digest.kpis) for one, label in page.kpis.items()]
    search = Input(
        id="digest-search",
        type="search",
        className="form-control",
        autocomplete="off",
        placeholder="Find a KPI",
        **attributes(aria_label="Find a KPI"),
    )
    boxes = [_box("kpis", value, label, is_chosen=is_chosen) for value, label, is_chosen in [*gone, *choices]]
    none = html.P("No KPI is called so.", id="digest-none", className="muted small", hidden=True)
    parts = [
        html.Div([html.Label("Name", htmlFor="digest-name"), name, _mistake("name")]),
        _group(
            "KPIs; none chosen: every one",
            "kpis",
            [search] if len(boxes) > SEARCHED else [],
            html.Div([*boxes, none], className="kpi-choices") if boxes else _no_kpis(),
        ),
    ]
    return html.Fieldset([html.Legend("What it tells"), *parts], className="fields")


def _when(page: DigestsPage, digest: Digest) -> Any:
    every = _select(
        "digest-every", "How often", ((key, words[0].upper() + words[1:]) for key, words in WORDS.items()), digest.every
    )
    weekday = _select("digest-weekday", "On", ((one, one.capitalize()) for one in WEEKDAYS), digest.weekday)
    at = Input(
        id="digest-at",
        className="form-control",
        value=digest.at,
        maxlength=5,
        inputmode="numeric",
        autocomplete="off",
        **attributes(aria_describedby="digest-at-help digest-at-mistake"),
    )
    help_words = f"Like 08:00, in the team's time ({page.zone})."
    return html.Fieldset(
        [
            html.Legend("When it comes"),
            html.Div([*every, _mistake("every")]),
            html.Div([*weekday, _mistake("weekday")], id="digest-weekday-part", hidden=digest.every != "week" or None),
            html.Label("At", htmlFor="digest-at"),
            at,
            _mistake("at"),
            html.P(help_words, id="digest-at-help", className="muted small"),
        ],
        className="fields",
    )


def _where(page: DigestsPage, digest: Digest) -> Any:
    gone = [number for number in digest.channels if number not in page.channels]
    boxes = [_box("channels", str(one), "A removed channel", is_chosen=True) for one in gone]
    boxes += [
        _box("channels", str(number), name, is_chosen=number in digest.channels)
        for number, name in page.channels.items()
    ]
    there = html.Div(boxes) if boxes else _no_channels()
    return html.Fieldset([html.Legend("Where it goes"), _group("Channels", "channels", [], there)], className="fields")


def _no_kpis() -> Any:
    return html.P(
        "There is no KPI yet: put a workbook into the inbox. The digest will tell every one.", className="muted"
    )


def _no_channels() -> Any:
    words = ["There is no channel yet. ", link("Add a channel", "/settings/channels?new=1", "link"), " first."]
    return html.P(words, className="muted")


def _group(legend: str, name: str, before: list[Any], choices: Any) -> Any:
    label = html.Span(legend, id=f"digest-{name}-label")
    return html.Div(
        [label, *before, choices, _mistake(name)],
        role="group",
        className="boxes",
        **attributes(aria_labelledby=f"digest-{name}-label", aria_describedby=f"digest-{name}-mistake"),
    )


def _box(field: str, value: str, label: str, *, is_chosen: bool) -> Any:
    name = f"digest-{field}-{value}"
    box = Input(
        id=name,
        type="checkbox",
        value=value,
        checked=is_chosen or None,
        className="form-check-input",
        **attributes(data_many=field),
    )
    return html.Div([box, html.Label(label, htmlFor=name)], className="box")


def _select(name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str) -> list[Any]:
    options = [html.Option(words, value=key, selected=key == chosen or None) for key, words in choices]
    return [html.Label(label, htmlFor=name), html.Select(options, id=name, className="form-select select")]


def _mistake(field: str) -> Any:
    return html.Div(id=f"digest-{field}-mistake", className="mistake", role="alert")
