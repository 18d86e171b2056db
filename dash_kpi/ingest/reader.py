"""Read one file, whatever it is, into cleaned tables."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb

from dash_kpi.errors import Refused
from dash_kpi.ingest import inflation
from dash_kpi.ingest.delimited import Delimited
from dash_kpi.ingest.header_row import HeaderRow
from dash_kpi.ingest.inflation import SheetScan
from dash_kpi.ingest.layouts import LAYOUTS, Shape
from dash_kpi.ingest.package import Grid
from dash_kpi.ingest.raw import RawTable, connect
from dash_kpi.ingest.reading import FileReading, TableReading
from dash_kpi.ingest.rows import refused, subject
from dash_kpi.ingest.snapshot import Target
from dash_kpi.ingest.sniff import Kind, kind_of
from dash_kpi.ingest.workbook import Workbook

OnProgress = Callable[[str, float], None]
_DUCKDB_BYTES = 512 << 20


def read_file(path: Path, directory: Path, on_progress: OnProgress) -> FileReading:
    """Read every table of a file and write each as a Parquet file into `directory`.

    Raise Refused with one sentence where no table can be loaded.
    """
    on_progress("opening", 0.0)
    kind = kind_of(path)
    private = Path(tempfile.mkdtemp(prefix=".reading-", dir=directory))
    try:
        with connect(_DUCKDB_BYTES, private) as connection:
            target = Target(directory, on_progress)
            if kind == "text":
                tables = [_read_text(path, connection, target)]
            else:
                tables = _read_workbook(path, kind, private, connection, target)
    finally:
        shutil.rmtree(private, ignore_errors=True)
    if not any(table.status == "loaded" for table in tables):
        raise Refused(_most_useful_reason(tables))
    on_progress("saving", 1.0)
    return FileReading(tuple(tables))


def _read_text(path: Path, connection: duckdb.DuckDBPyConnection, target: Target) -> TableReading:
    file = Delimited(path)
    found = _find(file.peek())
    if found is None:
        return refused(None, "The file is not a table: it has no row of headings with values below it.")
    shape, header = found
    target.on_progress("reading", 0.1)
    return shape.read(file.read(header, connection), None, target)


def _read_workbook(
    path: Path, kind: Kind, private: Path, connection: duckdb.DuckDBPyConnection, target: Target
) -> list[TableReading]:
    """Read every sheet; the pass over the markup runs beside the first one, unless it is quick."""
    if kind == "xls":
        return _read_sheets(Workbook(path, kind, private), None, connection, target)
    with ThreadPoolExecutor(max_workers=1) as threads:
        scan = threads.submit(inflation.scan, path)
        if inflation.is_quick(path):
            scan.result()
        return _read_sheets(Workbook(path, kind, private), scan, connection, target)


def _read_sheets(
    book: Workbook,
    scan: Future[dict[str, SheetScan]] | None,
    connection: duckdb.DuckDBPyConnection,
    target: Target,
) -> list[TableReading]:
    names = book.sheet_names
    if not names:
        raise Refused("The workbook has no sheets.")
    tables = []
    for place, name in enumerate(names):
        target.on_progress("reading", 0.1 + 0.5 * place / len(names))
        try:
            tables.append(_read_sheet(book, name, scan, connection, target))
        except Refused as refusal:
            tables.append(refused(name, str(refusal)))
    if scan is not None:
        scan.result()
    return tables


def _read_sheet(
    book: Workbook,
    name: str,
    scan: Future[dict[str, SheetScan]] | None,
    connection: duckdb.DuckDBPyConnection,
    target: Target,
) -> TableReading:
    part = book.parts.get(name)
    if scan is not None and scan.done() and part:
        _refuse_far_corner(name, scan.result().get(part.member))
    found = None if book.is_hidden(name) else _find(book.peek(name))
    if book.is_hidden(name):
        return refused(name, f"Sheet '{name}' is hidden and was not read.")
    if found is None:
        return refused(name, f"Sheet '{name}' holds no table.")
    shape, header = found
    table = book.read(name, header, connection)
    seen = scan.result().get(part.member) if scan is not None and part else None
    return shape.read(_with_broken_cells(table, seen), name, target)


def _refuse_far_corner(name: str, seen: SheetScan | None) -> None:
    if seen is not None and seen.is_too_wide:
        raise Refused(
            f"Sheet '{name}' reaches as far as cell {seen.corner}, which is too large to open. "
            "Delete the cells far away from the table."
        )


def _with_broken_cells(table: RawTable, seen: SheetScan | None) -> RawTable:
    if seen is not None:
        table.broken.update(seen.errors)
        table.broken.update(dict.fromkeys(seen.formulas, ""))
    return table


def _find(grid: Grid) -> tuple[Shape, HeaderRow] | None:
    for shape in LAYOUTS.values():
        header = shape.find(grid)
        if header is not None:
            return shape, header
    return None


def _most_useful_reason(tables: list[TableReading]) -> str:
    """Return the reason of the table with the most rows; one that holds a table before one that does not."""
    best = max(tables, key=lambda table: (table.header_row is not None, table.rows_read))
    if len(tables) > 1 and best.header_row is None:
        return "The workbook holds no table: no sheet has a row of headings with values below it."
    return best.reason or f"{subject(best.sheet)} holds no table."
