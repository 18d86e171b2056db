"""News in words: what a KPI did, with its values in their unit."""

from collections.abc import Callable

from dash_kpi.kpis.news.news import News
from dash_kpi.kpis.periods import GRAINS
from dash_kpi.kpis.statistics.wording import counted
from dash_kpi.reporting.changes import Change
from dash_kpi.reporting.values import Unit
from dash_kpi.ui import format as formatted

ORDINALS = {3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth"}


def _value(one: Change, value: float | None, currency: str) -> str:
    return formatted.short(one.unit, value, currency, one.decimals)


def _by(unit: Unit, change: float | None) -> str:
    """Write a change without its sign: 12 %, 1.2 points."""
    if change is None:
        return ""
    if unit == "percent":
        return f"{abs(change) * 100:,.1f}{formatted.SPACE}points "
    return f"{abs(change) * 100:,.{0 if abs(change) >= 0.095 else 1}f}{formatted.SPACE}% "


def share(part: float) -> str:
    """Write which part of a change something explains; others may have moved against it."""
    if 0.995 <= part <= 1.005:
        return "all"
    return f"{part * 100:,.0f}{formatted.SPACE}%" if part < 1 else "more than all"


def _side(news: News) -> str:
    return "above" if news.way == "up" else "below"


def _move(one: Change, currency: str) -> str:
    news = one.news
    return (
        f"{_was(one.label)} {_value(one, news.value, currency)}, {_by(one.unit, news.change)}{_side(news)} "
        f"the {_value(one, news.before, currency)} of {one.against}, {_times(news.size)} its usual variation"
    )


def _target(one: Change, currency: str) -> str:
    news = one.news
    return (
        f"{one.label} missed its target: {_value(one, news.value, currency)}, {_by(one.unit, news.change)}"
        f"{_side(news)} the {_value(one, news.before, currency)} aimed at"
    )


def _risk(one: Change, currency: str) -> str:
    news = one.news
    return (
        f"{one.label} will probably miss the target of {one.period}: {_value(one, news.value, currency)} expected, "
        f"{_value(one, news.before, currency)} aimed at, missed with a chance of "
        f"{news.confidence * 100:,.0f}{formatted.SPACE}%"
    )


def _anomaly(one: Change, currency: str) -> str:
    news = one.news
    usual = f", {_by(one.unit, news.change)}{_side(news)} the {_value(one, news.before, currency)} expected"
    return f"{_was(one.label)} unusual {when(one)}: {_value(one, news.value, currency)}{usual}"


def _gap(one: Change, _currency: str) -> str:
    length = counted(one.news.periods, next(grain for grain in GRAINS if grain == one.grain))
    return f"{_has(one.label)} {length} without numbers where there usually are some: {one.period}"


def _shift(one: Change, currency: str) -> str:
    news = one.news
    return (
        f"{_has(one.label)} been at another level since {one.period}: about {_value(one, news.value, currency)} "
        f"a {one.grain}, {_by(one.unit, news.change)}{_side(news)} the {_value(one, news.before, currency)} before"
    )


def _record(one: Change, currency: str) -> str:
    return f"{_was(one.label)} {_value(one, one.news.value, currency)} {when(one)}, the {extreme(one.news, one.grain)}"


def extreme(news: News, grain: str) -> str:
    """Say of what a period is the highest or lowest."""
    word = "highest" if news.way == "up" else "lowest"
    length = counted(news.periods, next(known for known in GRAINS if known == grain))
    if news.is_ever:
        return f"{word} of all {counted(news.periods + 1, next(known for known in GRAINS if known == grain))}"
    return f"{word} {grain} in {length}"


def _streak(one: Change, currency: str) -> str:
    news = one.news
    word = "growth" if news.way == "up" else "decline"
    number = ORDINALS.get(news.periods) or _ordinal(news.periods)
    return (
        f"{one.label}: the {number} {one.grain} in a row of {word}, "
        f"from {_value(one, news.before, currency)} to {_value(one, news.value, currency)}"
    )


def _ordinal(number: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"} if number % 100 not in (11, 12, 13) else {}
    return f"{number}{endings.get(number % 10, 'th')}"


def _times(size: float) -> str:
    return f"{size:.1f} times" if size < 50 else "more than 50 times"


def when(one: Change) -> str:
    """Write a period with the word that belongs before it: on 3 Mar 2025, in the week of 3 Mar 2025, in Mar 2025."""
    if one.grain == "day":
        return f"on {one.period}"
    return f"in the {one.period}" if one.grain == "week" and one.period.startswith("week") else f"in {one.period}"


def _was(label: str) -> str:
    return f"{label} {'were' if _is_plural(label) else 'was'}"


def _has(label: str) -> str:
    return f"{label} {'have' if _is_plural(label) else 'has'}"


def _is_plural(label: str) -> bool:
    """Guess from the last letters: KPIs are called Orders, Units sold, Gross profit; whoever names them decides."""
    return label.endswith("s") and not label.endswith(("ss", "us", "is"))


TOLD: dict[str, Callable[[Change, str], str]] = {
    "move": _move, "target": _target, "risk": _risk, "anomaly": _anomaly, "gap": _gap, "shift": _shift,
    "record": _record, "streak": _streak,
}  # fmt: skip
