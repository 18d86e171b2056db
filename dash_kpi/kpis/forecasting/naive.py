"""The yardstick: the last season repeated."""

import numpy as np

from dash_kpi.kpis.forecasting.history import History
from dash_kpi.kpis.measures import Floats, Integers


def rehearse(history: History, origins: Integers) -> Floats:
    """Forecast from each origin (a count of known periods) by repeating the last season.

    A gap stands for the value one season before it. Source: Hyndman and Athanasopoulos (2021),
    Forecasting: Principles and Practice, 5.2. Limits: no trend, and all the noise of the last season.
    """
    season, ahead = history.season, np.arange(history.horizon)
    back = season - ahead % season
    repeated: Floats = history.filled()[np.maximum(origins[:, None] - back[None, :], 0)]
    return repeated
