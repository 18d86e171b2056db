"""Workbooks: their sheets, a look at the first rows, and one sheet as a raw table."""

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Literal

import duckdb
import fastexcel
from python_calamine import CalamineError, CalamineWorkbook

from dash_kpi.errors import Refused
from dash_kpi.ingest.addresses import position
from dash_kpi.ingest.header_row import HeaderRow
from dash_kpi.ingest.inflation import is_quick
from dash_kpi.ingest.numbers import DOUBTFUL_CELL
from dash_kpi.ingest.package import PEEK_ROWS, Grid, counts_from_1904, first_rows, sheet_parts
from dash_kpi.ingest.raw import RawTable, columns_of
from dash_kpi.ingest.sniff import DAMAGED, PASSWORD, Kind
from dash_kpi.ingest.tables.cells import Cell, Cells, Merged, typed

MOST_CELLS = 6_000_000  # that are taken apart one by one
SMALL_FILE_BYTES = 4 << 20  # every cell is looked at before the table is read


class Workbook:
    """An open workbook; `parts` are the sheets' members of the archive where they are known."""

    def __init__(self, path: Path, kind: Kind, directory: Path) -> None:
        """Open a file by its kind, whatever its name is, through a link in `directory`."""
        self._path = path
        self.file = path.stem
        self.is_small = path.stat().st_size <= SMALL_FILE_BYTES and (kind != "xlsx" or is_quick(path))
        self.parts = sheet_parts(path) if kind == "xlsx" else {}
        self.is_1904 = kind == "xlsx" and counts_from_1904(path)
        self._hidden = {name for name, part in self.parts.items() if part.is_hidden}
        link = directory / f"workbook.{kind}"
        link.symlink_to(path.resolve())
        self._link = link  # lies in the private directory, which is removed
        try:
            self._reader = fastexcel.read_excel(link)
        except fastexcel.FastExcelError as error:
            raise Refused(PASSWORD if "password" in str(error).lower() else DAMAGED) from error

    @property
    def sheet_names(self) -> list[str]:
        """Return the names of the sheets in their order."""
        return list(self._reader.sheet_names)

    def peek(self, sheet: str) -> Grid:
        """Return the texts of the sheet's first rows."""
        if sheet in self.parts:
            grid = first_rows(self._path, self.parts[sheet].member)
            if grid is not None:
                return grid
        loaded = self._load(sheet, 0, PEEK_ROWS * 2)
        if loaded.visible != "visible":
            self._hidden.add(sheet)
        return _grid_of(loaded)

    @cached_property
    def _cells(self) -> CalamineWorkbook:
        return CalamineWorkbook.from_path(str(self._link))

    def cells(self, sheet: str) -> Cells:
        """Return every cell of a sheet with its type, without those of pivot tables."""
        try:
            found = self._cells.get_sheet_by_name(sheet)
        except CalamineError as error:
            raise Refused(f"Sheet '{sheet}' is damaged and cannot be read.") from error
        if found.total_height * found.total_width > MOST_CELLS:
            raise Refused(f"Sheet '{sheet}' is too large for a table of this form: it has over {MOST_CELLS:,} cells.")
        rows = typed(found.to_python(skip_empty_area=False))
        for area in self.parts[sheet].pivots if sheet in self.parts else ():
            _clear(rows, area)
        merged = tuple(Merged(*start, *end) for start, end in found.merged_cell_ranges or ())
        return Cells(rows, merged)

    def has_pivot(self, sheet: str) -> bool:
        """Tell whether a pivot table stands on a sheet."""
        return sheet in self.parts and bool(self.parts[sheet].pivots)

    def is_chart(self, sheet: str) -> bool:
        """Tell whether a sheet is a chart and nothing else."""
        return sheet in self.parts and self.parts[sheet].is_chart

    def is_hidden(self, sheet: str) -> bool:
        """Tell whether a person does not see the sheet; some formats show it only after a peek."""
        return sheet in self._hidden

    def read(self, sheet: str, header: HeaderRow, connection: duckdb.DuckDBPyConnection) -> RawTable:
        """Read everything below the headings into the table "raw"; refuse what cannot be a table."""
        loaded = self._load(sheet, header.row, None)
        found = loaded.available_columns()
        indexes = [column.absolute_index for column in found]
        names = ", ".join(f'"{column.name}" AS c{column.absolute_index}' for column in found)
        connection.register("loaded", loaded)
        numbered = f"SELECT row_number() OVER () + {header.row} AS sheet_row, {names} FROM loaded"  # noqa: S608
        connection.execute(f"CREATE OR REPLACE TABLE raw AS {numbered}")
        connection.unregister("loaded")
        columns = columns_of(connection, indexes, [header.heading(index) for index in indexes])
        table = RawTable(connection, columns, header.row, is_1904=self.is_1904)
        self._mark_numbers(sheet, table)
        return table

    def _mark_numbers(self, sheet: str, table: RawTable) -> None:
        """Write number cells such as 1.234 as "1.2340" where texts share their column, to tell them from texts."""
        texts = [column for column in table.columns if column.kind == "text"]
        fields = ", ".join(f"bool_or({_is_doubtful(column.name)})" for column in texts)
        found = table.rows(f"SELECT {fields} FROM raw")[0] if texts else ()  # noqa: S608
        for name, index in ((one.name, one.index) for one, doubt in zip(texts, found, strict=True) if doubt):
            numbers = self._whole_numbers(sheet, table.header_row, index)
            table.connection.register("numbers", numbers)
            table.connection.execute(
                f"UPDATE raw SET {name} = {name} || '0' FROM (SELECT row_number() OVER () + {table.header_row} "  # noqa: S608
                f"AS number_row, COLUMNS(*) AS number FROM numbers) "
                f"WHERE sheet_row = number_row AND number IS NOT NULL AND {_is_doubtful(name)}"
            )
            table.connection.unregister("numbers")

    def _whole_numbers(self, sheet: str, skipped: int, index: int) -> fastexcel.ExcelSheet:
        """Return a column as whole numbers: a cell that is a number has one, a text with a point has none."""
        return self._reader.load_sheet(
            sheet,
            header_row=None,
            skip_rows=skipped,
            dtypes="int",
            use_columns=lambda column: column.absolute_index == index,
        )

    def _load(self, sheet: str, skipped: int, rows: int | None) -> fastexcel.ExcelSheet:
        def load(dtypes: Literal["string"] | None) -> fastexcel.ExcelSheet:
            return self._reader.load_sheet(
                sheet,
                header_row=None,
                skip_rows=skipped,
                n_rows=rows,
                schema_sample_rows=None,
                whitespace_as_null=True,
                dtypes=dtypes,
            )

        try:
            return load(None)
        except fastexcel.UnsupportedColumnTypeCombinationError:
            return load("string")  # a column of dates and durations, for one, has no type of its own
        except fastexcel.FastExcelError as error:
            raise Refused(f"Sheet '{sheet}' is damaged and cannot be read.") from error


def _is_doubtful(name: str) -> str:
    return f"regexp_full_match({name}, '{DOUBTFUL_CELL}')"


def _clear(rows: list[list[Cell]], area: str) -> None:
    """Empty the cells of a range such as "A3:E20"."""
    first, _, last = area.partition(":")
    start, end = position(first), position(last or first)
    if start is None or end is None:
        return
    for row in rows[start[0] - 1 : end[0]]:
        row[start[1] : end[1] + 1] = [None] * len(row[start[1] : end[1] + 1])


def _grid_of(loaded: fastexcel.ExcelSheet) -> Grid:
    columns = [column.absolute_index for column in loaded.available_columns()]
    grid: Grid = {}
    if not columns or not loaded.height:
        return grid
    with duckdb.connect() as connection, suppress(duckdb.InvalidInputException):
        connection.register("loaded", loaded)
        for row, cells in enumerate(connection.execute("FROM loaded").fetchall(), start=1):
            texts = {
                column: text
                for column, cell in zip(columns, cells, strict=True)
                if cell is not None and (text := str(cell).strip())
            }
            if texts:
                grid[row] = texts
    return grid
