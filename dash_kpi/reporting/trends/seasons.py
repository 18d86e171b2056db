"""The section Seasons: weekdays and weeks, months and years, and what is usual for each."""

from dash_kpi.kpis.periods import GRAINS
from dash_kpi.kpis.statistics.decomposition import NotDecomposed, decompose
from dash_kpi.kpis.statistics.heatmaps import Heatmap, month_by_year, weekday_by_week
from dash_kpi.kpis.statistics.seasonality import GRAINS_OF, Cycle, profile
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.reporting.chart_values import Matrix, Profile
from dash_kpi.reporting.trends.analyses import remembered
from dash_kpi.reporting.trends.subject import Subject, history_of
from dash_kpi.reporting.trends.values import Panel, Said

MOST_WEEKS = 106  # columns of a heatmap: two years
CYCLES: tuple[Cycle, ...] = ("weekday", "month", "quarter")
SEASON_NAMES = {7: "week", 365: "year", 52: "year", 12: "year", 4: "year"}  # by its length in periods
LETTERS = 3  # of a weekday or a month, so that all have room on a phone
STRENGTH_BESIDE: dict[Cycle, str] = {"weekday": "By week", "month": "By year"}  # whose strength is told where
FEWEST_ROUNDS = 3  # with two, most of the noise passes for season
STRONG, MODERATE = 0.64, 0.3


def panels(subject: Subject) -> tuple[Panel, ...]:
    """Return the heatmaps that the grain allows, and what is usual in each cycle."""
    kept = [*(panel for panel in (_weeks(subject), _months(subject)) if panel), *profiles(subject)]
    if kept:
        return tuple(kept)
    said = Said("Seasons", "A year is the whole of every season; choose a finer grain to see one.")
    return (Panel("weekday", f"Seasons of {subject.kpi.label}", "profile", said=(said,), width="whole"),)


def profiles(subject: Subject) -> tuple[Panel, ...]:
    """Return what is usual in each cycle that the grain shows."""
    found = (_profile(subject, cycle) for cycle in CYCLES)
    return tuple(panel for panel in found if panel)


def _weeks(subject: Subject) -> Panel | None:
    shown = subject.shown
    found = weekday_by_week(shown)
    if found is None:
        return None
    more = len(found.columns) - MOST_WEEKS
    kept = max(0, more)
    names = tuple(subject.frame.calendar.label(week, "day") for week in found.columns[kept:])
    values = Matrix(
        subject.kpi.label, subject.kpi.unit, "weekday", "week", found.rows, names,
        tuple(row[kept:] for row in found.cells),
    )  # fmt: skip
    said = (Said("Shown", f"The newest {MOST_WEEKS} of {len(found.columns):,} weeks."),) if more > 0 else ()
    return Panel("calendar", f"{subject.kpi.label} by weekday and week", "heatmap", values, said, width="whole")


def _months(subject: Subject) -> Panel | None:
    if GRAINS.index(subject.frame.grain) > GRAINS.index("month") or subject.frame.calendar.weeks:
        return None
    found = month_by_year(history_of(subject.kpi, subject.frame, "month"))
    if found is None:
        return None
    years = tuple(str(year.year) for year in found.columns)
    rows, columns, cells = found.rows, years, found.cells
    values = Matrix(subject.kpi.label, subject.kpi.unit, "month", "year", rows, columns, cells)
    said = _left_out(found)
    return Panel("months", f"{subject.kpi.label} by month and year", "heatmap", values, said)


def _left_out(found: Heatmap) -> tuple[Said, ...]:
    is_cut = any(value is None for row in found.cells for value in row)
    cut = " Months without a value, or not whole, are left empty." if is_cut else ""
    return (Said("Shown", f"All of the history.{cut}"),)


def _profile(subject: Subject, cycle: Cycle) -> Panel | None:
    if subject.frame.grain not in GRAINS_OF[cycle]:
        return None
    found = remembered(subject, ("profile", cycle), lambda: profile(subject.history, cycle))
    if found is None:
        return None
    levels = found.values if found.is_multiplicative else _as_levels(found.values, subject.history)
    is_known = any(level is not None for level in levels)
    values = (
        Profile(subject.kpi.label, cycle, tuple(name[:LETTERS] for name in found.names), levels) if is_known else None
    )
    said = [Said(f"By {cycle}", found.sentence)]
    said += [one for one in _strength(subject) if one.about == STRENGTH_BESIDE.get(cycle)]
    return Panel(cycle, f"What is usual for a {cycle}", "profile", values, tuple(said))


def _as_levels(differences: tuple[float | None, ...], history: Timeline) -> tuple[float | None, ...]:
    """Return differences as multiples of the mean, where there is a mean to be a multiple of."""
    values = history.values[history.usable]
    mean = float(values.mean()) if len(values) else 0.0
    if not (mean > 0 and float(values.min()) >= 0):
        return (None,) * len(differences)
    return tuple(None if value is None else 1 + value / mean for value in differences)


def _strength(subject: Subject) -> list[Said]:
    """Say how much of what is left beside the trend each season makes up."""
    found = remembered(subject, ("decomposition",), lambda: decompose(subject.history))
    if isinstance(found, NotDecomposed):
        return []
    return [
        Said(f"By {SEASON_NAMES[length]}", _strength_said(SEASON_NAMES[length], strength))
        for length, strength in found.season_strengths.items()
        if len(subject.history) >= FEWEST_ROUNDS * length
    ]


def _strength_said(season: str, strength: float) -> str:
    word = "strong" if strength >= STRONG else "moderate" if strength >= MODERATE else "weak"
    return f"The pattern of the {season} is {word}: {strength:.2f}, where 0 is none and 1 is nothing else."
