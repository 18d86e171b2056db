"""The shapes a table can have. A shape turns the rows of a sheet into one cleaned table.

Adding a shape is adding a module and a row of `LAYOUTS`; the first that recognises a sheet reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dash_kpi.ingest import rows
from dash_kpi.ingest.header_row import HeaderRow, find_header
from dash_kpi.ingest.package import Grid
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import Layout, TableReading
from dash_kpi.ingest.snapshot import Target

Finds = Callable[[Grid], HeaderRow | None]
Reads = Callable[[RawTable, str | None, Target], TableReading]


@dataclass(frozen=True, slots=True)
class Shape:
    """How one layout finds its headings in a sheet's first rows, and reads the table below them."""

    find: Finds
    read: Reads


LAYOUTS: dict[Layout, Shape] = {
    "rows": Shape(find_header, rows.read_rows),
}
