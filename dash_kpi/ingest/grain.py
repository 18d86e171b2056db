"""How fine the dates of a table are."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from dash_kpi.ingest.reading import Grain


def grain_of(days: Sequence[date], written: Grain | None = None) -> Grain:
    """Return the grain of distinct days in their order; `written` is what their notation says."""
    if written is not None:
        return written
    if len(days) < 2:
        return "day"
    if all(day.day == 1 for day in days) or all((day + timedelta(days=1)).day == 1 for day in days):
        months = {day.month for day in days}
        years = {day.year for day in days}
        if len(months) == 1 and len(years) == len(days) and months <= {1, 12}:
            return "year"
        if months <= {1, 4, 7, 10} or months <= {3, 6, 9, 12}:
            return "quarter"
        return "month"
    gaps = {(later - earlier).days for earlier, later in pairwise(days)}
    if len(days) >= 3 and all(gap % 7 == 0 for gap in gaps):
        return "week"
    return "day"
