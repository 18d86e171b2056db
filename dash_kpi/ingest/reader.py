"""Read one file, whatever it is, into cleaned tables."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from dash_kpi.errors import Refused
from dash_kpi.ingest import inflation
from dash_kpi.ingest.delimited import Delimited
from dash_kpi.ingest.header_row import HeaderRow
from dash_kpi.ingest.inflation import SheetScan
from dash_kpi.ingest.package import PEEK_ROWS, has_data_model
from dash_kpi.ingest.raw import RawTable, connect, every_row_has_date
from dash_kpi.ingest.reading import LIST_SHEET, LIST_TITLE, FileReading, TableReading
from dash_kpi.ingest.repeats import without_repeats
from dash_kpi.ingest.rows import refused, subject, too_many_columns
from dash_kpi.ingest.rules import Instructions, Rules
from dash_kpi.ingest.snapshot import Target
from dash_kpi.ingest.sniff import Kind, kind_of
from dash_kpi.ingest.table_reader import TableReader
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.find import find_tables
from dash_kpi.ingest.tables.marks import without_marks
from dash_kpi.ingest.tables.peek import cells_of
from dash_kpi.ingest.tables.table import Table, hidden_rows
from dash_kpi.ingest.workbook import SMALL_FILE_BYTES, Workbook

OnProgress = Callable[[str, float], None]
Scan = Future[dict[str, SheetScan]]
MOST_CELLS_OF_A_ROW = 5_000  # days of thirteen years across the columns
_DUCKDB_BYTES = 512 << 20


def read_file(
    path: Path, directory: Path, on_progress: OnProgress, instructions: Instructions | None = None
) -> FileReading:
    """Read every table of a file and write each as a Parquet file into `directory`.

    Raise Refused with one sentence where no table can be loaded.
    """
    tables = read_tables(path, directory, on_progress, instructions)
    if not any(table.status == "loaded" for table in tables):
        raise Refused(_most_useful_reason(tables, kind_of(path) == "xlsx" and has_data_model(path)))
    on_progress("saving", 1.0)
    return FileReading(tuple(tables))


def read_tables(
    path: Path, directory: Path, on_progress: OnProgress, instructions: Instructions | None = None
) -> list[TableReading]:
    """Read every table of a file like `read_file`, also where none can be loaded."""
    on_progress("opening", 0.0)
    kind = kind_of(path)
    private = Path(tempfile.mkdtemp(prefix=".reading-", dir=directory))
    try:
        with connect(_DUCKDB_BYTES, private) as connection:
            reader = TableReader(connection, Target(directory, on_progress), instructions or Instructions())
            tables = _read_text(path, reader) if kind == "text" else _read_workbook(path, kind, private, reader)
            wanted = frozenset(table.sheet for table in tables if reader.told.for_sheet(table.sheet).is_read)
            return without_repeats(reader.with_proposals(tables), wanted)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _read_text(path: Path, reader: TableReader) -> list[TableReading]:
    file = Delimited(path)
    rules = reader.told.for_sheet(None)
    peeked = replace(cells_of(file.peek()), file=path.stem)
    _refuse_many_columns(None, peeked)
    reader.target.on_progress("reading", 0.1)
    if (table := _plain(peeked, rules)) is not None:
        raw = replace(file.read(_header(table), reader.connection), around=table.around)
        if path.stat().st_size > SMALL_FILE_BYTES or every_row_has_date(raw):
            return [reader.read(raw, None)]
    cells = without_marks(replace(file.cells(), file=path.stem))
    found = find_tables(cells, rules, lambda place: reader.told.for_sheet(_name(None, place)))
    if not found:
        return [refused(None, "The file is not a table: it has no row of headings with values below it.")]
    if len(found) == 1 and found[0].is_plain and _is_last(found[0], cells):
        raw = replace(file.read(_header(found[0]), reader.connection), around=found[0].around)
        return [reader.read(raw, None)]
    return [reader.read_built(one, cells, _name(None, place)) for place, one in enumerate(found)]


def _read_workbook(path: Path, kind: Kind, private: Path, reader: TableReader) -> list[TableReading]:
    """Read every sheet; the pass over the markup runs beside the first one, unless it is quick."""
    if kind == "xls":
        return _read_sheets(Workbook(path, kind, private), None, reader)
    with ThreadPoolExecutor(max_workers=1) as threads:
        scan = threads.submit(inflation.scan, path)
        if inflation.is_quick(path):
            scan.result()
        return _read_sheets(Workbook(path, kind, private), scan, reader)


def _read_sheets(book: Workbook, scan: Scan | None, reader: TableReader) -> list[TableReading]:
    names = book.sheet_names
    if not names:
        raise Refused("The workbook has no sheets.")
    reader.cells_of = lambda name: _cells(book, name, _seen(book, name, scan)) if name in names else None
    tables: list[TableReading] = []
    for place, name in enumerate(names):
        reader.target.on_progress("reading", 0.1 + 0.5 * place / len(names))
        try:
            tables += _read_sheet(book, name, scan, reader)
        except Refused as refusal:
            tables.append(refused(name, str(refusal)))
    if scan is not None:
        scan.result()
    return tables


def _read_sheet(book: Workbook, name: str, scan: Scan | None, reader: TableReader) -> list[TableReading]:
    rules = reader.told.for_sheet(name)
    seen = _seen(book, name, scan) if scan is not None and scan.done() else None
    _refuse_far_corner(name, seen)
    peeked = replace(cells_of(book.peek(name)), sheet=name, file=book.file)
    _refuse_many_columns(name, peeked)
    reason = _reason_to_skip(book, name, rules)
    if reason is not None:
        return [refused(name, reason)]
    if not book.has_pivot(name) and (table := _plain(peeked, rules)) is not None:
        raw = replace(book.read(name, _header(table), reader.connection), around=table.around)
        if not book.is_small or every_row_has_date(raw):
            return [reader.read(_with_markup(raw, _seen(book, name, scan)), name)]
    cells = _cells(book, name, _seen(book, name, scan))
    found = find_tables(cells, rules, lambda place: reader.told.for_sheet(_name(name, place)))
    if not found:
        return [refused(name, _why_no_table(book, name, cells))]
    return [reader.read_built(one, cells, _name(name, place)) for place, one in enumerate(found)]


def _name(sheet: str | None, place: int) -> str | None:
    """Name a table of a sheet: the first like the sheet itself, the others by their number."""
    if not place:
        return sheet
    return f"table {place + 1}" if sheet is None else f"{sheet} (table {place + 1})"


def _plain(peeked: Cells, rules: Rules) -> Table | None:
    """Return the table that the first rows of a sheet show, where it goes on below them and is plain.

    A sheet that ends within them is looked at in whole, which costs nothing.
    """
    if sum(bool(peeked.filled(row)) for row in range(len(peeked.rows))) < PEEK_ROWS:
        return None
    found = find_tables(peeked, rules)
    return found[0] if len(found) == 1 and found[0].is_plain else None


def _is_last(table: Table, cells: Cells) -> bool:
    """Tell whether nothing stands below a table, such as a footnote."""
    return not any(map(cells.filled, range(table.block.bottom + 1, len(cells.rows))))


def _header(table: Table) -> HeaderRow:
    headings = {column: table.heads.heading(column) for column in table.heads.paths}
    return HeaderRow(table.heads.bottom + 1, headings)


def _cells(book: Workbook, name: str, seen: SheetScan | None) -> Cells:
    broken: dict[tuple[int, int], str] = {}
    hidden = frozenset[int]() if seen is None else frozenset(seen.hidden_rows)
    if seen is not None:
        broken = {(row - 1, column): error for (row, column), error in seen.errors.items()}
        broken |= {(row - 1, column): "" for row, column in seen.formulas}
    cells = replace(book.cells(name), broken=broken, hidden=hidden, sheet=name)
    return without_marks(replace(cells, file=book.file, is_1904=book.is_1904))


def _seen(book: Workbook, name: str, scan: Scan | None) -> SheetScan | None:
    part = book.parts.get(name)
    return scan.result().get(part.member) if scan is not None and part else None


def _reason_to_skip(book: Workbook, name: str, rules: Rules) -> str | None:
    if rules.is_read is False:
        return f"Sheet '{name}' is left out, as its mapping says."
    if book.is_chart(name):
        return f"Sheet '{name}' is a chart."
    if name.startswith(LIST_SHEET) and book.peek(name).get(1, {}).get(0) == LIST_TITLE:
        return f"Sheet '{name}' is the list that Dash KPI has added."
    if book.is_hidden(name) and rules.is_read is None:
        return f"Sheet '{name}' is hidden and was not read."
    return None


def _why_no_table(book: Workbook, name: str, cells: Cells) -> str:
    if book.has_pivot(name) and not any(map(cells.filled, range(len(cells.rows)))):
        return f"Sheet '{name}' holds a pivot table, which sums rows that stand elsewhere; it was not read."
    if "" in cells.broken.values():
        return f"Sheet '{name}' holds formulas without their values; open it in Excel, save it there and load it again."
    return f"Sheet '{name}' holds no table."


def _refuse_far_corner(name: str, seen: SheetScan | None) -> None:
    if seen is not None and seen.is_too_wide:
        raise Refused(
            f"Sheet '{name}' reaches as far as cell {seen.corner}, which is too large to open. "
            "Delete the cells far away from the table."
        )


def _refuse_many_columns(name: str | None, peeked: Cells) -> None:
    """Refuse a table before it is looked at whose rows no layout could fold into a narrow one."""
    width = max((len(peeked.filled(row)) for row in range(len(peeked.rows))), default=0)
    if width > MOST_CELLS_OF_A_ROW:
        raise Refused(too_many_columns(name, width))


def _with_markup(table: RawTable, seen: SheetScan | None) -> RawTable:
    if seen is None:
        return table
    table.broken.update(seen.errors)
    table.broken.update(dict.fromkeys(seen.formulas, ""))
    hidden = (row for row in seen.hidden_rows if row > table.header_row)
    first = min((column.index for column in table.columns), default=0)
    return replace(table, notes=(*table.notes, *hidden_rows(hidden, first)))


def _most_useful_reason(tables: list[TableReading], has_model: bool) -> str:
    """Return the reason of the table with the most rows; one that holds a table before one that does not."""
    best = max(tables, key=lambda table: (table.header_row is not None, table.rows_read))
    if has_model and best.header_row is None:
        return "The rows are in the workbook's Power Pivot model; save the query's table to a sheet and load that."
    if len(tables) > 1 and best.header_row is None:
        return "The workbook holds no table: no sheet has a row of headings with values below it."
    return best.reason or f"{subject(best.sheet)} holds no table."
