"""What became of each column of a table: its part, its name, and why."""

from dash_kpi.ingest.columns import Mapping
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import ColumnPart


def column_parts(table: RawTable, mapping: Mapping) -> tuple[ColumnPart, ...]:
    """Return the part of every column of a table, in the order of the sheet."""
    parts = {column.index: ColumnPart(column.index, column.heading, "left_out") for column in table.columns}
    for one in mapping.date.columns if mapping.date else ():
        parts[one.column.index] = ColumnPart(one.column.index, one.column.heading, "date")
    for measure in mapping.measures:
        column = measure.profile.column
        parts[column.index] = ColumnPart(column.index, column.heading, "measure", measure.name, measure.aggregation)
    for name, one in mapping.dimensions.items():
        parts[one.column.index] = ColumnPart(one.column.index, one.column.heading, "dimension", name)
    reasons = {one.column.index: f"it {reason}" for one, reason in mapping.left_out} | mapping.reasons
    return tuple(
        ColumnPart(one.index, one.heading, one.part, one.name, one.aggregation, reasons.get(one.index) or _plainly(one))
        for one in parts.values()
    )


def _plainly(part: ColumnPart) -> str:
    """Return the reason where nobody gave one."""
    return {
        "date": "its cells are the best dates of the sheet",
        "measure": "its cells are numbers",
        "dimension": "its cells name what can be told apart",
        "left_out": "its cells are blank",
    }[part.part]
