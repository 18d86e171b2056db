"""The form of a threshold: simple first, the rest folded. `assets/thresholds.js` fills it in and reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.rules.rule import MOST_NAME, MOST_TEXT, OF_NOW, OF_SOURCES
from dash_kpi.alerting.threshold_values import Edited, Known
from dash_kpi.reporting.view import View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.alerting.threshold_list import SEVERITY_WORDS, address
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link

KINDS = {
    "below": "falls below",
    "above": "rises above",
    "outside": "leaves a range",
    "inside": "lies inside a range",
    "change": "changes too much",
    "anomaly": "is unusual",
    "forecast_target": "is forecast to miss its target",
    "forecast_crosses": "is forecast to cross a line",
    "no_data": "has no data",
    "late": "has a file that is late",
    "refused": "has rows that were refused",
    "restated": "has a closed period that changes",
}
OF_PERIODS = {kind: words for kind, words in KINDS.items() if kind not in OF_NOW}
WITH_LIMITS = "below above inside outside forecast_crosses"
RULE_GRAINS = {
    "day": "each day",
    "week": "each week",
    "month": "each month",
    "quarter": "each quarter",
    "year": "each year",
    "rolling_7": "the last 7 days, each day",
    "rolling_30": "the last 30 days, each day",
}
LIMITS = {"value": "as a number", "target": "% of the target", "last_year": "% of last year"}
AGAINST = {"previous": "the period before", "year": "the same period last year"}
MEASURED = {"percent": "in percent", "absolute": "in the KPI's unit"}
WAYS = {"both": "too high or too low", "down": "too low", "up": "too high"}
SENSITIVITIES = {"low": "only the most unusual", "normal": "what is unusual", "high": "the slightly unusual too"}
JOINS = {"": "no second condition", "and": "and, at the same time", "or": "or"}


def title(edited: Edited) -> str:
    """Name the page after what is edited."""
    return "New threshold" if edited.number is None else "Threshold"


def form(edited: Edited, known: Known, view: View) -> list[Any]:
    """Lay out the form; what it holds is filled in by the browser's script."""
    return [
        html.Div(
            [
                _simple(known),
                _fold("second", "Second condition", _second(), _of_periods()),
                _fold("segments", "Per segment", _segments(known), _of_periods()),
                _fold("life", "Life", _life()),
                _fold("messages", "Messages", _messages(known)),
            ],
            className="surface panel threshold-fields",
        ),
        _actions(edited, view),
    ]


def data(edited: Edited, currency: str = "") -> dict[str, Any]:
    """Return what the browser's script has to know of what is edited."""
    symbol = formatted.SYMBOLS.get(currency, currency)
    return {"number": edited.number, "version": edited.version, "rule": edited.given, "symbol": symbol}


def _simple(known: Known) -> Any:
    kpis = [
        html.Option(
            one.label,
            value=one.name,
            **attributes(data_unit=one.unit, data_grain=one.grain, data_target="1" if one.has_target else ""),
        )
        for one in known.kpis
    ]
    severities: dict[str, str] = {name: words for name, (_, words) in SEVERITY_WORDS.items()}
    grain_kinds = " ".join(kind for kind in KINDS if kind not in OF_SOURCES)
    return html.Fieldset(
        [
            html.Legend("What is watched", className="visually-hidden"),
            html.Div(
                [
                    _field("th-kpi", "KPI", html.Select(kpis, **_control("th-kpi", "kpi", "form-select select"))),
                    _field("th-grain", "Judged by", _select("th-grain", "grain", RULE_GRAINS), when=grain_kinds),
                    _field("th-severity", "Severity", _select("th-severity", "severity", severities)),
                ],
                className="row-of-fields",
            ),
            *_condition(0, KINDS),
            html.P("↑ and ↓ move a limit by one step, with Shift by ten; or drag its line.", className="muted small"),
            html.Div(id="thresholds-suggestions"),
        ],
        className="threshold-simple",
    )


def _condition(at: int, kinds: Mapping[str, str]) -> list[Any]:
    """Lay out one condition: each field appears where its kind uses it."""
    place, own = f"conditions.{at}", {"condition": at}
    low = [
        _when("below", "Limit", at), _when("inside outside", "From", at),
        _when("change", "Falls by more than", at), _when("forecast_crosses", "Falls below", at),
    ]  # fmt: skip
    high = [
        _when("above", "Limit", at), _when("inside outside", "To", at),
        _when("change", "Rises by more than", at), _when("forecast_crosses", "Rises above", at),
    ]  # fmt: skip
    percent = html.Span("%", className="unit-words")
    share = html.Div([_number(f"th-share-{at}", f"{place}.share"), percent], className="limit")
    return [
        html.Div(
            [
                _field(f"th-kind-{at}", "Fires when it", _select(f"th-kind-{at}", f"{place}.kind", kinds)),
                _limit("low", low, "below inside outside change forecast_crosses", at),
                _limit("high", high, "above inside outside change forecast_crosses", at),
                _field(
                    f"th-measured-{at}", "Measured",
                    _select(f"th-measured-{at}", f"{place}.measured", MEASURED), when="change", **own,
                ),
                _field(
                    f"th-against-{at}", "Against",
                    _select(f"th-against-{at}", f"{place}.against", AGAINST), when="change", **own,
                ),
                _field(
                    f"th-direction-{at}", "Direction",
                    _select(f"th-direction-{at}", f"{place}.direction", WAYS), when="anomaly", **own,
                ),
                _field(
                    f"th-sensitivity-{at}", "Fires at",
                    _select(f"th-sensitivity-{at}", f"{place}.sensitivity", SENSITIVITIES), when="anomaly", **own,
                ),
                _field(f"th-share-{at}", "By more than", share, when="refused restated", **own),
                _field(
                    f"th-periods-{at}", "Periods without data",
                    _whole(f"th-periods-{at}", f"{place}.periods"), when="no_data", **own,
                ),
            ],
            className="row-of-fields",
        )
    ]  # fmt: skip


def _limit(side: str, label: Sequence[Any], when: str, at: int) -> Any:
    name, place = f"th-{side}-{at}", f"conditions.{at}.{side}"
    unit = html.Span(className="unit-words", **attributes(data_unit_of=name))
    kinds = html.Select(
        [html.Option(words, value=value) for value, words in LIMITS.items()],
        id=f"{name}-kind",
        className="form-select select",
        **attributes(aria_label="How the limit is given", data_when=WITH_LIMITS, data_condition=str(at)),
    )
    return _field(name, label, html.Div([_number(name, place), unit, kinds], className="limit"), when, at)


def _second() -> list[Any]:
    condition = html.Div(_condition(1, OF_PERIODS), **attributes(data_joined=""))
    return [_field("th-join", "Together with", _select("th-join", "join", JOINS)), condition]


def _segments(known: Known) -> list[Any]:
    by = {"": "the KPI as a whole"} | {name: f"each {formatted.heading(name)}" for name in known.dimensions}
    if not known.dimensions:
        return [html.P("The data has no dimension to judge by.", className="muted small")]
    return [
        _field("th-by", "Judged for", _select("th-by", "by", by)),
        html.Div(
            [
                _field("th-limits", "Limits of single values, one a line: North = 100", _lines("th-limits", "limits")),
                html.Div(id="thresholds-segments"),
            ],
            **attributes(data_segmented=""),
        ),
        _field("th-filters", "Only rows with, one a line: Region = North", _lines("th-filters", "filters")),
    ]


def _life() -> list[Any]:
    return [
        html.Div(
            [
                _field(
                    "th-pending", "Fires after so many broken periods in a row",
                    _whole("th-pending", "pending"), when=_of_periods(),
                ),
                _field(
                    "th-keep_firing", "Resolves after so many good periods in a row",
                    _whole("th-keep_firing", "keep_firing"), when=_of_periods(),
                ),
                _field(
                    "th-recovery_margin", "Counts as good when inside its limit by",
                    html.Div(
                        [
                            _number("th-recovery_margin", "recovery_margin"),
                            html.Span(className="unit-words", **attributes(data_unit_of="th-recovery_margin")),
                        ],
                        className="limit",
                    ),
                    when=_of_periods(),
                ),
                _field(
                    "th-cooldown_hours", "Does not fire again for, in hours",
                    _number("th-cooldown_hours", "cooldown_hours"),
                ),
                _field(
                    "th-repeat_hours", "Told again while nobody acknowledges, every so many hours (0: never)",
                    _number("th-repeat_hours", "repeat_hours"),
                ),
            ],
            className="row-of-fields",
        )
    ]  # fmt: skip


def _messages(known: Known) -> list[Any]:
    return [
        _channels(known),
        html.Div(
            [
                _field("th-owner", "Owner", _text("th-owner", "owner", 255)),
                _field("th-tags", "Tags, with commas between", _text("th-tags", "tags", 1000)),
                _field("th-name", "Name (without one: what it says)", _text("th-name", "name", MOST_NAME)),
                _field("th-quiet_from", "Quiet from", _clock("th-quiet_from", "quiet_from")),
                _field("th-quiet_to", "Quiet until", _clock("th-quiet_to", "quiet_to")),
            ],
            className="row-of-fields",
        ),
        _tick("th-working_days", "Messages on working days only; what comes up else is held back", "working_days"),
        _field(
            "th-note",
            "Note that travels in the message",
            html.Textarea(rows=2, maxLength=MOST_TEXT, **_control("th-note", "note")),
        ),
    ]


def _channels(known: Known) -> Any:
    if not known.channels:
        settings = link("Settings", "/settings/channels")
        words = ["There is no channel yet; alerts are on their page alone. Channels are made under ", settings, "."]
        return html.P(words, className="muted small")
    boxes = [
        _tick(f"th-channel-{one.id}", f"{one.name}{f' ({one.problem})' if one.problem else ''}", "", str(one.id))
        for one in known.channels
    ]
    place = html.Div(className="mistake", id="th-channels-mistake", **attributes(data_mistake="channels"))
    return html.Fieldset(
        [html.Legend("Told by (none: as the routes say)"), html.Div(boxes, className="ticks"), place],
        className="fields",
    )


def _actions(edited: Edited, view: View) -> Any:
    number = edited.number
    more = [link("Versions", address(view, versions=str(number)), "quiet bordered")] if number else []
    buttons = [
        *more,
        link("Cancel", address(view), "quiet bordered", id="threshold-cancel"),
        button("Save", id="threshold-save", className="primary"),
    ]
    words = html.P(id="thresholds-words", className="used-by", **attributes(aria_live="polite"))
    wrong = html.Div(id="threshold-mistake", className="mistake", role="alert")
    return html.Div([wrong, words, html.Div(buttons, className="actions")], className="surface editor-actions")


def _of_periods() -> str:
    return " ".join(OF_PERIODS)


def _fold(name: str, words: str, content: list[Any], when: str = "") -> Any:
    shown = attributes(data_when=when, data_condition="0") if when else {}
    return html.Details([html.Summary(words), html.Div(content, className="fold")], id=f"th-fold-{name}", **shown)


def _field(name: str, label: Any, control: Any, when: str = "", condition: int = 0) -> Any:
    """Put a label above a control and what is wrong with it below."""
    shown = attributes(data_when=when, data_condition=str(condition)) if when else {}
    wrong = html.Div(className="mistake", id=f"{name}-mistake", **attributes(data_mistake=name))
    return html.Div([html.Label(label, htmlFor=name), control, wrong], className="field", **shown)


def _when(kinds: str, words: str, at: int) -> Any:
    return html.Span(words, **attributes(data_when=kinds, data_condition=str(at)))


def _control(name: str, field: str, kind: str = "form-control") -> dict[str, Any]:
    data = attributes(data_field=field, aria_describedby=f"{name}-mistake")
    return {"id": name, "className": kind, **data}


def _number(name: str, field: str) -> Any:
    return Input(inputmode="decimal", autocomplete="off", **_control(name, field))


def _whole(name: str, field: str) -> Any:
    return Input(type="number", min="1", step="1", autocomplete="off", **_control(name, field))


def _text(name: str, field: str, most: int) -> Any:
    return Input(maxlength=most, autocomplete="off", **_control(name, field))


def _clock(name: str, field: str) -> Any:
    return Input(type="time", **_control(name, field))


def _lines(name: str, field: str) -> Any:
    return html.Textarea(rows=2, spellCheck="false", **_control(name, field))


def _select(name: str, field: str, known: Mapping[str, str]) -> Any:
    options = [html.Option(words, value=value) for value, words in known.items()]
    return html.Select(options, **_control(name, field, "form-select select"))


def _tick(name: str, label: str, field: str, value: str = "") -> Any:
    data = attributes(data_field=field) if field else attributes(data_channel=value)
    box = Input(id=name, type="checkbox", className="form-check-input", **data)
    return html.Div([box, html.Label(label, htmlFor=name)], className="tick")
