"""Build the long table "raw" from a table that was found in the cells of a sheet."""

from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date

import duckdb
import numpy as np

from dash_kpi.errors import Refused
from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.headings import understand
from dash_kpi.ingest.raw import DATE, NO_PLACE, Places, RawTable, columns_of, place_of
from dash_kpi.ingest.tables.cells import Cell, Cells, spread, text_beside_texts, text_of
from dash_kpi.ingest.tables.lines import apart, line_names, totals_named
from dash_kpi.ingest.tables.periods import Period, period_of
from dash_kpi.ingest.tables.table import Table, ValueColumn, hidden_rows

_Covered = dict[tuple[int, int], Cell]  # what merged cells mean for the blanks they cover

FIRST_MADE = 20_000  # the index of the first column that the sheet does not have
_SEGMENT_AT, _SECTION_AT = FIRST_MADE + 1, FIRST_MADE + 2
PERIOD_HEADINGS = {"day": "Date", "week": "Week", "month": "Month", "quarter": "Quarter", "year": "Year"}


class _Long:
    """The long table as it grows, column by column, and the cell that each of its values came from."""

    def __init__(self, headings: dict[int, str], *, is_named: bool = False) -> None:
        self.headings = headings
        self.is_named = is_named  # the rows themselves say what their amounts are
        self.known: dict[int, str] = {FIRST_MADE: DATE} if FIRST_MADE in headings else {}
        self.values: dict[int, list[Cell]] = {column: [] for column in headings}
        self.rows: list[int] = []
        self.places: dict[int, array[int]] = {column: array("q") for column in headings}
        self.broken: dict[tuple[int, int], str] = {}

    def add(self, row: int, record: Mapping[int, Cell], places: Mapping[int, tuple[int, int]], cells: Cells) -> None:
        """Add a record with the row it stands for."""
        self.rows.append(row + 1)
        for column, values in self.values.items():
            values.append(record.get(column))
            place = places.get(column)
            self.places[column].append(NO_PLACE if place is None else place_of(*place))
            if place is not None and place in cells.broken:
                self.broken[len(self.rows), column] = cells.broken[place]


def build(table: Table, cells: Cells, connection: duckdb.DuckDBPyConnection) -> RawTable:
    """Create the table "raw" with the records of a table, and say where each of its cells is.

    Raise Refused where its layout cannot be read.
    """
    if table.refusal is not None:
        raise Refused(table.refusal)
    covered = {(row, column): value for row, column, value in spread(cells)}
    long = _FILLERS.get(table.layout, _across)(table, cells, covered)
    _store(connection, long)
    columns = columns_of(connection, list(long.headings), list(long.headings.values()))
    return RawTable(
        connection,
        columns,
        table.heads.bottom + 1,
        prefers_comma=cells.prefers_comma,
        has_cells=cells.has_types,
        broken=long.broken,
        notes=(
            *(note for note in table.notes if not (long.is_named and note.code == "unnamed_measure")),
            *hidden_rows(cells.hidden.intersection(row + 1 for row in table.rows), table.block.left),
        ),
        known=long.known,
        places=Places(long.rows, {} if table.layout == "rows" else long.places),
        left_out=sum(bool(cells.filled(row)) for row in table.left_out) if table.layout == "rows" else 0,
        layout=table.layout,
        around=table.around,
        is_1904=cells.is_1904,
    )


def _rows(table: Table, cells: Cells, covered: _Covered) -> _Long:
    long = _Long({column: _label_heading(heading, column) for column, heading in table.labels.items()})
    if table.carried is not None:
        long.known[table.carried[0]] = DATE
    headings = long.headings
    above: dict[int, Cell] = {}
    heading: dict[int, Cell] = {}  # the labels of an outline that hold for the rows below
    for row in range(table.heads.first, table.block.bottom + 1):
        if row in table.outlined:
            heading = {column: cells.at(row, column) for column in headings}
        if row in table.left_out:
            continue
        record: dict[int, Cell] = {}
        for column in headings:
            cell = cells.at(row, column)
            record[column] = covered.get((row, column)) if cell is None else cell
        if table.carried is not None:
            column, periods = table.carried
            record[column] = periods.get(row)
        for column in table.grouped_by:
            above[column] = record[column] = above.get(column) if record[column] is None else record[column]
        if heading:
            first = min((column for column in headings if record[column] is not None), default=0)
            record |= {column: cell for column, cell in heading.items() if column < first and cell is not None}
        places = {column: (row, column) for column in headings}
        if any(value is not None for value in record.values()) or any(
            place in cells.broken for place in places.values()
        ):
            long.add(row, record, places, cells)
    return long


def _across(table: Table, cells: Cells, covered: _Covered) -> _Long:
    labels = {column: heading for column, heading in table.labels.items() if column != table.row_period}
    sections = _sections(table, cells)
    of_section = _section_measures(sections)
    sections = {} if of_section else sections
    measures = list(
        dict.fromkeys(
            value.measure or name for name in of_section.values() or (table.measure,) for value in table.values
        )
    )
    period_at, segment_at, section_at = FIRST_MADE, _SEGMENT_AT, _SECTION_AT
    measure_at = {name: FIRST_MADE + 3 + place for place, name in enumerate(measures)}
    has_period = table.layout == "months_across"
    has_segments = any(value.segment for value in table.values)
    headings = {column: _label_heading(heading, column) for column, heading in labels.items()}
    if sections:
        headings[section_at] = "Section"
    if has_period:
        headings[period_at] = _period_heading(table, cells)
    if has_segments:
        headings[segment_at] = table.segment
    headings |= {at: name for name, at in measure_at.items()}
    long = _Long(headings, is_named=bool(of_section))
    records: dict[Hashable, tuple[int, dict[int, Cell], dict[int, tuple[int, int]]]] = {}
    for row, own in _labelled(table, cells, covered, list(labels)):
        for number, group in enumerate(_groups(table.values)):
            record: dict[int, Cell] = dict(own)
            places = {column: (row, column) for column in labels}
            if sections:
                record[section_at] = sections.get(row)
            if has_period:
                record[period_at] = _period_text(table, cells, row, group[0])
                places[period_at] = (table.heads.bottom, group[0].column)
            if has_segments:
                record[segment_at] = group[0].segment
            for value in group:
                at = measure_at[value.measure or of_section.get(row, table.measure)]
                record[at], places[at] = cells.at(row, value.column), (row, value.column)
            if not any(record.get(at) is not None or places.get(at) in cells.broken for at in measure_at.values()):
                continue
            # Where each group of rows is a measure, rows of the same words are one record.
            key = (tuple(own.values()), number) if of_section else (row, number)
            known = records.setdefault(key, (row, record, places))
            if known[1] is record:
                continue
            if known[1].keys() & record.keys() & set(measure_at.values()):
                records[key, row] = (row, record, places)
                continue
            known[1].update(record)
            known[2].update({at: place for at, place in places.items() if at in measure_at.values()})
    for row, record, places in records.values():
        long.add(row, record, places, cells)
    return long


def _statement(table: Table, cells: Cells, covered: _Covered) -> _Long:
    assert table.statement_column is not None  # noqa: S101  a statement has one
    names = line_names(table, cells)
    # Where every measure has one row, other words beside it, such as its unit, split nothing.
    is_split = len(set(names.values())) < len(names)
    labels = [column for column in table.labels if is_split and column != table.statement_column]
    owns = dict(_labelled(table, cells, covered, labels))
    sections = _sections(table, cells)
    names, sections = apart(names, {row: tuple(own.values()) for row, own in owns.items()}, sections)
    made = list(dict.fromkeys(names.values()))
    measure_at = {name: FIRST_MADE + 3 + place for place, name in enumerate(made)}
    headings = {column: _label_heading(table.labels[column], column) for column in labels}
    if sections:
        headings[_SECTION_AT] = "Section"
    if any(value.period for value in table.values):
        headings[FIRST_MADE] = _period_heading(table, cells)
    if any(value.segment for value in table.values):
        headings[_SEGMENT_AT] = table.segment
    headings |= {at: name for name, at in measure_at.items()}
    long = _Long(headings)
    long.known |= {measure_at[name]: measure for name, measure in totals_named(made).items()}
    groups: dict[tuple[Cell, ...], dict[int, dict[int, Cell]]] = {}
    for row, own in owns.items():
        groups.setdefault((*own.values(), sections.get(row)), {})[row] = own
    for rows in groups.values():
        for value in table.values:
            first = next(iter(rows))
            record: dict[int, Cell] = {**rows[first], FIRST_MADE: _period_text(table, cells, first, value)}
            record |= {_SECTION_AT: sections.get(first), _SEGMENT_AT: value.segment}
            places = {FIRST_MADE: (table.heads.bottom, value.column)} | {column: (first, column) for column in labels}
            for row in rows:
                at = measure_at[names[row]]
                record[at], places[at] = cells.at(row, value.column), (row, value.column)
            if any(record.get(at) is not None or places.get(at) in cells.broken for at in measure_at.values()):
                long.add(first, record, places, cells)
    return long


def _label_heading(heading: str, column: int) -> str:
    return heading or f"Column {letters(column)}"


def _labelled(
    table: Table, cells: Cells, covered: _Covered, labels: Sequence[int]
) -> Iterator[tuple[int, dict[int, Cell]]]:
    """Yield the rows with their labels; a label that stands for the rows below it too is filled down."""
    above: dict[int, Cell] = {}
    filled_down = labels[:-1] if table.layout != "statement" else labels
    for row in range(table.heads.first, table.block.bottom + 1):
        if row in table.outlined:
            above = {column: cells.at(row, column) for column in labels}
        if row in table.left_out:
            continue
        own: dict[int, Cell] = {}
        for column in labels:
            cell = cells.at(row, column)
            cell = covered.get((row, column)) if cell is None else cell
            if cell is None and column in filled_down:
                cell = above.get(column)
            own[column] = above[column] = cell
        yield row, {column: text_of(cell) or None for column, cell in own.items()}


def _sections(table: Table, cells: Cells) -> dict[int, str]:
    """Return for each record the line above it that names its group, where there are several such lines."""
    columns = [value.column for value in table.values]
    names = {
        row: text
        for row in table.left_out
        if all(cells.at(row, column) is None for column in columns)
        and (text := next(filter(None, (cells.text(row, column) for column in table.labels)), ""))
    }
    last = max(table.rows, default=-1)
    heads = {row: name for row, name in names.items() if row < last and row + 1 not in names}
    if len(heads) < 2:
        return {}
    found: dict[int, str] = {}
    current = ""
    for row in range(table.heads.first, table.block.bottom + 1):
        current = heads.get(row, current)
        if current and row not in table.left_out:
            found[row] = current
    return found


def _section_measures(sections: dict[int, str]) -> dict[int, str]:
    """Return the measure of each row where the lines above groups of rows are measures: "Sales", then "Units"."""
    meanings = {name: understand(name).measure for name in set(sections.values())}
    is_measure = len(set(meanings.values())) == len(meanings) > 1 and None not in meanings.values()
    return sections if is_measure else {}


def _groups(values: Sequence[ValueColumn]) -> list[list[ValueColumn]]:
    """Return the columns of one period and segment together: the measures of one record."""
    groups: dict[tuple[Period | None, str | None], list[ValueColumn]] = {}
    for value in values:
        group = groups.setdefault((value.period, value.segment), [])
        if any(other.measure == value.measure for other in group):
            group = groups.setdefault((value.period, f"{value.segment or ''} {letters(value.column)}".strip()), [])
        group.append(value)
    return list(groups.values())


def _period_heading(table: Table, cells: Cells) -> str:
    """Return the heading of the periods, by their grain."""
    first = next((value.period for value in table.values if value.period), None)
    row = next(iter(table.rows), None)
    whole = None if first is None or row is None else _whole(table, cells, row, first)
    return PERIOD_HEADINGS[(whole or first).part] if first else "Period"


def _period_text(table: Table, cells: Cells, row: int, value: ValueColumn) -> str | None:
    whole = None if value.period is None else _whole(table, cells, row, value.period)
    return whole.text if whole is not None and whole.is_whole else None


def _whole(table: Table, cells: Cells, row: int, period: Period) -> Period | None:
    """Complete a period by the row's own part, or by the words around the table."""
    if table.row_period is not None:
        own = period_of(cells.at(row, table.row_period))
        period = (period.within(own) or period) if own is not None else period
    if period.is_whole:
        return period
    around, _ = table.around.period()
    if around is None or not around.is_whole:
        return period
    in_month = period.within(around) if (period.part, around.part) == ("week", "month") else None
    return in_month or period.within(Period("year", around.year)) or period


def _store(connection: duckdb.DuckDBPyConnection, long: _Long) -> None:
    """Create the table "raw" from the records, each column with the type that all its cells have, else as text."""
    arrays: dict[str, np.ndarray] = {"sheet_row": np.arange(1, len(long.rows) + 1)}
    fields = ["sheet_row"]
    for column, cells in long.values.items():
        name = f"c{column}"
        present = [cell for cell in cells if cell is not None]
        if present and all(isinstance(cell, float) for cell in present):
            arrays[name] = np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
            fields.append(f"CASE WHEN isnan({name}) THEN NULL ELSE {name} END AS {name}")
            continue
        arrays[name] = np.array([text_beside_texts(cell) for cell in cells], dtype=object)
        is_date = bool(present) and all(isinstance(cell, date) for cell in present)
        text = f"nullif({name}, '')"
        fields.append(f"try_cast({text} AS TIMESTAMP) AS {name}" if is_date else f"{text} AS {name}")
    connection.register("found", arrays)
    connection.execute(f"CREATE OR REPLACE TABLE raw AS SELECT {', '.join(fields)} FROM found").fetchall()  # noqa: S608
    connection.unregister("found")


_FILLERS = {"rows": _rows, "statement": _statement}
