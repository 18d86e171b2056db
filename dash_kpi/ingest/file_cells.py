"""Every cell of a small file, whatever its kind."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dash_kpi.ingest import inflation
from dash_kpi.ingest.delimited import Delimited
from dash_kpi.ingest.sniff import kind_of
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.workbook import Workbook


def cells_in(path: Path, directory: Path) -> Iterator[tuple[str | None, Cells]]:
    """Yield the sheets of a file, those aside that reach too far; `directory` is private. Raises Refused."""
    kind = kind_of(path)
    if kind == "text":
        yield None, replace(Delimited(path).cells(), file=path.stem)
        return
    scans = {} if kind == "xls" else inflation.scan(path)
    book = Workbook(path, kind, directory)
    for name in book.sheet_names:
        part = book.parts.get(name)
        if part is None or not (scan := scans.get(part.member)) or not scan.is_too_wide:
            yield name, replace(book.cells(name), sheet=name, file=book.file)
