"""Calendars: weeks down, weekdays across, the numbers of the days in the cells. They hold no amounts."""

from itertools import pairwise

from dash_kpi.ingest.months import WEEKDAYS, plain
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.heads import Heads

_LEAST_WEEKDAYS = 5
_LEAST_DAYS = 20


def why_calendar(cells: Cells, block: Block, heads: Heads) -> str | None:
    """Return what to do with a block that is a calendar, None where it is none."""
    weekdays = [
        column
        for column, path in heads.paths.items()
        if path and isinstance(path[-1], str) and plain(path[-1]).strip(" .") in WEEKDAYS
    ]
    if len(weekdays) < _LEAST_WEEKDAYS:
        return None
    days = [
        number
        for row in range(heads.first, block.bottom + 1)
        for column in weekdays
        if (number := cells.number(row, column)) is not None
    ]
    steps = sum(later - earlier == 1 for earlier, later in pairwise(days))
    if len(days) < _LEAST_DAYS or steps < _LEAST_DAYS - 1 or max(days) > 31:
        return None
    return "This is a calendar, weeks down and weekdays across; list its days one below the other, with their amounts."
