"""A KPI as a matrix: weekday by week, month by year."""

from dataclasses import dataclass
from datetime import date, timedelta

from dash_kpi.kpis.cadence import WEEKDAYS
from dash_kpi.kpis.statistics.seasonality import MONTHS
from dash_kpi.kpis.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Heatmap:
    """Cells by row and column; None where there is no value or the period is cut short."""

    rows: tuple[str, ...]
    columns: tuple[date, ...]  # the Monday of each week, or 1 January of each year
    cells: tuple[tuple[float | None, ...], ...]


def weekday_by_week(timeline: Timeline) -> Heatmap | None:
    """Return the days of a timeline with a row for each weekday; None for other grains."""
    if timeline.grain != "day" or not len(timeline):
        return None
    places = {start: (start.weekday(), start - timedelta(days=start.weekday())) for start in timeline.starts}
    first, last = places[timeline.starts[0]][1], places[timeline.starts[-1]][1]
    columns = tuple(first + timedelta(days=7 * week) for week in range((last - first).days // 7 + 1))
    return _heatmap(timeline, WEEKDAYS, columns, places)


def month_by_year(timeline: Timeline) -> Heatmap | None:
    """Return the months of a timeline with a row for each month; None for other grains."""
    if timeline.grain != "month" or not len(timeline):
        return None
    places = {start: (start.month - 1, date(start.year, 1, 1)) for start in timeline.starts}
    years = range(timeline.starts[0].year, timeline.starts[-1].year + 1)
    return _heatmap(timeline, MONTHS, tuple(date(year, 1, 1) for year in years), places)


def _heatmap(
    timeline: Timeline, rows: tuple[str, ...], columns: tuple[date, ...], places: dict[date, tuple[int, date]]
) -> Heatmap:
    at = {column: place for place, column in enumerate(columns)}
    cells: list[list[float | None]] = [[None] * len(columns) for _ in rows]
    for start, value, usable in zip(timeline.starts, timeline.values, timeline.usable, strict=True):
        row, column = places[start]
        cells[row][at[column]] = float(value) if usable else None
    return Heatmap(rows, columns, tuple(tuple(row) for row in cells))
