"""Daily measures: what KPIs are computed from.

The frame that storage hands over has one row for each source, measure and day:
`source` (int), `measure` (str), `day` (datetime64), `total` (float, sum of the values), `count` (int).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from dash_kpi.kpis.periods import Days

COLUMNS = ("source", "measure", "day", "total", "count")

Floats = npt.NDArray[np.float64]


def daily_frame(columns: Mapping[str, npt.ArrayLike] | pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the frame with its columns, types and order; with no columns given an empty one."""
    frame = pd.DataFrame({name: [] for name in COLUMNS} if columns is None else columns)[list(COLUMNS)]
    frame = frame.astype(
        {"source": "int64", "measure": "str", "day": "datetime64[s]", "total": "float64", "count": "int64"}
    )
    return frame.sort_values(["source", "measure", "day"], ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Column:
    """One measure of all sources, by day."""

    days: npt.NDArray[np.int64]  # days since 1970
    sources: npt.NDArray[np.int64]
    totals: Floats
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Measures:
    """The daily measures of a workspace, ready to be summed over any periods."""

    columns: Mapping[str, _Column] = field(default_factory=dict)
    aggregations: Mapping[str, str] = field(default_factory=dict)
    span: Days | None = None  # the days that the sources cover, whatever the filter

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, aggregations: Mapping[str, str], span: Days | None) -> "Measures":
        """Build from a frame of `daily_frame`'s shape; a measure without an aggregation is a sum."""
        columns = {
            str(name): _Column(
                days=part["day"].to_numpy().astype("datetime64[D]").astype(np.int64),
                sources=part["source"].to_numpy(),
                totals=part["total"].to_numpy(),
                counts=part["count"].to_numpy(),
            )
            for name, part in frame.groupby("measure", sort=True)
        }
        return cls(columns, aggregations, span)

    def __contains__(self, measure: object) -> bool:
        """Tell whether any source has the measure."""
        return measure in self.columns

    def sources_of(self, measure: str) -> frozenset[int]:
        """Return the sources that have the measure."""
        column = self.columns.get(measure)
        return frozenset(np.unique(column.sources).tolist()) if column else frozenset()

    def over(self, measure: str, edges: npt.NDArray[np.int64], sources: frozenset[int] | None = None) -> Floats:
        """Aggregate a measure over consecutive periods: NaN where a period has no value.

        `edges` are n + 1 ascending days since 1970, the first day of each period and the day after
        the last; the result has n values. `sources` narrows to these sources.
        """
        column, periods = self.columns[measure], len(edges) - 1
        position = np.searchsorted(edges, column.days, side="right") - 1
        inside = (position >= 0) & (position < periods)
        if sources is not None:
            inside &= np.isin(column.sources, list(sources))
        counts = np.bincount(position[inside], weights=column.counts[inside], minlength=periods)
        totals = np.bincount(position[inside], weights=column.totals[inside], minlength=periods)
        is_mean = self.aggregations.get(measure) == "mean"
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(counts > 0, totals / counts if is_mean else totals, np.nan)
