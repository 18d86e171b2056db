"""Drafts: a mapping that a person works on in the page, until it is saved.

A draft is JSON: the reading by which the file is known, the sheet, the rules, and what was saved when it
was opened.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.errors import Refused
from dash_kpi.ingest import jobs, mappings
from dash_kpi.ingest.load import limits_of
from dash_kpi.ingest.mappings import Table
from dash_kpi.ingest.neighbours import told_besides
from dash_kpi.ingest.preview import preview
from dash_kpi.ingest.previewed import Editor, Preview, Saved
from dash_kpi.ingest.reading import Layout, Part
from dash_kpi.ingest.rules import Instructions, Rules
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest, MappingVersion, Source
from dash_kpi.storage.sources import file_name

BY = "page"  # until people have names here
AGGREGATIONS = ("sum", "mean", "count", "last")  # that the KPIs compute from daily values
UNKNOWN = "The address names no file that is known here; open the mapping from a source on the page Data."
MOST_ROW = 1_048_576
MOST_HEADER_ROWS = 10
MOST_NAME = 100

Draft = dict[str, Any]


def opened(database: Database, workspace: str, file: str | None, sheet: str | None) -> Draft:
    """Return the draft of a table as it is saved now; one with a `refusal` where there is no such file."""
    try:
        if file is None or not file.isdecimal():
            raise Refused(UNKNOWN)
        return _draft(database, _table(database, workspace, int(file), sheet), int(file))
    except Refused as refusal:
        return {"refusal": str(refusal)}


def shown(database: Database, workspace: str, draft: Draft) -> Editor:
    """Return what the editor shows of a draft. Raises Refused where its values cannot be."""
    rules = checked(draft["rules"])
    table = _table(database, workspace, draft["file"], draft["sheet"])
    try:
        found: Preview | None = _preview(database, table, rules)
        reason = None
    except Refused as refusal:
        found, reason = None, str(refusal)
    table = _with_header(database, table, found)
    with database.reading() as session:
        version = mappings.current(session, table)
        sources = mappings.sources_with(session, table.workspace_id, table.header)
        is_new = all((source.path, source.sheet) != (table.path, table.sheet) for source in sources)
        return Editor(
            file=file_name(table.path),
            file_id=draft["file"],
            sheet=table.sheet,
            rules=rules,
            is_changed=rules.as_json() != draft["saved"],
            preview=found,
            reason=reason,
            saved=_saved(session, table, version) if version else None,
            sources=len(sources) + is_new,
            refused_sheets=_refused_sheets(session, draft["file"]),
        )


def save(database: Database, workspace: str, draft: Draft, now: datetime) -> tuple[str, Draft]:
    """Save a draft for its table; return what to say and the new draft. Raises Conflict, Refused."""
    table, rules = _readable(database, workspace, draft)
    mappings.save_for_table(database, table, rules, draft["known"], BY, now)
    return f"Saved for {_name(table)}; it is read again.", _draft(database, table, draft["file"])


def save_for_header(database: Database, workspace: str, draft: Draft, now: datetime) -> tuple[str, Draft]:
    """Save a draft for every table with the same header, like `save`."""
    table, rules = _readable(database, workspace, draft)
    if rules.header_row or rules.header_rows or rules.layout or rules.is_read is not None:
        raise Refused(
            "Where the headings are, the layout and that a hidden sheet is read can be saved for one source only."
        )
    count = mappings.save_for_header(database, table, rules, draft["known"], BY, now)
    words = f"Saved for every file with this header; {count} {'source is' if count == 1 else 'sources are'} read again."
    return words, _draft(database, table, draft["file"])


def undo(database: Database, workspace: str, draft: Draft, now: datetime) -> tuple[str, Draft]:
    """Take the last decision about a table back, like `save`."""
    table = _located(database, workspace, draft)
    rules = mappings.undo(database, table, now)
    words = "the version before holds again" if rules.as_json() else "it is read as inferred again"
    return f"Undone: {words}.", _draft(database, table, draft["file"])


def reset(database: Database, workspace: str, draft: Draft, now: datetime) -> tuple[str, Draft]:
    """Let a table be read as inferred, like `save`."""
    table = _located(database, workspace, draft)
    mappings.reset(database, table, draft["known"], BY, now)
    return f"{_name(table)} is read as inferred again.", _draft(database, table, draft["file"])


def checked(kept: Mapping[str, Any]) -> Rules:
    """Return the rules of a draft. Raises Refused with the value that cannot be."""
    try:
        rules = Rules.from_json(kept)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise Refused("The mapping cannot be understood; reload the page.") from error
    _check_number("header row", rules.header_row, MOST_ROW)
    _check_number("number of header rows", rules.header_rows, MOST_HEADER_ROWS)
    _check_one_of("layout", rules.layout, get_args(Layout))
    _check_one_of("decimal sign", rules.decimal, (".", ","))
    for name in ("is_read", "month_first", "repairs_dates"):
        _check_one_of(name, getattr(rules, name), (True, False))
    for heading, rule in rules.columns.items():
        _check_one_of(f"part of column '{heading}'", rule.part, get_args(Part))
        _check_one_of(f"way column '{heading}' is summed up", rule.aggregation, AGGREGATIONS)
        if rule.name is not None and not (isinstance(rule.name, str) and 0 < len(rule.name.strip()) <= MOST_NAME):
            raise Refused(f"The name of column '{heading}' must have 1 to {MOST_NAME} characters.")
    return rules


def _check_number(what: str, value: Any, most: int) -> None:
    if value is not None and not (type(value) is int and 1 <= value <= most):
        raise Refused(f"The {what} must be a number from 1 to {most:,}, not '{value}'.")


def _check_one_of(what: str, value: Any, known: tuple[Any, ...]) -> None:
    if value is not None and not any(value is one or (isinstance(one, str) and value == one) for one in known):
        raise Refused(f"The {what} cannot be '{value}'.")


def _table(database: Database, workspace: str, file_id: int, sheet: str | None) -> Table:
    """Return the table that an address means; without a sheet, the first one of the file."""
    with database.reading() as session:
        row = session.get(Ingest, file_id)
        if row is None or row.workspace_id != workspace_named(session, workspace).id:
            raise Refused(UNKNOWN)
        table = Table(row.workspace_id, row.path, sheet or "")
        has_sheets = session.scalar(
            select(Source.sheet).where(Source.workspace_id == row.workspace_id, Source.path == row.path).limit(1)
        )
    if sheet is None and has_sheets != "":
        return Table(table.workspace_id, table.path, _preview(database, table, Rules(), is_named=False).sheet)
    return table


def _preview(database: Database, table: Table, rules: Rules, *, is_named: bool = True) -> Preview:
    path = jobs.path_of(database.settings, table.path)
    sheet = table.sheet if is_named else None
    settings = database.settings
    with database.reading() as session:
        drafted = Instructions(by_sheet={table.sheet: rules})
        told = told_besides(session, settings, table.workspace_id, table.path, drafted)
    return preview(path, sheet, rules, settings.snapshots, limits_of(settings), told)


def _with_header(database: Database, table: Table, found: Preview | None) -> Table:
    """Return the table with its header: that of the file now, else that of the source."""
    header = found.header if found else None
    if header is None:
        with database.reading() as session:
            is_it = (Source.workspace_id == table.workspace_id, Source.path == table.path, Source.sheet == table.sheet)
            header = session.scalar(select(Source.header).where(*is_it))
    return Table(table.workspace_id, table.path, table.sheet, header)


def _located(database: Database, workspace: str, draft: Draft) -> Table:
    """Return the table of a draft with its header, also where the file is gone."""
    table = _table(database, workspace, draft["file"], draft["sheet"])
    try:
        return _with_header(database, table, _preview(database, table, Rules()))
    except Refused:
        return _with_header(database, table, None)


def _readable(database: Database, workspace: str, draft: Draft) -> tuple[Table, Rules]:
    """Return the table and the rules of a draft that gives rows; what gives none is not saved."""
    rules = checked(draft["rules"])
    table = _table(database, workspace, draft["file"], draft["sheet"])
    found = _preview(database, table, rules)
    if not found.is_loaded:
        reason = next((one.reason for one in found.tables if one.reason), "nothing of the sheet can be read.")
        raise Refused(f"It was not saved, for nothing would be read: {reason}")
    return _with_header(database, table, found), rules


def _draft(database: Database, table: Table, file_id: int) -> Draft:
    """Return the draft of a table as it is saved; the header matters only where anything is."""
    with database.reading() as session:
        is_in_force = (MappingVersion.workspace_id == table.workspace_id, MappingVersion.ended_at.is_(None))
        is_any = session.scalar(select(MappingVersion.id).where(*is_in_force).limit(1))
    if is_any is not None and table.header is None:
        try:
            table = _with_header(database, table, _preview(database, table, Rules()))
        except Refused:
            table = _with_header(database, table, None)
    with database.reading() as session:
        version = mappings.current(session, table)
    rules = version.rules if version else {}
    known = version.id if version else None
    return {"file": file_id, "sheet": table.sheet, "rules": rules, "saved": rules, "known": known}


def _saved(session: Session, table: Table, version: MappingVersion) -> Saved:
    return Saved(
        at=version.created_at.isoformat(),
        by=version.created_by,
        is_for_header=version.path is None,
        is_inferred=not version.rules,
        versions=len(mappings.versions(session, table)),
    )


def _refused_sheets(session: Session, file_id: int) -> frozenset[str]:
    row = session.get(Ingest, file_id)
    tables = row.tables if row and row.tables else []
    return frozenset(table["sheet"] or "" for table in tables if table["status"] == "refused")


def _name(table: Table) -> str:
    return f"sheet '{table.sheet}'" if table.sheet else file_name(table.path)
