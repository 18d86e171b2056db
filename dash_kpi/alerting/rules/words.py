"""A rule in one sentence, as people say it."""

from collections.abc import Callable

from dash_kpi.alerting.rules.rule import Condition, Limit, Rule
from dash_kpi.storage.filters import in_words

Write = Callable[[float], str]  # a value of the KPI, in its unit

GRAINS = {
    "day": "by day",
    "week": "by week",
    "month": "by month",
    "quarter": "by quarter",
    "year": "by year",
    "rolling_7": "over 7 days",
    "rolling_30": "over 30 days",
}
PERIODS = {"rolling_7": "day", "rolling_30": "day"}
AGAINST = {"previous": "against the period before", "year": "against last year"}
SENSITIVITIES = {"low": "is very unusual", "normal": "is unusual", "high": "is a little unusual"}
DIRECTIONS = {"up": "ly high", "down": "ly low", "both": ""}


def rule_words(rule: Rule, label: str, write: Write) -> str:
    """Return a rule as "Revenue by month below € 100,000, 2 months in a row, each Region"; `label` is the KPI's."""
    first, *rest = [condition_words(one, rule, write) for one in rule.conditions]
    said = [f" {rule.join} {one}" for one in rest]
    parts = [f"{_subject(rule, label)} {first}{''.join(said)}"]
    if rule.pending > 1:
        parts.append(f"{rule.pending} {PERIODS.get(rule.grain, rule.grain)}s in a row")
    if rule.by:
        parts.append(f"each {rule.by}")
    if rule.limits:
        some = len(rule.limits)
        parts.append(f"{some} with {'a limit of its own' if some == 1 else 'limits of their own'}")
    if rule.filters:
        parts.append(f"only {in_words(rule.filters)}")
    return ", ".join(parts)


def condition_words(condition: Condition, rule: Rule, write: Write) -> str:
    """Return one condition, as it follows the name of a KPI."""
    return WORDS[condition.kind](condition, rule, write)


def limit_words(limit: Limit | None, write: Write) -> str:
    """Return a limit: an amount, a share of the target, or a multiple of last year."""
    if limit is None:
        return ""
    if limit.target is not None:
        return "its target" if limit.target == 1 else f"{_percent(limit.target)} of its target"
    if limit.last_year is not None:
        return "last year" if limit.last_year == 1 else f"{_percent(limit.last_year)} of last year"
    return write(limit.value or 0.0)


def _subject(rule: Rule, label: str) -> str:
    if rule.conditions[0].kind in ("late", "refused", "restated"):
        return label
    return f"{label} {GRAINS[rule.grain]}"


def _change(condition: Condition, _rule: Rule, write: Write) -> str:
    sides = []
    for limit, verb in ((condition.low, "falls"), (condition.high, "rises")):
        if limit is not None and limit.value is not None:
            size = abs(limit.value)
            amount = _percent(size) if condition.measured == "percent" else _points(write(size))
            is_usual = (limit.value <= 0) == (verb == "falls")
            sides.append(f"{verb} by more than {amount}" if is_usual else f"{_other(verb)} by less than {amount}")
    return f"{' or '.join(sides)} {AGAINST[condition.against]}"


def _points(amount: str) -> str:
    """Return an amount of a KPI that is a share itself: 5 points, so that nobody takes it for 5 % of it."""
    return f"{amount.removesuffix('%').rstrip()} points" if amount.endswith("%") else amount


def _other(verb: str) -> str:
    return "rises" if verb == "falls" else "falls"


def _anomaly(condition: Condition, _rule: Rule, _write: Write) -> str:
    return f"{SENSITIVITIES[condition.sensitivity]}{DIRECTIONS[condition.direction]}"


def _crosses(condition: Condition, _rule: Rule, write: Write) -> str:
    sides = [
        f"{verb} {limit_words(limit, write)}"
        for limit, verb in ((condition.low, "fall below"), (condition.high, "rise above"))
        if limit is not None
    ]
    return f"is forecast to {' or '.join(sides)}"


def _no_data(condition: Condition, rule: Rule, _write: Write) -> str:
    period = PERIODS.get(rule.grain, rule.grain)
    return f"without data for {condition.periods} {period}{'' if condition.periods == 1 else 's'}"


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"


WORDS: dict[str, Callable[[Condition, Rule, Write], str]] = {
    "below": lambda one, _, write: f"below {limit_words(one.low, write)}",
    "above": lambda one, _, write: f"above {limit_words(one.high, write)}",
    "inside": lambda one, _, write: f"between {limit_words(one.low, write)} and {limit_words(one.high, write)}",
    "outside": lambda one, _, write: f"outside {limit_words(one.low, write)} to {limit_words(one.high, write)}",
    "change": _change,
    "anomaly": _anomaly,
    "forecast_target": lambda *_: "is forecast to miss its target",
    "forecast_crosses": _crosses,
    "no_data": _no_data,
    "late": lambda *_: "is late: a file has not come",
    "refused": lambda one, *_: f"has more than {_percent(one.share)} of its rows refused",
    "restated": lambda one, *_: f"is restated by more than {_percent(one.share)}",
}
