"""Lookups: another table of the workbook that gives more about each value of a column.

They are proposed, and added only where a person has decided so; a lookup never multiplies rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb

from dash_kpi.ingest import headings
from dash_kpi.ingest.addresses import MOST_ADDRESSES
from dash_kpi.ingest.profile import Profile, profile
from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.rules import Join, Rules
from dash_kpi.storage.identifiers import quoted

_ENOUGH_FOUND = 0.9
_FEWEST_VALUES = 3  # that a column of another name must have in common with the key
_MOST_VALUES = 100_000
_GENERIC = frozenset(["id", "code", "no", "nr", "number", "name", "key", "of", "the", "sku", "nummer", "kod", "codigo"])
_UNNAMED = "Column "
_MEASURED = 30_000  # the index of columns that the table has, but not as dimensions


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table without dates in which values can be looked up: its name in DuckDB, and its columns there."""

    table: str
    columns: tuple[RawColumn, ...]
    sheet: str | None
    file: str | None = None

    @property
    def subject(self) -> str:
        """Return how a sentence names the table."""
        if self.file is None:
            return f"Sheet '{self.sheet}'"
        return f"File '{self.file}'" + (f", sheet '{self.sheet}'," if self.sheet else "")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lookup that would fit: `found` of the `total` different values of the column have a row."""

    lookup: Lookup
    join: Join
    found: int
    total: int

    def as_finding(self) -> Finding:
        """Return the proposal as a warning whose data hold the join."""
        names = [f"'{name}'" for name in self.join.columns]
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        found = f"all {self.total:,}" if self.found == self.total else f"{self.found:,} of {self.total:,}"
        return Finding(
            "lookup_proposed",
            f"{self.lookup.subject} gives {listed} for each '{self.join.column}' ({found} values found): join it?",
            count=self.found,
            data={"join": Rules(joins=(self.join,)).as_json()["joins"][0], "found": self.found, "total": self.total},
        )


def kept(table: RawTable, name: str, sheet: str | None) -> Lookup:
    """Keep the rows of "raw" under another name, so that other tables can be looked up in them."""
    table.connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS FROM raw")
    return Lookup(name, table.columns, sheet)


def propose_for(
    reading: TableReading, connection: duckdb.DuckDBPyConnection, lookups: Sequence[Lookup]
) -> tuple[Finding, ...]:
    """Return the proposals for a table that was read already, from the dimensions of its snapshot.

    The table "raw" is replaced.
    """
    if not lookups or reading.snapshot is None or not reading.dimensions:
        return ()
    names = list(reading.dimensions)
    fields = ", ".join(f"{quoted(name)} AS c{place}" for place, name in enumerate(names))
    path = str(reading.snapshot).replace("'", "''")
    connection.execute(
        f"CREATE OR REPLACE TABLE raw AS SELECT sheet_row, {fields} FROM read_parquet('{path}')"  # noqa: S608
    )
    columns = tuple(
        RawColumn(place, reading.dimensions[name].column, "text") for place, name in enumerate(names)
    ) + tuple(RawColumn(_MEASURED + place, name, "number") for place, name in enumerate(_measured(reading)))
    profiles = profile(RawTable(connection, columns[: len(names)], 0))
    table = RawTable(connection, columns, 0)
    return tuple(proposal.as_finding() for proposal in propose(table, profiles, lookups))


def _measured(reading: TableReading) -> list[str]:
    return [measure.column for measure in reading.measures.values() if measure.column is not None]


def propose(table: RawTable, profiles: Sequence[Profile], lookups: Iterable[Lookup]) -> list[Proposal]:
    """Return the best join with each table that could be looked up in, where there is one."""
    found = (_best(table, profiles, lookup) for lookup in lookups)
    return [proposal for proposal in found if proposal is not None]


def join(table: RawTable, lookup: Lookup, rule: Join) -> tuple[RawTable, tuple[Finding, ...]]:
    """Return the table with the looked-up columns added to "raw"; without them, and why, where that cannot be."""
    ours = next((column for column in table.columns if column.heading == rule.column), None)
    key = next((column for column in lookup.columns if column.heading == rule.key), None)
    added = [column for column in lookup.columns if column.heading in rule.columns and column is not key]
    refusal = _refusal(table, lookup, rule, ours, key, added)
    if refusal or ours is None or key is None:
        return table, (Finding("lookup_refused", refusal or ""),)
    first = max(column.index for column in table.columns) + 1
    columns = tuple(
        RawColumn(first + place, column.heading, column.kind, ours.index) for place, column in enumerate(added)
    )
    fields = ", ".join(f"other.{column.name} AS {new.name}" for column, new in zip(added, columns, strict=True))
    table.connection.execute(
        f"CREATE OR REPLACE TABLE raw AS SELECT raw.*, {fields} FROM raw "  # noqa: S608
        f"LEFT JOIN {quoted(lookup.table)} AS other ON {_key('other', key)} = {_key('raw', ours)} ORDER BY sheet_row"
    )
    return replace(table, columns=(*table.columns, *columns)), tuple(_missed(table, lookup, ours, key))


def _refusal(
    table: RawTable,
    lookup: Lookup,
    rule: Join,
    ours: RawColumn | None,
    key: RawColumn | None,
    added: Sequence[RawColumn],
) -> str | None:
    """Return why a join cannot be made, or None where it can."""
    if ours is None:
        return f"Nothing was looked up in {_lower(lookup.subject)}: the table has no column '{rule.column}'."
    if key is None:
        return f"Nothing was looked up in {_lower(lookup.subject)}: it has no column '{rule.key}'."
    if not added:
        return f"Nothing was looked up in {_lower(lookup.subject)}: it has no column '{', '.join(rule.columns)}'."
    twice = table.rows(
        f"SELECT any_value({key.name})::VARCHAR FROM {quoted(lookup.table)} AS other "  # noqa: S608
        f"WHERE {key.name} IS NOT NULL GROUP BY {_key('other', key)} HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
    )
    if twice:
        return (
            f"Nothing was looked up in {_lower(lookup.subject)}: its column '{rule.key}' has '{twice[0][0]}' more than "
            "once, and rows would be counted twice."
        )
    return None


def _lower(subject: str) -> str:
    return subject[0].lower() + subject[1:]


def _missed(table: RawTable, lookup: Lookup, ours: RawColumn, key: RawColumn) -> Iterable[Finding]:
    rows = table.rows(
        f"SELECT sheet_row, {ours.name}::VARCHAR, count(*) OVER () FROM raw WHERE {ours.name} IS NOT NULL "  # noqa: S608
        f"AND {_key('raw', ours)} NOT IN (SELECT {_key('other', key)} FROM {quoted(lookup.table)} AS other "
        f"WHERE {key.name} IS NOT NULL) ORDER BY 1 LIMIT {MOST_ADDRESSES}"
    )
    if rows:
        count = rows[0][2]
        yield Finding(
            "lookup_missed",
            f"{'1 cell' if count == 1 else f'{count:,} cells'} of column '{ours.heading}' "
            f"{'is' if count == 1 else 'are'} not in {_lower(lookup.subject)}, such as '{rows[0][1]}'.",
            tuple(table.address(ours.place, row) for row, *_ in rows),
            count,
        )


def _best(table: RawTable, profiles: Sequence[Profile], lookup: Lookup) -> Proposal | None:
    """Return the join whose headings are alike, then the one that finds the most."""
    if any(column.kind == "date" for column in lookup.columns):
        return None
    best: tuple[tuple[bool, float, int], Proposal] | None = None
    for key in _keys(table, lookup):
        added = _gained(table, lookup, key)
        for one in profiles if added else ():
            is_alike = _are_alike(one.column.heading, key.heading, lookup.sheet)
            if not _may_be_looked_up(one, key, is_alike):
                continue
            found, total = _found(table, lookup, one.column, key)
            if not total or found < _ENOUGH_FOUND * total or (not is_alike and found < _FEWEST_VALUES):
                continue
            rank = (is_alike, found / total, total)
            if best is None or rank > best[0]:
                rule = Join(one.column.heading, lookup.file, lookup.sheet, key.heading, added)
                best = (rank, Proposal(lookup, rule, found, total))
    return best[1] if best else None


def _keys(table: RawTable, lookup: Lookup) -> list[RawColumn]:
    """Return the columns whose values are all there, and all different."""
    candidates = [column for column in lookup.columns if column.kind in ("text", "number")]
    if not candidates:
        return []
    fields = ", ".join(
        f"count({column.name}) = count(DISTINCT {_key('other', column)}) AND count({column.name}) = count(*)"
        for column in candidates
    )
    rows, *unique = table.rows(f"SELECT count(*), {fields} FROM {quoted(lookup.table)} AS other")[0]  # noqa: S608
    return [column for column, is_key in zip(candidates, unique, strict=True) if is_key and rows > 1]


def _gained(table: RawTable, lookup: Lookup, key: RawColumn) -> tuple[str, ...]:
    """Return the headings that the lookup has and the table has not."""
    known = {headings.normalised(column.heading) for column in table.columns}
    others = (column for column in lookup.columns if column is not key and not column.heading.startswith(_UNNAMED))
    return tuple(column.heading for column in others if headings.normalised(column.heading) not in known)


def _may_be_looked_up(one: Profile, key: RawColumn, is_alike: bool) -> bool:
    """Tell whether values can name rows: numbers only under a heading like that of the key."""
    if one.distinct > _MOST_VALUES or one.column.kind not in ("text", "number"):
        return False
    is_number = one.column.kind == "number" or key.kind == "number"
    return is_alike and one.is_whole if is_number and one.is_number else is_alike or not is_number


def _found(table: RawTable, lookup: Lookup, ours: RawColumn, key: RawColumn) -> tuple[int, int]:
    """Return how many different values of our column the key has, and how many there are."""
    found, total = table.rows(
        f"WITH ours AS (SELECT DISTINCT {_key('raw', ours)} AS value FROM raw WHERE {ours.name} IS NOT NULL) "  # noqa: S608
        f"SELECT count(*) FILTER (WHERE value IN (SELECT {_key('other', key)} FROM {quoted(lookup.table)} AS other)), "
        "count(*) FROM ours"
    )[0]
    return int(found), int(total)


def _key(table: str, column: RawColumn) -> str:
    """Return what is compared: the text without outer blanks and case, a whole number without decimals."""
    name = f"{table}.{column.name}"
    if column.kind == "number":
        return f"CASE WHEN {name} = floor({name}) THEN {name}::HUGEINT::VARCHAR ELSE {name}::VARCHAR END"
    return f"lower(trim({name}::VARCHAR, ' \t\u00a0'))"


def _are_alike(heading: str, key: str, sheet: str | None) -> bool:
    """Tell whether two headings name the same things; "ID" in a sheet "Products" names products."""
    ours, theirs = _words(heading), _words(key)
    if headings.normalised(heading) == headings.normalised(key):
        return True
    return bool(ours & (theirs or _words(sheet or "")))


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in headings.normalised(text).split()} - _GENERIC
