"""Which KPIs move together, and with what delay; never which one causes the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain
from dash_kpi.kpis.statistics.adjusted import adjusted
from dash_kpi.kpis.statistics.wording import spelled, too_little
from dash_kpi.kpis.timeline import Timeline

MOST_LAGS = 12
FEWEST = 16  # pairs of periods at every lag
ORDERS = 3  # how many periods back a KPI may depend on itself
SIGNIFICANT = 0.05
CLIPPED = 3.0  # robust standard deviations beyond which a surprise counts no more
CAVEAT = "that does not say that one causes the other"


@dataclass(frozen=True, slots=True)
class Correlation:
    """How the surprises of two KPIs go together at the lag where they do most; `reason` where it cannot be told.

    With a positive lag, `first` moves that many periods after `second`. The p-value is adjusted for the
    lags, and for the pairs where several were looked at.
    """

    first: str
    second: str
    lag: int
    r: float | None
    p_value: float | None
    periods: int
    sentence: str
    reason: str | None = None

    @property
    def is_significant(self) -> bool:
        """Tell whether it is more than chance (p < 0.05)."""
        return self.p_value is not None and self.p_value < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Matrix:
    """The correlation of every two KPIs in the same period, and its adjusted p-value; NaN where it cannot be told."""

    names: tuple[str, ...]
    r: Floats
    p_values: Floats


@dataclass(frozen=True, slots=True)
class Surprises:
    """What a KPI did that its own past does not explain, and how many numbers the explanation took."""

    values: Floats
    spent: int


def correlation(first: tuple[str, Timeline], second: tuple[str, Timeline], most_lags: int = MOST_LAGS) -> Correlation:
    """Return how two KPIs of one grain go together at the best lag of up to `most_lags` periods either way.

    Two KPIs that both grow, or are both high in December, would correlate without having anything to do
    with each other. So what is correlated are the surprises of each: what is left after its seasons, a
    straight line and its own last periods (an autoregression of up to three, chosen by BIC), pulled in
    beyond three robust standard deviations. Sources: Haugh 1976, "Checking the independence of two
    covariance-stationary time series"; Box, Jenkins, Reinsel & Ljung 2015, "Time Series Analysis", 12.1.
    The p-value is Student's t's, times the number of lags (Bonferroni). Limits: only straight relations;
    KPIs computed from one another go together by definition.
    """
    (name, timeline), (other, beside) = first, second
    return _correlated(name, other, aligned([timeline, beside]), timeline.grain, most_lags)


def correlations(
    kpis: Mapping[str, Timeline], most_lags: int = MOST_LAGS, rows: list["Surprises"] | None = None
) -> tuple[Correlation, ...]:
    """Return the correlation of every two of several KPIs, the most certain first; `rows` from `aligned`, if known.

    The p-values are adjusted for the number of pairs as well: Benjamini & Hochberg 1995, "Controlling the
    false discovery rate". Of what is called significant, about one in twenty is chance.
    """
    names = list(kpis)
    rows = rows or aligned(list(kpis.values()))
    found = [
        _correlated(names[i], names[j], [rows[i], rows[j]], kpis[names[i]].grain, most_lags)
        for i, j in combinations(range(len(names)), 2)
    ]
    known = [each for each in found if each.p_value is not None]
    chances = benjamini_hochberg(np.array([each.p_value for each in known], dtype=np.float64)).tolist()
    judged = [
        replace(each, p_value=chance, sentence=_sentence(each.second, each.lag, each.r, chance, kpis[each.first].grain))
        for each, chance in zip(known, chances, strict=True)
    ]
    unknown = [each for each in found if each.p_value is None]
    return (*sorted(judged, key=lambda each: (each.p_value, -abs(each.r or 0))), *unknown)


def matrix(kpis: Mapping[str, Timeline], rows: list["Surprises"] | None = None) -> Matrix:
    """Return the correlations of all KPIs in the same period, on their surprises as in `correlation`."""
    rows = rows or aligned(list(kpis.values()))
    size = len(kpis)
    r, p_values = np.full((size, size), np.nan), np.full((size, size), np.nan)
    pairs = list(combinations(range(size), 2))
    for i, j in pairs:
        r[i, j], count = _pearson(rows[i].values, rows[j].values)
        p_values[i, j] = _chance(r[i, j], count - max(rows[i].spent, rows[j].spent))
    above = tuple(np.array(pairs, dtype=np.int64).reshape(-1, 2).T)
    p_values[above] = benjamini_hochberg(p_values[above])
    r.T[above], p_values.T[above] = r[above], p_values[above]
    is_known = np.array([bool(np.isfinite(row.values).any()) for row in rows], dtype=bool)
    np.fill_diagonal(r, np.where(is_known, 1.0, np.nan))
    np.fill_diagonal(p_values, np.where(is_known, 0.0, np.nan))
    return Matrix(tuple(kpis), r, p_values)


def benjamini_hochberg(p_values: Floats) -> Floats:
    """Return p-values adjusted so that those below a level are false in at most that share; NaN stays."""
    adjusted_values = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known])[::-1]]
    ranks = np.arange(len(order), 0, -1)
    adjusted_values[order] = np.minimum(np.minimum.accumulate(p_values[order] * len(order) / ranks), 1)
    return adjusted_values


def surprises(timeline: Timeline) -> Surprises:
    """Return what is left of a KPI after season, line and its own last periods; NaN where that cannot be told."""
    nothing = Surprises(np.full(len(timeline), np.nan), 0)
    judged = timeline.judged()
    known = judged[np.isfinite(judged)]
    scale = float(np.abs(known).max()) if len(known) else 0.0
    if len(known) < FEWEST or not scale or np.ptp(known / scale) <= 1e-12:
        return nothing
    season = adjusted(Timeline(timeline.grain, timeline.starts, judged / scale, timeline.whole, timeline.calendar))
    fits = [_autoregression(season.values, order) for order in range(ORDERS + 1)]
    order = min(range(ORDERS + 1), key=lambda order: fits[order][0])
    left = fits[order][1]
    found = left[~np.isnan(left)]
    if len(found) < FEWEST or np.ptp(found) <= 1e-9:
        return nothing
    middle = float(np.median(found))
    spread = 1.4826 * float(np.median(np.abs(found - middle)))
    clipped = np.clip(left, middle - CLIPPED * spread, middle + CLIPPED * spread) if spread else left
    return Surprises(clipped, season.spent + 1 + order)


def _autoregression(values: Floats, order: int) -> tuple[float, Floats]:
    """Return the BIC of a line with an autoregression, over the same periods for all orders, and what it leaves."""
    length = len(values)
    columns = [np.ones(length), np.linspace(-1, 1, length)]
    columns += [np.concatenate([np.full(lag, np.nan), values[:-lag]]) for lag in range(1, ORDERS + 1)]
    design = np.column_stack(columns)
    is_usable = ~np.isnan(values) & ~np.isnan(design).any(axis=1)
    left = np.full(length, np.nan)
    kept = design[:, : 2 + order]
    if is_usable.sum() < FEWEST:
        return (0.0 if order == 0 else 1.0), _plain_line(values, design[:, :2])
    weights: npt.NDArray[Any] = np.linalg.lstsq(kept[is_usable], values[is_usable], rcond=None)[0]
    left[is_usable] = values[is_usable] - kept[is_usable] @ weights
    count = int(is_usable.sum())
    variance = max(float((left[is_usable] ** 2).mean()), 1e-24)
    return count * np.log(variance) + order * np.log(count), left


def _plain_line(values: Floats, design: Floats) -> Floats:
    """Return what a line leaves, where there are too many gaps to look at the periods before."""
    is_present = ~np.isnan(values)
    weights: npt.NDArray[Any] = np.linalg.lstsq(design[is_present], values[is_present], rcond=None)[0]
    left: Floats = values - design @ weights
    return left


def aligned(timelines: Sequence[Timeline]) -> list[Surprises]:
    """Return the surprises of each timeline over all periods that any of them has."""
    starts = sorted({start for timeline in timelines for start in timeline.starts})
    place = {start: at for at, start in enumerate(starts)}
    rows = []
    for timeline in timelines:
        own = surprises(timeline)
        values = np.full(len(starts), np.nan)
        values[[place[start] for start in timeline.starts]] = own.values
        rows.append(Surprises(values, own.spent))
    return rows


def _correlated(name: str, other: str, rows: list[Surprises], grain: Grain, most_lags: int) -> Correlation:
    first, second = (row.values for row in rows)
    spent = max(row.spent for row in rows)
    both = int((np.isfinite(first) & np.isfinite(second)).sum())
    reach = min(most_lags, both // 4)
    found = [(lag, *_pearson(*_shifted(first, second, lag))) for lag in range(-reach, reach + 1)]
    known = [(lag, r, count) for lag, r, count in found if r == r]
    if not known:
        reason = (
            too_little(both, FEWEST, grain)
            if 0 < both < FEWEST
            else "one of the two hardly varies, or has too little history"
        )
        return Correlation(name, other, 0, None, None, both, f"Nothing can be said about {other}: {reason}.", reason)
    lag, r, count = max(known, key=lambda each: (abs(each[1]), -abs(each[0])))
    p_value = min(_chance(r, count - spent) * len(known), 1.0)
    return Correlation(name, other, lag, r, p_value, count, _sentence(other, lag, r, p_value, grain))


def _shifted(first: Floats, second: Floats, lag: int) -> tuple[Floats, Floats]:
    """Return the first series, and the second `lag` periods before it."""
    return (first[:lag], second[-lag:]) if lag < 0 else (first[lag:], second[: len(second) - lag])


def _pearson(first: Floats, second: Floats) -> tuple[float, int]:
    """Return Pearson's r over the periods that both have, NaN where they are too few, and their number."""
    both = np.isfinite(first) & np.isfinite(second)
    count = int(both.sum())
    if count < FEWEST:
        return np.nan, count
    x, y = first[both] - first[both].mean(), second[both] - second[both].mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return (float(np.clip((x @ y) / size, -1, 1)) if size else np.nan), count


def _chance(r: float, count: int) -> float:
    """Return the p-value of a correlation without one, by Student's t with count - 2 degrees of freedom.

    `count` is less what both series spent on being explained.
    """
    from scipy import special

    if r != r or count < 3:
        return np.nan if r != r else 1.0
    if abs(r) >= 1:
        return 0.0
    return float(2 * special.stdtr(count - 2, -abs(r) * np.sqrt((count - 2) / (1 - r * r))))


def _sentence(other: str, lag: int, r: float | None, p_value: float, grain: Grain) -> str:
    if r is None or p_value >= SIGNIFICANT:
        return f"No link with {other} that is more than chance."
    when = f"in the same {grain}" if not lag else f"{spelled(abs(lag), grain)} {'later' if lag > 0 else 'earlier'}"
    return f"Moves {'with' if r > 0 else 'against'} {other}, {when} (r = {r:.2f}); {CAVEAT}."
