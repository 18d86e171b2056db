"""The models that are tried, the simplest first; adding one means adding a module and a row."""

from collections.abc import Callable
from dataclasses import dataclass

from dash_kpi.kpis.forecasting import naive, regression, smoothing, theta
from dash_kpi.kpis.forecasting.history import History
from dash_kpi.kpis.measures import Floats, Integers


@dataclass(frozen=True, slots=True)
class Model:
    """A way to forecast.

    `rehearse` takes ascending origins (how many periods are known) and returns a row of forecasts for
    each, made from the periods before the origin alone. `seasonal` and `plain` are its words.
    """

    rehearse: Callable[[History, Integers], Floats]
    seasonal: str
    plain: str

    def words(self, season: int) -> str:
        """Return what it is, in words for a person."""
        return self.seasonal if season > 1 else self.plain


MODELS: dict[str, Model] = {
    "naive": Model(naive.rehearse, "the last season repeated", "the last value repeated"),
    "theta": Model(theta.rehearse, "half of the long trend and a fixed season", "half of the long trend"),
    "smoothing": Model(smoothing.rehearse, "a smoothed level, trend and season", "a smoothed level and trend"),
    "regression": Model(
        regression.rehearse, "calendar effects and a trend that flattens", "a straight trend that flattens"
    ),
}
