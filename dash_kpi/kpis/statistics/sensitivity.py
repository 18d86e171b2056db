"""How far from usual is unusual: one knob, stated as the false alarms that it costs."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain
from dash_kpi.kpis.statistics.robust import median, spread

Sensitivity = Literal["low", "normal", "high"]

# Of how many ordinary periods one is called unusual.
ONE_IN: dict[Sensitivity, int] = {"low": 1000, "normal": 300, "high": 100}
PERIODS_A_YEAR: dict[Grain, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}

LIGHTEST_TAIL = 60.0  # degrees of freedom; nothing real is more normal than this
HEAVIEST_TAIL = 1.5
PRIOR_TAIL = 6.0  # what is assumed before there is enough history to tell
PRIOR_PERIODS = 40  # how many periods of history weigh as much as the assumption
MAD_EFFICIENCY = 0.37  # of the MAD under normality (Huber 1981)


@dataclass(frozen=True, slots=True)
class Noise:
    """What is left after season and level: its centre, its scale and how heavy its tails are (Student's t)."""

    centre: float
    scale: float
    freedom: float

    def scores(self, remainder: Floats) -> Floats:
        """Return how many scaled MADs each remainder lies from the centre."""
        scored: Floats = (remainder - self.centre) / self.scale if self.scale > 0 else remainder * np.nan
        return scored

    def limit(self, sensitivity: Sensitivity) -> float:
        """Return the score beyond which one of `ONE_IN` ordinary periods lies, on both sides together."""
        from scipy.special import stdtrit

        tail = 1 - 0.5 / ONE_IN[sensitivity]
        middle = stdtrit(self.freedom, 0.75) / stdtrit(1e6, 0.75)  # a MAD of 1 is the normal's, not this t's
        return float(stdtrit(self.freedom, tail) / middle)


def false_alarms_a_year(sensitivity: Sensitivity, grain: Grain) -> float:
    """Return how many ordinary periods of a year are expected to be called unusual."""
    return PERIODS_A_YEAR[grain] / ONE_IN[sensitivity]


def noise_of(remainder: Floats) -> Noise:
    """Describe a remainder by quantiles that its anomalies hardly move.

    The tail is the Student t whose ratio of the 95 % to the 50 % quantile of absolute values is the one seen,
    drawn towards `PRIOR_TAIL` where history is short, and made heavier for the doubt in the scale itself.
    """
    present = remainder[~np.isnan(remainder)]
    centre, scale = median(present), spread(present)
    if not scale > 0:
        return Noise(centre, scale, PRIOR_TAIL)
    half, most = np.quantile(np.abs(present - centre), [0.5, 0.95])
    seen = float(most / half) if half > 1e-9 * most else _ratio(HEAVIEST_TAIL)
    weight = len(present) / (len(present) + PRIOR_PERIODS)
    tail = _freedom(weight * seen + (1 - weight) * _ratio(PRIOR_TAIL))
    return Noise(centre, scale, 1 / (1 / tail + 1 / max(MAD_EFFICIENCY * len(present), 1)))


def _ratio(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975) / stdtrit(freedom, 0.75))


def _freedom(ratio: float) -> float:
    """Return the degrees of freedom with this ratio of quantiles, by halving: the ratio falls as they grow."""
    low, high = HEAVIEST_TAIL, LIGHTEST_TAIL
    for _ in range(30):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if _ratio(middle) > ratio else (low, middle)
    return float((low * high) ** 0.5)
