"""What the mapping editor shows beside the sheet: what is wrong, the result, the table's settings, the actions.

`assets/mapping.js` keeps the draft: a field with `data-rule` changes it, a button with `data-mapping-act`
saves it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from dash import html

from dash_kpi.ingest.previewed import Editor, Saved
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.rules import Join
from dash_kpi.kpis.catalogue import label_of
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.icons import icon
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link as go
from dash_kpi.ui.mapping_grid import grid
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import placeholder

LAYOUTS = {
    "rows": "Rows",
    "months_across": "Months across",
    "values_across": "Values across",
    "statement": "Statement",
}
ORDERS = {"false": "Day first (31/12)", "true": "Month first (12/31)"}
DECIMALS = {",": "Comma (1.234,5)", ".": "Point (1,234.5)"}
MOST_ADDRESSES = 30
MOST_FACTS = 16  # in sight; the other columns are folded
PROPOSED = "lookup_proposed"


def rendered(editor: Editor, now: datetime) -> dict[str, str]:
    """Return every part of the page as the browser takes it."""
    return {name: markup(part) for name, part in contents(editor, now).items()}


def contents(editor: Editor, now: datetime) -> dict[str, Any]:
    """Return what each part of the page shows."""
    return {
        "title": f"Mapping of {editor.file}",
        "subject": _sheets(editor),
        "saved": _saved(editor.saved, now),
        "result": _result(editor),
        "settings": _settings(editor) if editor.preview else None,
        "grid": grid(editor.preview, editor.rules) if editor.preview else None,
        "actions": _actions(editor),
    }


def refused(reason: str) -> dict[str, str]:
    """Return the parts of a page that has nothing to show, with the reason."""
    back = go("Go to Data", "/data", "primary")
    parts: dict[str, Any] = dict.fromkeys(("subject", "result", "settings", "grid", "actions"))
    shown = {**parts, "title": "Mapping", "saved": placeholder("info", "Nothing to map here", reason, back)}
    return {name: markup(part) for name, part in shown.items()}


def address(file_id: int, sheet: str | None) -> str:
    """Return the address of the mapping of a table."""
    return "/data/mapping?" + urlencode({"file": file_id} | ({} if sheet is None else {"sheet": sheet}))


def link(file_id: int, sheet: str | None, text: str, title: str) -> Any:
    """Link the mapping of a table; the browser's script keeps the view in the address."""
    return html.A(text, href=address(file_id, sheet), title=title, className="more", **attributes(data_mapping=""))


def _sheets(editor: Editor) -> Any:
    """Name the sheet, and link the others of the workbook with what is known of them."""
    sheets = editor.preview.sheets if editor.preview else {}
    if not sheets:
        return html.Span(editor.sheet, className="sheet") if editor.sheet else None
    items = []
    for name, is_hidden in sheets.items():
        words = ", ".join(
            filter(None, ("hidden" if is_hidden else "", "refused" if name in editor.refused_sheets else ""))
        )
        remark = html.Span(f" ({words})", className="muted") if words else None
        here = html.Span([name, remark], **attributes(aria_current="page"))
        there = html.A([name, remark], href=address(editor.file_id, name), **attributes(data_mapping=""))
        items.append(html.Li(here if name == editor.sheet else there))
    return html.Nav(html.Ul(items, className="sheets"), **attributes(aria_label="Sheets"))


def _saved(saved: Saved | None, now: datetime) -> Any:
    if saved is None:
        return html.P("Nothing is decided yet: everything is as inferred.", className="muted")
    whom = "every file with this header" if saved.is_for_header else "this source"
    what = "To be read as inferred" if saved.is_inferred else "Decided"
    times = f", version {saved.versions}" if saved.versions > 1 else ""
    return html.P([f"{what} for {whom} ", ago(saved.at, now), times, "."], className="muted")


# The result


def _result(editor: Editor) -> Any:
    if editor.preview is None:
        return _reason(editor.reason or "")
    joins = [_joined(join, place) for place, join in enumerate(editor.rules.joins)]
    return [*(_table(table) for table in editor.preview.tables), html.Ul(joins, className="joins") if joins else None]


def _reason(reason: str) -> Any:
    return html.P([html.Span([icon("stop"), "Refused"], className="status bad"), " ", reason], className="verdict")


def _table(table: TableReading) -> Any:
    if table.status == "refused":
        return html.Div([_reason(table.reason or ""), _warnings(table.warnings)], className="outcome")
    verdict = html.P(
        [
            html.Span([icon("check"), "Can be read:"], className="status good"),
            f" {table.rows_loaded:,} of {formatted.count(table.rows_read, 'row')} loaded, ",
            html.Span(f"{table.rows_refused:,} refused", className="warn" if table.rows_refused else ""),
            ".",
        ],
        className="verdict",
    )
    days = formatted.days(date.fromisoformat(table.date.min), date.fromisoformat(table.date.max)) if table.date else ""
    facts = [_fact("Days", f"{days}, by {table.grain}" if table.grain else days)]
    facts += [
        _fact(
            label_of(name),
            formatted.exact("number", one.total),
            f"{one.aggregation}, {formatted.formula(one.derived) if one.derived else one.column}",
            data_total=name,
        )
        for name, one in table.measures.items()
    ]
    facts += [
        _fact(name, formatted.count(one.values, "value"), f"dimension, {one.column}")
        for name, one in table.dimensions.items()
    ]
    shown = [html.Dl(facts[:MOST_FACTS], className="facts"), _folded(facts[MOST_FACTS:])]
    return html.Div([verdict, *shown, _warnings(table.warnings)], className="outcome")


def _folded(facts: list[Any]) -> Any:
    if not facts:
        return None
    summary = html.Summary(formatted.count(len(facts), "further column"))
    return html.Details([summary, html.Dl(facts, className="facts")])


def _fact(name: str, value: str, remark: str = "", **data: str) -> Any:
    more = html.Span(remark, className="sub") if remark else None
    return html.Div([html.Dt(name), html.Dd([value, more])], **attributes(**data))


def _warnings(warnings: Sequence[Finding]) -> Any:
    if not warnings:
        return None
    items = [
        html.Li([one.message, _addresses(one), _proposal(one)], **attributes(data_code=one.code)) for one in warnings
    ]
    summary = html.Summary(formatted.count(len(items), "warning"))
    is_open = any(one.code == PROPOSED for one in warnings)
    return html.Details([summary, html.Ul(items)], className="warnings", open=is_open)


def _addresses(warning: Finding) -> Any:
    if not warning.cells:
        return None
    more = warning.count - len(warning.cells[:MOST_ADDRESSES])
    text = ", ".join(warning.cells[:MOST_ADDRESSES]) + (f" and {more:,} more" if more > 0 else "")
    return html.Span(text, className="addresses")


def _proposal(warning: Finding) -> Any:
    """Offer the lookup that a warning proposes."""
    if warning.code != PROPOSED or not warning.data:
        return None
    return button(
        "Join", className="quiet bordered", **attributes(data_join=orjson.dumps(warning.data["join"]).decode())
    )


def _joined(join: Join, place: int) -> Any:
    whole = ", ".join(join.columns)
    where = join.sheet or join.file or "the lookup"
    remove = button("Remove", className="quiet bordered", **attributes(data_unjoin=str(place)))
    return html.Li([f"Joined from {where} by {join.column}: {whole} ", remove])


# The settings of the table


def _settings(editor: Editor) -> Any:
    rules, found = editor.rules, editor.preview
    assert found is not None  # noqa: S101  the caller has looked
    row = next((table.header_row for table in found.tables if table.header_row), None)
    layout = next((table.layout for table in found.tables), "rows")
    codes = {warning.code for table in found.tables for warning in table.warnings}
    fields = [
        _number("header_row", "Header row", rules.header_row, row, 1_048_576),
        _number("header_rows", "Rows of headings", rules.header_rows, None, 10),
        _choice("layout", "Layout", LAYOUTS, rules.layout, LAYOUTS[layout]),
        _choice("month_first", "Dates in text", ORDERS, _word(rules.month_first), None),
        _choice("decimal", "Decimal sign in text", DECIMALS, rules.decimal, None),
    ]
    if rules.repairs_dates or any("swapped" in code for code in codes):
        fields.append(_check("repairs_dates", "Repair dates with day and month swapped", rules.repairs_dates))
    if found.sheets.get(editor.sheet) or rules.is_read:
        fields.append(_check("is_read", "Read this hidden sheet", bool(rules.is_read)))
    return html.Div(fields, className="choices")


def _word(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


def _number(rule: str, label: str, value: int | None, inferred: int | None, most: int) -> Any:
    name = f"mapping-{rule}"
    field = Input(
        id=name,
        type="number",
        min="1",
        max=str(most),
        value="" if value is None else str(value),
        placeholder=str(inferred or ""),
        className="form-control",
        **attributes(data_rule=rule),
    )
    return html.Div([html.Label(label, htmlFor=name), field])


def _choice(rule: str, label: str, known: dict[str, str], value: str | None, inferred: str | None) -> Any:
    name = f"mapping-{rule}"
    first = f"As inferred: {inferred}" if inferred and value is None else "As inferred"
    options = [html.Option(first, value="", selected=value is None)]
    options += [html.Option(text, value=key, selected=key == value) for key, text in known.items()]
    select = html.Select(options, id=name, className="form-select select", **attributes(data_rule=rule))
    return html.Div([html.Label(label, htmlFor=name), select])


def _check(rule: str, label: str, value: bool) -> Any:
    name = f"mapping-{rule}"
    box = Input(id=name, type="checkbox", checked=value, className="form-check-input", **attributes(data_rule=rule))
    return html.Div([box, html.Label(label, htmlFor=name)], className="check")


# The actions


def _actions(editor: Editor) -> Any:
    can_save = editor.is_changed and editor.preview is not None and editor.preview.is_loaded
    has_header = editor.preview is not None and editor.preview.header is not None
    can_spread = has_header and editor.preview is not None and editor.preview.is_loaded
    can_spread = can_spread and (editor.is_changed or (editor.saved is not None and not editor.saved.is_for_header))
    count = formatted.count(editor.sources, "source")
    words = "Changed, not saved yet." if editor.is_changed else "What you see is saved." if editor.saved else ""
    if editor.is_changed and not can_save:
        words = "Nothing would be read this way, so that it cannot be saved."
    return [
        html.Span(words, className="muted", role="status"),
        _act("save", "Save for this source", "primary", is_possible=can_save),
        _act("save_for_header", f"Save for every file with this header ({count})", is_possible=can_spread),
        _act("undo", "Undo last save", is_possible=editor.saved is not None),
        _act("reset", "Reset to inferred", is_possible=editor.saved is not None and not editor.saved.is_inferred),
        button("Cancel", className="quiet bordered", **attributes(data_nav="/data")),
    ]


def _act(act: str, text: str, looks: str = "quiet bordered", *, is_possible: bool) -> Any:
    wish = attributes(data_mapping_act=act)
    return button(text, id=f"mapping-{act}", className=looks, disabled=not is_possible, **wish)
