"""Measures by the values of a dimension, from the snapshots."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Days
from dash_kpi.storage.database import Database
from dash_kpi.storage.snapshots import Filters
from dash_kpi.storage.sources import FILE, SourceState


def by_value(
    database: Database,
    sources: Sequence[SourceState],
    dimension: str,
    measures: Sequence[str],
    filters: Filters,
    spans: Sequence[Days],
) -> tuple[list[str], Floats]:
    """Sum measures over spans of days for each value of a dimension.

    The sources must have the dimension and the filters' dimensions. Returns the values, "" for blank,
    and an array of shape (values, spans, measures, 2) with the sum and the count; a measure that no
    source has is NaN and 0.
    """
    files = {source.snapshot: source.file for source in sources}
    present = [name for name in measures if any(name in source.aggregations for source in sources)]
    if not present:
        return [], np.empty((0, len(spans), len(measures), 2))
    column = None if dimension == FILE else dimension
    values, sums = database.snapshots.by_value(list(files), column, present, filters, spans)
    if column is None:
        values, sums = _merged([files[snapshot] for snapshot in values], sums)
    result = np.zeros((len(values), len(spans), len(measures), 2))
    result[..., 0] = np.nan
    result[:, :, [list(measures).index(name) for name in present], :] = sums
    return values, result


def _merged(names: list[str], sums: Floats) -> tuple[list[str], Floats]:
    """Add up the rows that have the same name: the sheets of one file."""
    distinct = sorted(set(names))
    position: npt.NDArray[np.intp] = np.array([distinct.index(name) for name in names], dtype=np.intp)
    merged = np.zeros((len(distinct), *sums.shape[1:]))
    np.add.at(merged, position, np.nan_to_num(sums))
    return distinct, merged
