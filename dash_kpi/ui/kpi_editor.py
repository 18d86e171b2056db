"""The editor of a KPI: its fields, the words that formulas have, and what can be done."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dash_kpi.kpis.calendar import GRAINS
from dash_kpi.kpis.definition import MOST_DESCRIPTION, MOST_FORMULA, MOST_LABEL, MOST_NAME, Definition
from dash_kpi.reporting.definition_list import Edited
from dash_kpi.reporting.definitions import Use
from dash_kpi.reporting.view import View
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.kpis import DIRECTIONS, UNITS, address, options
from dash_kpi.ui.links import link, overview_of

TARGETS = {
    "none": "No target",
    "value": "One value for every period",
    "per": "An amount per period",
    "formula": "A formula, such as budget",
}
DECIMALS = {"": "As the unit has them", **{str(number): str(number) for number in range(7)}}


def title(edited: Edited) -> str:
    """Name the page after what is edited."""
    return "New KPI" if edited.is_new else f"KPI {edited.entry.definition.label}"


def form(edited: Edited, view: View) -> list[Any]:
    """Lay out the editor; `assets/kpis.js` keeps what is typed and asks for the preview."""
    one = edited.entry.definition
    return [
        html.Div(
            html.Div([_what(edited), _how(one), _target(one), _who(one)], className="editor-fields"),
            className="surface panel",
        ),
        html.Div(
            [*_used_by(edited, view), _actions(edited, view)],
            className="surface editor-actions",
        ),
    ]


def data(edited: Edited) -> dict[str, str]:
    """Return what the browser's script has to know of what is edited, as attributes of the form."""
    one = edited.entry
    return {
        "name": one.definition.name,
        "version": str(one.version),
        "new": "1" if edited.is_new else "",
        "hidden": "1" if one.definition.is_hidden else "",
    }


def _what(edited: Edited) -> Any:
    one, is_new = edited.entry.definition, edited.is_new
    words = "The name that formulas know it by; it cannot be changed later." if is_new else "The name in formulas."
    name = Input(
        id="kpi-name",
        className="form-control code",
        value=one.name,
        maxlength=MOST_NAME,
        readonly=not is_new,
        autocomplete="off",
        **attributes(aria_describedby="kpi-name-words kpi-name-mistake"),
    )
    formula = html.Textarea(
        one.formula,
        id="kpi-formula",
        className="form-control code",
        rows=3,
        maxLength=MOST_FORMULA,
        spellCheck="false",
        **attributes(aria_describedby="kpi-formula-mistake"),
    )
    return html.Fieldset(
        [
            html.Legend("What it is"),
            *_field("kpi-label", "Label", Input(**_text("kpi-label", one.label, MOST_LABEL))),
            *_field("kpi-name", "Name", name),
            html.P(words, id="kpi-name-words", className="muted small"),
            html.Div(id="kpi-name-mistake", className="mistake"),
            *_field("kpi-formula", "Formula", formula),
            html.Div(id="kpi-formula-mistake", className="mistake", **attributes(aria_live="polite")),
            _words(edited),
            *_field(
                "kpi-description",
                "Description",
                html.Textarea(
                    one.description, id="kpi-description", className="form-control", rows=2, maxLength=MOST_DESCRIPTION
                ),
            ),
        ],
        className="fields wide",
    )


def _how(one: Definition) -> Any:
    decimals = "" if one.decimals is None else str(one.decimals)
    return html.Fieldset(
        [
            html.Legend("How it is shown"),
            *_field("kpi-unit", "Unit", _select("kpi-unit", UNITS, one.unit)),
            html.P("Durations are computed in hours.", className="muted small"),
            *_field("kpi-decimals", "Decimals", _select("kpi-decimals", DECIMALS, decimals)),
            *_field("kpi-direction", "Direction", _select("kpi-direction", DIRECTIONS, one.direction)),
        ],
        className="fields",
    )


def _target(one: Definition) -> Any:
    target = one.target
    kind = "none" if target is None else "formula" if target.formula else "per" if target.per else "value"
    number = ""
    if target and target.value is not None:
        number = f"{target.value * 100:.12g}" if one.unit == "percent" else f"{target.value:.15g}"
    grains = {str(grain): str(grain) for grain in GRAINS}
    value = Input(
        id="kpi-target-value",
        className="form-control",
        value=number,
        inputmode="decimal",
        autocomplete="off",
        **attributes(aria_describedby="kpi-target-mistake"),
    )
    formula = Input(
        **_text("kpi-target-formula", target.formula if target else "", MOST_FORMULA, "form-control code"),
        **attributes(aria_describedby="kpi-target-mistake"),
    )
    return html.Fieldset(
        [
            html.Legend("Target"),
            *_field("kpi-target-kind", "Kind", _select("kpi-target-kind", TARGETS, kind)),
            html.Div(
                [html.Label(["Value", html.Span(id="kpi-target-unit")], htmlFor="kpi-target-value"), value],
                **attributes(data_target="value per"),
            ),
            html.Div(
                _field("kpi-target-per", "Per", _select("kpi-target-per", grains, (target and target.per) or "month")),
                **attributes(data_target="per"),
            ),
            html.Div(_field("kpi-target-formula", "Formula", formula), **attributes(data_target="formula")),
            html.Div(id="kpi-target-mistake", className="mistake", **attributes(aria_live="polite")),
        ],
        className="fields",
    )


def _who(one: Definition) -> Any:
    return html.Fieldset(
        [
            html.Legend("Whose it is"),
            *_field("kpi-owner", "Owner", Input(**_text("kpi-owner", one.owner, 255))),
            *_field("kpi-tags", "Tags, with commas between", Input(**_text("kpi-tags", ", ".join(one.tags), 1000))),
        ],
        className="fields",
    )


def _words(edited: Edited) -> Any:
    """Offer what can be put into the formula."""
    words = edited.words
    groups: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("Measures", {name: name for name in words.measures}),
        ("KPIs", {name: name for name, _ in words.kpis if name != edited.entry.definition.name}),
        ("Filters", {name: f'[{_quoted(name)} = "|"]' for name in words.dimensions}),
        ("Functions", {name: name if name.endswith("days") else f"{name}(|)" for name in words.functions}),
    )
    labels = dict(words.kpis)
    return html.Div(
        [
            html.Details(
                [
                    html.Summary(name),
                    html.Div(
                        [
                            button(word, className="word", title=labels.get(word), **attributes(data_insert=text))
                            for word, text in texts.items()
                        ],
                        className="words",
                    ),
                ],
                open=name == "Measures",
            )
            for name, texts in groups
            if texts
        ],
        className="insert",
        role="group",
        **attributes(aria_label="Insert into the formula"),
    )


def _quoted(name: str) -> str:
    plain = all(part.isidentifier() and part not in ("in", "not") for part in name.split())
    return name if plain else f'"{name}"' if '"' not in name else f"'{name}'"


def _used_by(edited: Edited, view: View) -> list[Any]:
    if edited.is_new:
        return []
    name = edited.entry.definition.name
    uses = [_use(one, view) for one in edited.uses]
    chart = link("its charts", f"{overview_of(view)}{'&' if view.to_query() else '?'}kpi={name}")
    listed: list[Any] = []
    for part in [*uses, chart]:
        listed += [", ", part] if listed else [part]
    return [html.P(["Used by ", *listed], className="used-by")]


def _use(one: Use, view: View) -> Any:
    return link(one.label, address(view, edit=one.name)) if one.kind == "kpi" else html.Span(one.label)


def _actions(edited: Edited, view: View) -> Any:
    undo = []
    if edited.has_versions:
        ids = attributes(
            data_kpi_act="undo", data_name=edited.entry.definition.name, data_version=str(edited.entry.version)
        )
        undo = [button("Undo last save", className="quiet bordered", **ids)]
    return html.Div(
        [
            *undo,
            link("Cancel", address(view), "quiet bordered"),
            button("Save", id="kpi-save", className="primary"),
        ],
        className="actions",
    )


def _field(name: str, label: str, control: Any) -> list[Any]:
    return [html.Label(label, htmlFor=name), control]


def _text(name: str, value: str, most: int, kind: str = "form-control") -> dict[str, Any]:
    return {"id": name, "className": kind, "value": value, "maxlength": most, "autocomplete": "off"}


def _select(name: str, known: Mapping[str, str], chosen: str | None) -> Any:
    return html.Select(options(known, chosen), id=name, className="form-select select")
