"""A series: one segment of a KPI over the periods that have closed, with what its limits are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from dash_kpi.kpis.definition import Unit
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.running import Bands
from dash_kpi.kpis.statistics.sensitivity import Sensitivity


def _nothing() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True)
class Series:
    """The closed periods, oldest first: arrays of one length, NaN where there is no value.

    What not every rule asks for is worked out when it is asked for.
    """

    starts: tuple[date, ...]
    ends: tuple[date, ...]
    labels: tuple[str, ...]
    values: Floats
    unit: Unit = "number"
    find_targets: Callable[[], Floats] = field(default=_nothing, repr=False)
    find_previous: Callable[[], Floats] = field(default=_nothing, repr=False)  # of the period before
    find_year_ago: Callable[[], Floats] = field(default=_nothing, repr=False)  # of the same days last year
    find_bands: Callable[[Sensitivity], Bands] | None = field(default=None, repr=False)
    _found: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        """Return the number of periods."""
        return len(self.starts)

    @property
    def targets(self) -> Floats:
        """What the KPI should come to in each period."""
        return self._once("targets", self.find_targets)

    @property
    def previous(self) -> Floats:
        """The value of the period before each."""
        return self._once("previous", self.find_previous)

    @property
    def year_ago(self) -> Floats:
        """The value of the same days last year."""
        return self._once("year_ago", self.find_year_ago)

    def bands(self, sensitivity: Sensitivity) -> Bands:
        """What was usual for each period by then."""
        if sensitivity not in self._found:
            unknown = np.full(len(self), np.nan)
            find = self.find_bands
            self._found[sensitivity] = find(sensitivity) if find else Bands(unknown, unknown, unknown)
        found: Bands = self._found[sensitivity]
        return found

    def _once(self, name: str, find: Callable[[], Floats]) -> Floats:
        if name not in self._found:
            values = find()
            self._found[name] = values if len(values) == len(self) else np.full(len(self), np.nan)
        found: Floats = self._found[name]
        return found
