"""The sheet as the mapping editor shows it: rows and columns as a spreadsheet counts them, and their parts."""

from typing import Any

from dash import html

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.previewed import Preview, ShownRow
from dash_kpi.ingest.reading import ColumnPart
from dash_kpi.ingest.rules import ColumnRule, Rules
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.icons import unseen
from dash_kpi.ui.inputs import Input

PARTS = {
    "date": "Date",
    "measure:sum": "Measure: sum",
    "measure:mean": "Measure: mean",
    "measure:count": "Measure: count",
    "measure:last": "Measure: last value",
    "dimension": "Dimension",
    "left_out": "Left out",
}
WIDEST = 1 << 14  # columns of a sheet; those beyond are made by its layout
ROWS = {
    "title": "Title",
    "header": "Header",
    "data": "Data",
    "total": "Total",
    "note": "Note",
    "refused": "Refused",
    "unread": "Not read",
    "blank": "Blank",
}


def grid(preview: Preview, rules: Rules) -> Any:
    """Show the first rows of a sheet below the parts of its columns."""
    if not preview.rows:
        return html.P("The sheet shows no row.", className="muted")
    heads = [html.Th(unseen("Row"), scope="col", className="corner")]
    heads += [_column(part, rules.columns.get(part.heading)) for part in preview.columns]
    parts = [part.part if part.heading else "none" for part in preview.columns]
    body = [_row(row, parts) for row in preview.rows]
    table = html.Table(
        [
            html.Caption("The first rows of the sheet", className="visually-hidden"),
            html.Thead(html.Tr(heads)),
            html.Tbody(body),
        ],
        className="grid",
    )
    region = attributes(aria_label="The first rows of the sheet")
    return [html.Div(table, className="scroll grid-scroll", tabIndex=0, role="region", **region), _rest(preview)]


def part_of(part: ColumnPart) -> str:
    """Return the part of a column as the choice names it; one that is aggregated otherwise is a measure."""
    return f"measure:{part.aggregation or 'sum'}" if part.part == "measure" else part.part


def _rest(preview: Preview) -> Any:
    more = []
    if preview.more_rows:
        more.append(f"Only the first {formatted.count(len(preview.rows), 'row')} are shown; all are read.")
    if preview.more_columns:
        more.append(f"{formatted.count(preview.more_columns, 'more column')} to the right not shown.")
    return html.P(" ".join(more), className="muted small") if more else None


def _column(part: ColumnPart, rule: ColumnRule | None) -> Any:
    letter = letters(part.index) if part.index < WIDEST else "made"
    name = html.Span(letter, className="letter")
    if not part.heading:
        words = [html.Span("No part of its own", className="word"), html.Span(part.reason, className="reason")]
        return html.Th([name, *words], scope="col", className="column part-none")
    where = f"column {letter}, {part.heading}"
    inferred = part_of(part)
    select = [
        html.Label(f"Part of {where}", htmlFor=f"mapping-part-{part.index}", className="visually-hidden"),
        html.Select(
            _options(inferred, rule),
            id=f"mapping-part-{part.index}",
            className="form-select select",
            **attributes(data_rule="part", data_heading=part.heading, data_inferred=inferred),
        ),
    ]
    return html.Th(
        [name, *select, *_name(part, rule, where), html.Span(part.reason or "", className="reason")],
        scope="col",
        className=f"column part-{part.part}",
    )


def _options(inferred: str, rule: ColumnRule | None) -> list[Any]:
    """Offer the parts; the first leaves it to the reader and says what that is, where that is known."""
    chosen = ""
    if rule is not None:
        chosen = f"measure:{rule.aggregation or 'sum'}" if rule.part == "measure" else rule.part
        if rule.part == "measure" and rule.aggregation is None:
            chosen = inferred
    words = "As inferred" if rule else f"{PARTS.get(inferred, inferred)}, inferred"
    options = [html.Option(words, value="", selected=rule is None)]
    return options + [html.Option(text, value=key, selected=key == chosen) for key, text in PARTS.items()]


def _name(part: ColumnPart, rule: ColumnRule | None, where: str) -> list[Any]:
    if part.part not in ("measure", "dimension"):
        return []
    name = f"mapping-name-{part.index}"
    field = Input(
        id=name,
        type="text",
        value=(rule.name if rule else None) or "",
        placeholder=part.name or "",
        maxlength="100",
        autocomplete="off",
        className="form-control",
        **attributes(data_rule="name", data_heading=part.heading, data_inferred=part_of(part)),
    )
    return [html.Label(f"Name of {where}", htmlFor=name, className="visually-hidden"), field]


def _row(row: ShownRow, parts: list[str]) -> Any:
    number = f"{row.number}–{row.until}" if row.until else str(row.number)
    word = html.Span(ROWS[row.part], className="word" if row.part != "data" else "visually-hidden")
    head = html.Th([html.Span(number, className="at"), word], scope="row")
    if row.cells:  # what the layout makes is to the right of what the sheet has
        texts = (*row.cells, *("" for _ in parts[len(row.cells) :]))
        cells = [html.Td(text, className=f"part-{part}") for text, part in zip(texts, parts, strict=True)]
    else:
        cells = [html.Td("", colSpan=len(parts))]
    return html.Tr([head, *cells], className=f"row-{row.part}")
