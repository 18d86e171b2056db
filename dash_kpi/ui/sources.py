"""What the data page shows: the sources, the last readings, and the watched folders."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dash import html

from dash_kpi.kpis.catalogue import label_of
from dash_kpi.reporting.values import DataPage, IngestRow, SourceRow, SourceWarning
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.families import Family, families
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.mapping import link
from dash_kpi.ui.overlaps import overlaps

STATUS = {  # what a source or a reading is in: icon, word, tone
    "ok": ("check", "Read", "good"),
    "missing": ("warning", "File missing", "warn"),
    "refused": ("stop", "Refused", "bad"),
    "held": ("hourglass", "Held", "warn"),
    "retired": ("archive", "Retired", "calm"),
    "queued": ("hourglass", "Waiting", "calm"),
    "running": ("hourglass", "Reading", "calm"),
    "loaded": ("check", "Loaded", "good"),
    "unchanged": ("check", "Nothing new", "calm"),
}
MOST_ADDRESSES = 30  # named; the report of the command line has more
MOST_WARNINGS = 20  # listed; the page of the source has all
MOST_NAMES = 8  # of measures or dimensions; the page of the source has all
PROPOSED = "lookup_proposed"
SOURCE_HEADS = ("File", "Status", "Rows", "Days", "Measures", "Dimensions", "Read", "")
INGEST_HEADS = ("File", "Outcome", "Rows", "Refused", "When")


def contents(page: DataPage, now: datetime) -> dict[str, Any]:
    """Return what each part of the page shows; the keys are those of the page's outputs."""
    return {
        "folders": [folder(path) for path in page.folders],
        "sources": sources(page.sources, now),
        "ingests": ingests(page.ingests, now),
        "overlaps": overlaps(page.overlaps, page.same_days),
        "count": formatted.count(len(page.sources), "source"),
    }


def folder(path: str) -> Any:
    """Show the path of a watched folder, ready to be copied."""
    copy = button(
        [icon("copy"), "Copy path"],
        className="quiet",
        **attributes(data_copy=path),
    )
    return html.Li([icon("folder"), html.Code(path), copy])


def sources(rows: Sequence[SourceRow], now: datetime) -> Any:
    """List the sources; one that is missing can be retired, one that is retired restored."""
    if not rows:
        return html.P("No source yet. Add a workbook or a CSV file above; its sheets appear here.", className="muted")
    shown = [_family(one, now) if isinstance(one, Family) else _source(one, now) for one in families(rows)]
    return _table("Sources", SOURCE_HEADS, shown, "sources")


def ingests(rows: Sequence[IngestRow], now: datetime) -> Any:
    """List the last readings of files, newest first."""
    if not rows:
        return html.P("Nothing was read yet.", className="muted")
    return _table("Last readings", INGEST_HEADS, [_ingest(row, now) for row in rows], "ingests")


def status(name: str) -> Any:
    """Name a status with an icon and a word, never by colour alone."""
    picture, word, tone = STATUS[name]
    return html.Span([icon(picture), word], className=f"status {tone}", **attributes(data_status=name))


def _source(row: SourceRow, now: datetime) -> Any:
    cells = [
        [
            _file(row),
            html.Span(row.sheet, className="sheet") if row.sheet else None,
            original(row.original, row.file),
        ],
        [status(row.status), html.Span(row.reason, className="reason") if row.reason else None, _warnings(row)],
        [html.Span(f"{row.rows:,}"), _refused(row.rows_refused), _shared(row.shared_rows)],
        [
            html.Span(formatted.days(row.first_day, row.last_day), className="days"),
            html.Span(f"by {row.grain}", className="sub") if row.grain else None,
        ],
        _names([label_of(name) for name in row.measures]),
        _names(row.dimensions),
        [ago(row.read_at, now), late(row.late_since, row.cadence, row.owner)],
        [_mapping(row), _action(row)],
    ]
    return html.Tr(_cells(SOURCE_HEADS, cells), **attributes(data_source=str(row.id), data_status=row.status))


def original(revision: int | None, file: str, looks: str = "original") -> Any:
    """Link the content of a file as it was read, where that is kept."""
    if revision is None:
        return None
    words = [icon("download"), "Original", unseen(f" of {file}")]
    return html.A(words, href=f"/api/v1/originals/{revision}", className=looks, download="")


def _names(names: Sequence[str]) -> Any:
    more = len(names) - MOST_NAMES
    text = ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
    return html.Span(text or "–", className="names")


def _file(row: SourceRow) -> Any:
    """Name the file, and lead to the report of what was read of it."""
    link = html.A(row.file, href=f"/data/source?id={row.id}", className="file", **attributes(data_page=""))
    return html.Strong(link)


def _family(family: Family, now: datetime) -> Any:
    """Show sources with the same headings as one that grows; its parts are listed below it."""
    rows = family.members
    states = Counter(row.status for row in rows)
    first = min((row.first_day for row in rows if row.first_day), default=None)
    last = max((row.last_day for row in rows if row.last_day), default=None)
    cells = [
        [html.Strong(family.name, className="file"), html.Span(family.size, className="sheet")],
        [html.Span([status(name), f" {number}"], className="sub") for name, number in states.items()],
        [html.Span(f"{sum(row.rows for row in rows):,}"), _refused(sum(row.rows_refused for row in rows))],
        html.Span(formatted.days(first, last), className="days"),
        _names([label_of(name) for name in dict.fromkeys(name for row in rows for name in row.measures)]),
        _names(list(dict.fromkeys(name for row in rows for name in row.dimensions))),
        [
            ago(max((row.read_at for row in rows if row.read_at), default=None), now),
            *(late(row.late_since, row.cadence, row.owner) for row in rows if row.late_since),
        ],
        None,
    ]
    parts = _table(family.name, SOURCE_HEADS, [_source(row, now) for row in rows], "sources")
    warned = sum(bool(row.warnings) for row in rows)
    words = [f"Show the {family.size}", html.Span(f", {warned} with warnings", className="warn") if warned else None]
    details = html.Details([html.Summary(words), parts])
    return [
        html.Tr(_cells(SOURCE_HEADS, cells), className="family", **attributes(data_family=family.name)),
        html.Tr(html.Td(details, colSpan=len(SOURCE_HEADS)), className="members"),
    ]


def _ingest(row: IngestRow, now: datetime) -> Any:
    outcome = row.status if row.status != "done" else (row.outcome or "loaded")
    outcome = "held" if row.is_held and row.status == "refused" else outcome
    cells = [
        [html.Span(row.file, className="file"), *_left_out(row)],
        [status(outcome), html.Span(row.reason, className="reason") if row.reason else None],
        f"{row.rows_loaded:,}",
        f"{row.rows_refused:,}",
        ago(row.finished_at or row.created_at, now),
    ]
    return html.Tr(_cells(INGEST_HEADS, cells), **attributes(data_ingest=str(row.id), data_status=outcome))


def late(since: date | None, cadence: str | None, owner: str | None) -> Any:
    """Say that a new version is overdue, since when, and who answers for it."""
    if since is None:
        return None
    words = f"Late since {formatted.day(since)}: {cadence}" + (f"; ask {owner}" if owner else "")
    return html.Span([icon("clock"), words], className="late sub")


def _left_out(row: IngestRow) -> list[Any]:
    """Say why sheets are no sources, and where that can be changed."""
    sheets = row.left_out_sheets or (None,) * len(row.left_out)
    lines = [
        [reason, " ", link(row.id, sheet, "Mapping", f"Show how {sheet or row.file} is read")]
        if sheet is not None
        else reason
        for reason, sheet in zip(row.left_out, sheets, strict=True)
    ]
    if row.outcome == "refused":
        lines.append([link(row.id, None, "Mapping", f"Show how {row.file} is read")])
    return [html.Span(line, className="sub muted") for line in lines]


def _mapping(row: SourceRow) -> Any:
    if row.file_id is None:
        return None
    return link(row.file_id, row.sheet or "", "Mapping", f"Show how {row.sheet or row.file} is read")


def _refused(number: int) -> Any:
    return html.Span(f"{number:,} refused", className="sub warn") if number else None


def _shared(number: int) -> Any:
    return html.Span(f"{number:,} counted elsewhere", className="sub") if number else None


def _warnings(row: SourceRow) -> Any:
    if not row.warnings:
        return None
    items = [
        html.Li([warning.message, _addresses(warning), _join(row, warning)], **attributes(data_code=warning.code))
        for warning in row.warnings[:MOST_WARNINGS]
    ]
    more = len(row.warnings) - MOST_WARNINGS
    rest = html.P(f"{formatted.count(more, 'further warning')} on the page of the source.") if more > 0 else None
    summary = html.Summary(formatted.count(len(row.warnings), "warning"))
    return html.Details([summary, html.Ul(items), rest], className="warnings")


def _join(row: SourceRow, warning: SourceWarning) -> Any:
    """Lead from a proposed lookup to where it can be joined."""
    if warning.code != PROPOSED or row.file_id is None:
        return None
    return [" ", link(row.file_id, row.sheet or "", "Join it in the mapping", f"Join a lookup to {row.file}")]


def _addresses(warning: SourceWarning) -> Any:
    """List the cells a warning is about, the first of them at least."""
    if not warning.cells:
        return None
    more = warning.count - len(warning.cells[:MOST_ADDRESSES])
    text = ", ".join(warning.cells[:MOST_ADDRESSES]) + (f" and {more:,} more" if more > 0 else "")
    return html.Span(text, className="addresses")


def _action(row: SourceRow) -> Any:
    if row.status == "retired":
        return _button("restore", row.id, "Restore", f"Restore {row.file}")
    if row.status == "held":
        return html.A("Decide", href=f"/data/source?id={row.id}", className="quiet", **attributes(data_page=""))
    if row.status != "missing":
        return None
    words = html.P("Its rows leave the numbers from now on. You can restore it here at any time.")
    return [
        button("Retire\u00a0…", className="quiet", **attributes(data_confirm="", aria_expanded="false")),
        html.Div(
            [words, _button("retire", row.id, "Retire it", f"Retire {row.file}")], className="confirm", hidden=True
        ),
    ]


def _button(act: str, source_id: int, text: str, title: str) -> Any:
    wish = attributes(data_act=act, data_id=str(source_id))
    return button(text, className="quiet", title=title, **wish)


def _table(caption: str, heads: Sequence[str], rows: list[Any], name: str) -> Any:
    head = [html.Th(text or unseen("Actions"), scope="col", className=_align(text)) for text in heads]
    body = [html.Caption(caption, className="visually-hidden"), html.Thead(html.Tr(head)), html.Tbody(rows)]
    content = html.Table(body, className=f"plain {name}")
    return html.Div(content, className="scroll", tabIndex=0, role="region", **attributes(aria_label=caption))


def _cells(heads: Sequence[str], cells: Sequence[Any]) -> list[Any]:
    return [
        html.Td(cell, className=_align(head), **attributes(data_head=head))
        for head, cell in zip(heads, cells, strict=True)
    ]


def _align(head: str) -> str:
    return "number" if head in ("Rows", "Refused") else ""
