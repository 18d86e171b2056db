"""Forecasts of series that come with statsmodels, and of the sample, beside the last season and an automatic ETS."""

import time
import warnings
from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
from statsmodels import datasets
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from benchmarks.table import Comparison, say
from dash_kpi import sample
from dash_kpi.kpis.forecasting import naive, rehearsal
from dash_kpi.kpis.forecasting.forecast import forecast
from dash_kpi.kpis.forecasting.history import NEEDED, history_of
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain, next_start
from dash_kpi.kpis.timeline import Timeline

AHEAD: dict[Grain, int] = {"day": 30, "week": 13, "month": 12, "quarter": 8, "year": 3}
MACRO = ("realgdp", "realinv", "realcons", "unemp", "infl", "tbilrate")
MOST_SECONDS = 1.0


def rows(is_quick: bool) -> list[Comparison]:
    """Forecast from earlier ends of every series, and compare with what came."""
    found: list[Comparison] = []
    every: list[Floats] = []
    for name, line in series().items():
        say(f"forecasting {name}")
        scores = np.array(list(_scores(line, 2 if is_quick else 12, 1 if is_quick else 3)))
        every.append(scores)
        ours, last, _, inside80, inside95, seconds, _ = np.nanmean(scores, axis=0)
        both = scores[~np.isnan(scores[:, 2])]
        found += [
            Comparison(f"MASE, {name}", "", ours, "last season", last),
            Comparison(f"MASE, {name}, some ends", "", both[:, 0].mean(), "best AICc of ETS", both[:, 2].mean()),
            Comparison(f"inside the 80 % interval, {name}", "%", 100 * inside80),
            Comparison(f"inside the 95 % interval, {name}", "%", 100 * inside95),
            Comparison(f"a forecast, {name}", "s", seconds, "best AICc of ETS", both[:, 6].mean(), most=MOST_SECONDS),
        ]
    means = np.mean([np.nanmean(one, axis=0) for one in every], axis=0)
    # Not the weekly ones: no ETS with a season of 52 weeks is fitted, and without it the comparison is too easy.
    fair = [one for one, line in zip(every, series().values(), strict=True) if line.grain != "week"]
    both_means = np.mean([one[~np.isnan(one[:, 2])].mean(axis=0) for one in fair], axis=0)
    return [
        *found,
        Comparison("MASE, mean of all series", "", means[0], "last season", means[1]),
        Comparison(
            "MASE, mean of all but the weekly series, some ends", "", both_means[0], "best AICc of ETS", both_means[2]
        ),
        Comparison("inside the 80 % interval, mean of all series", "%", 100 * means[3]),
        Comparison("inside the 95 % interval, mean of all series", "%", 100 * means[4]),
    ]


def series() -> dict[str, Timeline]:
    """Return the series: by week, month, quarter, year; the sample's by day and week."""
    co2 = datasets.co2.load_pandas().data["co2"]
    monthly = co2.resample("MS").mean()
    macro = datasets.macrodata.load_pandas().data
    elnino = datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy().ravel()
    return {
        "CO2 by week": _timeline("week", date(1958, 3, 31), co2.to_numpy()),
        "CO2 by month": _timeline("month", monthly.index[0].date(), monthly.to_numpy()),
        "El Niño by month": _timeline("month", date(1950, 1, 1), elnino),
        "sunspots by year": _timeline("year", date(1700, 1, 1), datasets.sunspots.load_pandas().data["SUNACTIVITY"]),
        "Nile by year": _timeline("year", date(1871, 1, 1), datasets.nile.load_pandas().data["volume"]),
        **{f"{name} by quarter": _timeline("quarter", date(1959, 1, 1), macro[name]) for name in MACRO},
        **_sampled(),
    }


def _sampled() -> dict[str, Timeline]:
    """Return measures of the sample, built in memory."""
    days, random = sample.calendar(date(2025, 6, 12)), np.random.default_rng(8050)
    sold = pd.DataFrame(sample.sales(days, random), columns=list(sample.SALES))
    byday = sold.groupby("Date")[["Revenue", "Cost"]].sum().reindex(list(days.days), fill_value=0.0)
    shop = pd.DataFrame(sample.web_shop(days, random), columns=list(sample.WEB_SHOP))
    weekly = byday["Revenue"].set_axis(pd.DatetimeIndex(byday.index)).resample("W-SUN").sum()[1:-1]
    monday = (weekly.index[0] - pd.Timedelta(days=6)).date()
    return {
        "revenue by day": _timeline("day", days.days[0], byday["Revenue"]),
        "margin by day": _timeline("day", days.days[0], 1 - byday["Cost"] / byday["Revenue"]),
        "orders by day": _timeline("day", days.days[0], shop["Orders"]),
        "revenue by week": _timeline("week", monday, weekly),
    }


def _timeline(grain: Grain, first: date, values: "pd.Series[float] | Floats") -> Timeline:
    numbers = np.asarray(values, dtype=np.float64)
    starts = tuple(next_start(first, grain, step) for step in range(len(numbers)))
    return Timeline(grain, starts, numbers, np.ones(len(numbers), dtype=bool))


def _scores(line: Timeline, ends: int, compared: int) -> Iterator[tuple[float, ...]]:
    """Yield for each end: MASE of ours, the last season, ETS; shares inside; seconds of ours and ETS."""
    first = max(len(line) // 2, NEEDED[line.grain] + 1)
    at_ends = np.unique(np.linspace(first, len(line) - AHEAD[line.grain], ends).astype(int))
    with_ets = set(at_ends[np.linspace(0, len(at_ends) - 1, compared).astype(int)].tolist())
    for end in at_ends.tolist():
        past = Timeline(line.grain, line.starts[:end], line.values[:end], line.whole[:end])
        began = time.perf_counter()
        found = forecast(past, AHEAD[line.grain])
        seconds = time.perf_counter() - began
        start, history = line.starts.index(found.starts[0]), history_of(past, found.starts)
        after = line.values[start : start + len(found.mean)]
        scale = rehearsal.scale_of(history) * history.unit
        last = naive.rehearse(history, np.array([len(history)]))[0] * history.unit
        theirs, their_seconds = np.full(len(after), np.nan), np.nan
        if end in with_ets:
            began = time.perf_counter()
            theirs = automatic(history.filled(), history.season, len(after)) * history.unit
            their_seconds = time.perf_counter() - began
        known = ~np.isnan(after)
        if not known.any():
            continue
        errors = [float(np.mean(np.abs(after - np.array(one))[known])) / scale for one in (found.mean, last, theirs)]
        inside = [
            float(np.mean(((after >= np.array(low)) & (after <= np.array(high)))[known]))
            for low, high in ((found.low80, found.high80), (found.low95, found.high95))
        ]
        yield (*errors, *inside, seconds, their_seconds)


def automatic(values: Floats, season: int, horizon: int) -> Floats:
    """Forecast by the ETS model of statsmodels with the best AICc, as R's ets chooses (seasons up to 24)."""
    kinds = (None, "add", "mul") if values.min() > 0 else (None, "add")
    best, lowest = np.full(horizon, values[-1]), np.inf
    for error in ("add", "mul") if values.min() > 0 else ("add",):
        for is_trended in (False, True):
            for kind in kinds if 1 < season <= 24 else (None,):
                if error == "add" and kind == "mul":
                    continue
                trend = {"trend": "add", "damped_trend": True} if is_trended else {}
                seasons = {"seasonal": kind, "seasonal_periods": season} if kind else {}
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        fitted = ETSModel(values, error=error, **trend, **seasons).fit(disp=False)
                    except ValueError:  # too few values for this one
                        continue
                if fitted.aicc < lowest:
                    best, lowest = np.asarray(fitted.forecast(horizon)), fitted.aicc
    return best
