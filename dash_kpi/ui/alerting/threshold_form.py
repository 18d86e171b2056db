"""The form of a threshold: simple first, the rest folded. `assets/thresholds.js` fills it in and reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.rules.rule import MOST_NAME, MOST_TEXT, OF_NOW, OF_SOURCES
from dash_kpi.alerting.thresholds.values import Edited, Known
from dash_kpi.reporting.view import View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.alerting import threshold_fields as fields
from dash_kpi.ui.alerting.threshold_list import SEVERITY_WORDS, address
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
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
    return "New threshold" if edited.number is None else edited.sentence


def form(edited: Edited, known: Known, view: View) -> list[Any]:
    """Lay out the form; what it holds is filled in by the browser's script."""
    return [
        html.Div(
            [
                _simple(known),
                fields.fold("second", "Second condition", _second(), _of_periods()),
                fields.fold("segments", "Per segment, and filters", _segments(known)),
                fields.fold("life", "Life", _life()),
                fields.fold("messages", "Messages", _messages(known)),
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
                    fields.field(
                        "th-kpi", "KPI", html.Select(kpis, **fields.control("th-kpi", "kpi", "form-select select"))
                    ),
                    fields.field(
                        "th-grain", "Judged by", fields.select("th-grain", "grain", RULE_GRAINS), when=grain_kinds
                    ),
                    fields.field("th-severity", "Severity", fields.select("th-severity", "severity", severities)),
                ],
                className="row-of-fields",
            ),
            *_condition(0, KINDS),
            html.P(
                "↑ and ↓ move a limit by one step, with Shift by ten; or drag its line.",
                className="muted small",
                **attributes(data_when="below above inside outside", data_condition="0"),
            ),
            html.Div(id="thresholds-suggestions"),
        ],
        className="threshold-simple",
    )


def _condition(at: int, kinds: Mapping[str, str]) -> list[Any]:
    """Lay out one condition: each field appears where its kind uses it."""
    place, own = f"conditions.{at}", {"condition": at}
    low = [
        fields.when("below", "Limit", at), fields.when("inside outside", "From", at),
        fields.when("change", "Falls by more than", at), fields.when("forecast_crosses", "Falls below", at),
    ]  # fmt: skip
    high = [
        fields.when("above", "Limit", at), fields.when("inside outside", "To", at),
        fields.when("change", "Rises by more than", at), fields.when("forecast_crosses", "Rises above", at),
    ]  # fmt: skip
    percent = html.Span("%", className="unit-words")
    share = html.Div([fields.number(f"th-share-{at}", f"{place}.share"), percent], className="limit")
    return [
        html.Div(
            [
                fields.field(f"th-kind-{at}", "Fires when it", fields.select(f"th-kind-{at}", f"{place}.kind", kinds)),
                _limit("low", low, "below inside outside change forecast_crosses", at),
                _limit("high", high, "above inside outside change forecast_crosses", at),
                fields.field(
                    f"th-measured-{at}", "Measured",
                    fields.select(f"th-measured-{at}", f"{place}.measured", MEASURED), when="change", **own,
                ),
                fields.field(
                    f"th-against-{at}", "Against",
                    fields.select(f"th-against-{at}", f"{place}.against", AGAINST), when="change", **own,
                ),
                fields.field(
                    f"th-direction-{at}", "Direction",
                    fields.select(f"th-direction-{at}", f"{place}.direction", WAYS), when="anomaly", **own,
                ),
                fields.field(
                    f"th-sensitivity-{at}", "Fires at",
                    fields.select(f"th-sensitivity-{at}", f"{place}.sensitivity", SENSITIVITIES), when="anomaly", **own,
                ),
                fields.field(f"th-share-{at}", "By more than", share, when="refused restated", **own),
                fields.field(
                    f"th-periods-{at}", "Periods without data",
                    fields.whole(f"th-periods-{at}", f"{place}.periods"), when="no_data", **own,
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
    return fields.field(name, label, html.Div([fields.number(name, place), unit, kinds], className="limit"), when, at)


def _second() -> list[Any]:
    condition = html.Div(_condition(1, OF_PERIODS), **attributes(data_joined=""))
    return [fields.field("th-join", "Together with", fields.select("th-join", "join", JOINS)), condition]


def _segments(known: Known) -> list[Any]:
    by = {"": "the KPI as a whole"} | {name: f"each {formatted.heading(name)}" for name in known.dimensions}
    own = fields.field(
        "th-limits", "Limits of single values, one a line: North = 100", fields.lines("th-limits", "limits")
    )
    if not known.dimensions:
        return [html.P("The data has no dimension to judge by.", className="muted small")]
    return [
        html.Div(
            [
                fields.field("th-by", "Judged for", fields.select("th-by", "by", by)),
                html.Div([own, html.Div(id="thresholds-segments")], **attributes(data_segmented="")),
            ],
            className="fold",
            **attributes(data_when=_of_periods(), data_condition="0"),
        ),
        fields.field("th-filters", "Only rows with, one a line: Region = North", fields.lines("th-filters", "filters")),
    ]


def _life() -> list[Any]:
    return [
        html.Div(
            [
                fields.field(
                    "th-pending", "Fires after so many broken periods in a row",
                    fields.whole("th-pending", "pending"), when=_of_periods(),
                ),
                fields.field(
                    "th-keep_firing", "Resolves after so many good periods in a row",
                    fields.whole("th-keep_firing", "keep_firing"), when=_of_periods(),
                ),
                fields.field(
                    "th-recovery_margin", "Counts as good when inside its limit by",
                    html.Div(
                        [
                            fields.number("th-recovery_margin", "recovery_margin"),
                            html.Span(className="unit-words", **attributes(data_unit_of="th-recovery_margin")),
                        ],
                        className="limit",
                    ),
                    when=_of_periods(),
                ),
                fields.field(
                    "th-cooldown_hours", "Does not fire again for, in hours",
                    fields.number("th-cooldown_hours", "cooldown_hours"),
                ),
                fields.field(
                    "th-repeat_hours", "Told again while nobody acknowledges, every so many hours (0: never)",
                    fields.number("th-repeat_hours", "repeat_hours"),
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
                fields.field("th-owner", "Owner", fields.text("th-owner", "owner", 255)),
                fields.field("th-tags", "Tags, with commas between", fields.text("th-tags", "tags", 1000)),
                fields.field("th-name", "Name (without one: what it says)", fields.text("th-name", "name", MOST_NAME)),
                fields.field("th-quiet_from", "Quiet from", fields.clock("th-quiet_from", "quiet_from")),
                fields.field("th-quiet_to", "Quiet until", fields.clock("th-quiet_to", "quiet_to")),
            ],
            className="row-of-fields",
        ),
        fields.tick(
            "th-working_days", "Messages on working days only; what comes up else is held back", "working_days"
        ),
        fields.field(
            "th-note",
            "Note that travels in the message",
            html.Textarea(rows=2, maxLength=MOST_TEXT, **fields.control("th-note", "note")),
        ),
    ]


def _channels(known: Known) -> Any:
    if not known.channels:
        settings = link("Settings", "/settings/channels")
        words = ["There is no channel yet; alerts are on their page alone. Channels are made under ", settings, "."]
        return html.P(words, className="muted small")
    boxes = [
        fields.tick(f"th-channel-{one.id}", f"{one.name}{f' ({one.problem})' if one.problem else ''}", "", str(one.id))
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
