"""Reading the tables of one file one after the other, by the rules for each, with lookups in its other tables."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from dash_kpi.errors import Refused
from dash_kpi.ingest.file_cells import cells_in
from dash_kpi.ingest.lookups import Lookup, join, kept, propose_for
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.rows import read_rows, refused
from dash_kpi.ingest.rules import Instructions, Join, Rules, signature
from dash_kpi.ingest.similar import similar_sections
from dash_kpi.ingest.snapshot import Target
from dash_kpi.ingest.tables.build import build
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.find import find_tables
from dash_kpi.ingest.tables.table import Table

_MOST_LOOKUP_ROWS = 100_000


@dataclass(slots=True)
class TableReader:
    """Reads raw tables of one file; `cells_of` gives the cells of a sheet that another one looks up in.

    Tables without dates are kept: others may gain from them.
    """

    connection: duckdb.DuckDBPyConnection
    target: Target
    told: Instructions
    cells_of: Callable[[str], Cells | None] = lambda sheet: None
    _lookups: list[Lookup] = field(default_factory=list)

    def read(self, raw: RawTable, name: str | None) -> TableReading:
        """Read the table "raw"."""
        headings = [column.heading for column in raw.columns]
        rules = self.told.for_table(name, headings)
        table = self._joined(replace(raw, fiscal_year_start=self.told.fiscal_year_start), rules)
        reading = read_rows(table, name, self.target, rules)
        if reading.status == "refused" and reading.date is None and reading.rows_read <= _MOST_LOOKUP_ROWS:
            self._lookups.append(kept(raw, f"lookup {len(self._lookups)}", name))
        similar = similar_sections(reading, self.connection)
        return replace(reading, header=signature(headings), warnings=(*reading.warnings, *similar))

    def read_built(self, table: Table, cells: Cells, name: str | None) -> TableReading:
        """Read a table that was found in the cells of a sheet."""
        try:
            return self.read(build(table, cells, self.connection), name)
        except Refused as refusal:
            return refused(name, str(refusal))

    def with_proposals(self, tables: list[TableReading]) -> list[TableReading]:
        """Add to each loaded table which tables without dates it could be joined with; "raw" is replaced.

        Those are tables of the same file, and of the small files beside it that are no sources.
        """
        if any(table.status == "loaded" for table in tables):
            self._lookups += self._neighbours()
        return [
            replace(table, warnings=(*table.warnings, *propose_for(table, self.connection, self._lookups)))
            for table in tables
        ]

    def _neighbours(self) -> list[Lookup]:
        found: list[Lookup] = []
        for file in self.told.neighbours:
            for sheet, cells in self._cells_beside(file):
                for table in find_tables(cells)[:1]:
                    one = kept(build(table, cells, self.connection), f"beside {len(found)}", sheet)
                    found.append(replace(one, file=file))
        return found

    def _cells_beside(self, file: str) -> list[tuple[str | None, Cells]]:
        """Return the sheets of a file beside this one; none where it cannot be read."""
        path = self.told.neighbours.get(file)
        if path is None or not path.is_file():
            return []
        with TemporaryDirectory(prefix=".reading-", dir=self.target.directory) as private:
            try:
                return list(cells_in(path, Path(private)))
            except Refused:
                return []

    def _joined(self, raw: RawTable, rules: Rules) -> RawTable:
        """Add the columns that a person wants looked up."""
        if not rules.joins:
            return raw
        self.connection.execute("ALTER TABLE raw RENAME TO own")  # the lookups become "raw" on their way
        found = [(rule, self._lookup(rule, place)) for place, rule in enumerate(rules.joins)]
        self.connection.execute("DROP TABLE IF EXISTS raw")
        self.connection.execute("ALTER TABLE own RENAME TO raw")
        for rule, lookup in found:
            findings: tuple[Finding, ...] = (_gone(rule),)
            if lookup is not None:
                raw, findings = join(raw, lookup, rule)
            raw = replace(raw, notes=(*raw.notes, *findings))
        return raw

    def _lookup(self, rule: Join, place: int) -> Lookup | None:
        if rule.file is not None:
            cells = dict(self._cells_beside(rule.file)).get(rule.sheet)
        else:
            cells = self.cells_of(rule.sheet) if rule.sheet is not None else None
        tables = find_tables(cells) if cells is not None else []
        if cells is None or not tables:
            return None
        one = kept(build(tables[0], cells, self.connection), f"joined {place}", rule.sheet)
        return replace(one, file=rule.file)


def _gone(rule: Join) -> Finding:
    where = f"sheet '{rule.sheet}'" if rule.file is None else f"file '{rule.file}'"
    return Finding("lookup_refused", f"Nothing was looked up in {where}: it is not there, or holds no table.")
