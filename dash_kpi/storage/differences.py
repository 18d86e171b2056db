"""What differs between the rows of a source at two revisions, down to the cell.

Rows that are the same but for their number drop out, each as often as both sides have it. Of the
rest, two are one row that was altered when date and dimensions are the same, or when they stand at
the same place, or between the same rows, and differ in few cells; what is left was removed or added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from dash_kpi.storage.database import Database
from dash_kpi.storage.identifiers import quoted
from dash_kpi.storage.pairing import Positions, nearest_pairs, same_gaps, same_places
from dash_kpi.storage.rows import CELLS
from dash_kpi.storage.sources import SourceState

MOST_LISTED = 500
MOST_COLUMNS = 16_384  # of a sheet
# The column of a record's first cell, from its letters, 0 where it is a row of its own.
_LETTERS = "lpad(regexp_extract(map_values(sheet_cells)[1], '^[A-Z]+'), 3, '@')"
_COLUMN = f"coalesce((ord({_LETTERS}[1]) - 64) * 676 + (ord({_LETTERS}[2]) - 64) * 26 + ord({_LETTERS}[3]) - 64, 0)"
DATE = "date"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in its sheet."""

    row: int
    cells: dict[str, str] | None = None  # the address of each measure's cell, where it is no row of its own

    def cell(self, name: str) -> str | None:
        """Return the address of a measure's cell, None where it is not known."""
        return (self.cells or {}).get(name)


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row, before and after; None on the side where it is not."""

    old: Place | None
    new: Place | None
    before: tuple[Any, ...] | None
    after: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows, and the first of them."""

    count: int = 0
    listed: tuple[RowChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RowDifference:
    """The rows that were added, removed and altered; `columns` name the values of each."""

    columns: tuple[str, ...]
    added: Changes = Changes()
    removed: Changes = Changes()
    altered: Changes = Changes()


def row_difference(
    database: Database, old: SourceState | None, new: SourceState | None, most: int = MOST_LISTED
) -> RowDifference:
    """Return what differs between two snapshots of a source, at most so many rows of each kind listed."""
    columns = _columns(old, new)
    with database.snapshots.scratch() as connection:
        return _Comparison(connection, database, columns, most).of(old, new)


def _columns(old: SourceState | None, new: SourceState | None) -> dict[str, str]:
    """Return every column but the places, with its type; a name that changed sides is compared as text."""
    sides = [side for side in (new, old) if side]
    dimensions = dict.fromkeys(name for side in sides for name in side.dimensions)
    measures = dict.fromkeys(name for side in sides for name in side.aggregations)
    return {
        DATE: "DATE",
        **dict.fromkeys(dimensions, "VARCHAR"),
        **{name: "VARCHAR" if name in dimensions else "DOUBLE" for name in measures},
    }


@dataclass(frozen=True)
class _Comparison:
    """The comparison of two sides in tables of a connection of its own."""

    connection: duckdb.DuckDBPyConnection
    database: Database
    columns: dict[str, str]
    most: int

    def of(self, old: SourceState | None, new: SourceState | None) -> RowDifference:
        self._find_surplus(old, new)
        self._number_keys([*_dimensions(old), *_dimensions(new)])
        removed, added = self._surplus(0), self._surplus(1)
        same_key = nearest_pairs(removed["key"], removed["place"], added["key"], added["place"])
        left, right = _without(removed, same_key[0]), _without(added, same_key[1])
        same_place = self._similar(left, right, *same_places(left["place"], right["place"]))
        left, right = (
            _without(side, np.flatnonzero(np.isin(side["id"], ids)))
            for side, ids in zip((left, right), same_place, strict=True)
        )
        same_gap = self._similar(left, right, *_in_same_gaps(left["place"], right["place"]))
        pairs = (
            np.concatenate([removed["id"][same_key[0]], same_place[0], same_gap[0]]),
            np.concatenate([added["id"][same_key[1]], same_place[1], same_gap[1]]),
        )
        gone, come = (
            side["id"][~np.isin(side["id"], paired)] for side, paired in zip((removed, added), pairs, strict=True)
        )
        return RowDifference(
            tuple(self.columns),
            added=Changes(len(come), self._list(np.full(len(come), -1), come)),
            removed=Changes(len(gone), self._list(gone, np.full(len(gone), -1))),
            altered=Changes(len(pairs[0]), self._list(*pairs)),
        )

    def _find_surplus(self, old: SourceState | None, new: SourceState | None) -> None:
        """Keep the rows that one side has more often than the other; equal ones at one place drop out first."""
        names = ", ".join(self._names)
        both, paths = self._sides(old, new)
        self.connection.execute(
            f"CREATE TEMP TABLE uneven AS SELECT {names}, least(olds, news) AS shared, row_number() OVER () AS number "  # noqa: S608  names are ours
            f"FROM (SELECT {names}, count(*) FILTER (side = 0) AS olds, count(*) FILTER (side = 1) AS news "
            f"FROM ({both}) GROUP BY {names}) WHERE olds <> news",
            paths,
        )
        same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM u.{name}" for name in self._names)
        self.connection.execute(
            "CREATE TEMP TABLE surplus AS SELECT * EXCLUDE (shared, number, is_twin) FROM ("  # noqa: S608
            "SELECT s.*, u.shared, u.number, min(side) OVER here <> max(side) OVER here AS is_twin "
            f"FROM ({both}) s JOIN uneven u ON {same} "
            "WINDOW here AS (PARTITION BY u.number, s.sheet_row, s.sheet_cells)) "
            "QUALIFY row_number() OVER (PARTITION BY number, side ORDER BY is_twin DESC, sheet_row, id) > shared",
            paths,
        )

    @property
    def _names(self) -> list[str]:
        return [f"c{i}" for i in range(len(self.columns))]

    def _sides(self, old: SourceState | None, new: SourceState | None) -> tuple[str, list[str]]:
        sides = [(number, side) for number, side in enumerate((old, new)) if side]
        paths = [self.database.snapshots.path_of(side.snapshot) for _, side in sides]
        return " UNION ALL ".join(self._side(number, side) for number, side in sides), paths

    def _side(self, number: int, side: SourceState) -> str:
        held = {DATE, *side.dimensions, *side.aggregations}
        fields = ", ".join(
            f"{quoted(name) if name in held else 'NULL'}::{kind} AS c{i}"
            for i, (name, kind) in enumerate(self.columns.items())
        )
        return (
            f"SELECT {number} AS side, file_row_number AS id, sheet_row, sheet_cells, {fields} "  # noqa: S608  names are quoted
            f"FROM (SELECT * FROM read_parquet(?, file_row_number = true) UNION ALL BY NAME {CELLS})"
        )

    def _number_keys(self, dimensions: Sequence[str]) -> None:
        """Give equal dates and dimensions one number."""
        kept = {DATE, *dimensions}
        names = [f"c{i}" for i, name in enumerate(self.columns) if name in kept]
        same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM k.{name}" for name in names)
        self.connection.execute(
            f"CREATE TEMP TABLE keys AS SELECT *, row_number() OVER () AS key "  # noqa: S608
            f"FROM (SELECT DISTINCT {', '.join(names)} FROM surplus)"
        )
        self.connection.execute(
            f"CREATE TEMP TABLE keyed AS SELECT s.*, k.key FROM surplus s JOIN keys k ON {same}"  # noqa: S608
        )

    def _surplus(self, side: int) -> dict[str, Positions]:
        found = self.connection.execute(
            f"SELECT id, key, sheet_row::BIGINT * {MOST_COLUMNS} + {_COLUMN} AS place "  # noqa: S608
            "FROM keyed WHERE side = ? ORDER BY place, id",
            [side],
        ).fetchnumpy()
        return {name: np.asarray(values, dtype=np.int64) for name, values in found.items()}

    def _similar(
        self, old: dict[str, Positions], new: dict[str, Positions], left: Positions, right: Positions
    ) -> tuple[Positions, Positions]:
        """Return the ids of those pairs of rows that have at least half of their cells in common."""
        self.connection.register("candidates", {"old": old["id"][left], "new": new["id"][right]})
        differing = " + ".join(f"(o.{name} IS DISTINCT FROM n.{name})::INTEGER" for name in self._names)
        found = self.connection.execute(
            f"SELECT old, new FROM candidates JOIN surplus o ON o.side = 0 AND o.id = old "  # noqa: S608
            f"JOIN surplus n ON n.side = 1 AND n.id = new WHERE {differing} <= {max(1, len(self.columns) // 2)}"
        ).fetchnumpy()
        return np.asarray(found["old"], dtype=np.int64), np.asarray(found["new"], dtype=np.int64)

    def _list(self, old: Positions, new: Positions) -> tuple[RowChange, ...]:
        """Return the uppermost rows with their values before and after; -1 is no row."""
        self.connection.register("chosen", {"old": old, "new": new})
        fields = ", ".join(f"{side}.{name}" for side in "on" for name in ("sheet_row", "sheet_cells", *self._names))
        rows = self.connection.execute(
            f"SELECT {fields} FROM chosen LEFT JOIN surplus o ON o.side = 0 AND o.id = old "  # noqa: S608
            "LEFT JOIN surplus n ON n.side = 1 AND n.id = new "
            "ORDER BY coalesce(n.sheet_row, o.sheet_row), coalesce(n.id, o.id) LIMIT ?",
            [self.most],
        ).fetchall()
        half = 2 + len(self.columns)
        return tuple(_change(row[:half], row[half:]) for row in rows)


def _change(old: tuple[Any, ...], new: tuple[Any, ...]) -> RowChange:
    (was, before), (is_, after) = (
        (None, None) if side[0] is None else (Place(*side[:2]), side[2:]) for side in (old, new)
    )
    return RowChange(was, is_, before, after)


def _in_same_gaps(old: Positions, new: Positions) -> tuple[Positions, Positions]:
    """Pair rows that only moved because others came or went above; cells side by side do not move so."""
    if (old % MOST_COLUMNS).any() or (new % MOST_COLUMNS).any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return same_gaps(old // MOST_COLUMNS, new // MOST_COLUMNS)


def _dimensions(side: SourceState | None) -> tuple[str, ...]:
    return side.dimensions if side else ()


def _without(side: dict[str, Positions], paired: Positions) -> dict[str, Positions]:
    return {name: np.delete(values, paired) for name, values in side.items()}
