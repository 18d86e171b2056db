"""A timeline: one KPI by period, as everything that looks for patterns takes it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.calendar import CIVIL, Calendar
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain

Booleans = npt.NDArray[np.bool_]

# The lengths, in periods, of the seasons that each grain can show, the shortest first.
SEASONS: dict[Grain, tuple[int, ...]] = {"day": (7, 365), "week": (52,), "month": (12,), "quarter": (4,), "year": ()}


@dataclass(frozen=True, slots=True)
class Timeline:
    """A KPI over consecutive periods of one grain: arrays of one length.

    `values` is NaN where a period has no value and never infinite; `whole` is False for periods that
    the span or the end of the data cuts short: they are drawn, but nothing is concluded from them.
    """

    grain: Grain
    starts: tuple[date, ...]  # the first day of each period
    values: Floats
    whole: Booleans
    calendar: Calendar = CIVIL

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.starts)

    def label(self, start: date) -> str:
        """Return a period of this timeline as people write it."""
        return self.calendar.label(start, self.grain)

    @property
    def usable(self) -> Booleans:
        """Tell which periods have a value and are whole."""
        usable: Booleans = self.whole & ~np.isnan(self.values)
        return usable

    def judged(self) -> Floats:
        """Return the values with NaN for the periods that are cut short."""
        judged: Floats = np.where(self.whole, self.values, np.nan)
        return judged
