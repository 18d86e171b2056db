"""A rule: everything that a person decides about a threshold, in values and as JSON."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, Self, get_args

from dash_kpi.alerting.rules.given import (
    RuleRefused,
    amount,
    clock,
    filters_given,
    limits_given,
    moment,
    number,
    numbers_given,
    one_of,
    tags_given,
    text,
    whole,
    yes,
)
from dash_kpi.kpis.calendar import Grain
from dash_kpi.storage.filters import Filters

Kind = Literal[
    "below",
    "above",
    "inside",
    "outside",
    "change",
    "anomaly",
    "forecast_target",
    "forecast_crosses",
    "no_data",
    "late",
    "refused",
    "restated",
]
RuleGrain = Literal["day", "week", "month", "quarter", "year", "rolling_7", "rolling_30"]
Severity = Literal["info", "warning", "critical"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # the mildest first
OF_SOURCES: frozenset[Kind] = frozenset({"late", "refused", "restated"})  # about files
OF_NOW = OF_SOURCES | {"no_data", "forecast_target", "forecast_crosses"}  # judged when something happens, not by period
ROLLING: dict[str, int] = {"rolling_7": 7, "rolling_30": 30}  # days of the windows that end with each day

MOST_TEXT, MOST_NAME = 1000, 120
MOST_PERIODS, MOST_HOURS = 366, 24 * 366


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: a number, a share of the KPI's target, or a multiple of last year's value; one of the three."""

    value: float | None = None
    target: float | None = None  # 0.9: nine tenths of the target
    last_year: float | None = None  # 1.0: as much as in the same period of last year


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so for a rule to be broken.

    `below` takes `low`, `above` takes `high`, a range both. A `change` against the period before or last year is
    broken below `low` or above `high`, in the KPI's units or as a share (-0.1: falls by more than a tenth). A forecast
    `crosses` a line when it falls below `low` or rises above `high` within its horizon. `share` is that of refused
    rows, or of a restated value. `periods` without data are needed for `no_data`.
    """

    kind: Kind
    low: Limit | None = None
    high: Limit | None = None
    against: Literal["previous", "year"] = "previous"
    measured: Literal["percent", "absolute"] = "percent"
    direction: Literal["both", "up", "down"] = "both"
    sensitivity: Literal["low", "normal", "high"] = "normal"
    share: float = 0.05
    periods: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """What a threshold says: which numbers, what they must keep to, how it lives, and who is told."""

    kpi: str
    conditions: tuple[Condition, ...]  # one or two
    join: Literal["and", "or"] = "and"
    grain: RuleGrain = "month"
    filters: Filters = ()
    by: str = ""  # a dimension: each of its values is judged for itself
    limits: Mapping[str, float] = field(default_factory=dict)  # of some of those values, for the first limit
    name: str = ""  # "": as `words.py` tells it
    severity: Severity = "warning"
    pending: int = 1  # broken periods in a row before it fires
    keep_firing: int = 1  # recovered periods in a row before it resolves
    recovery_margin: float = 0.0  # how far inside its limit a value must be to count as recovered, in the units of it
    cooldown_hours: float = 0.0  # after it resolved, in which it does not fire again
    repeat_hours: float = 0.0  # after which an alert that nobody acknowledged is told again; 0: never
    working_days: bool = False  # messages go on working days only
    quiet_from: str = ""  # "22:00": messages are held back from here
    quiet_to: str = ""  # "07:00": to here, in the team's time
    owner: str = ""
    note: str = ""  # travels in the message
    tags: tuple[str, ...] = ()
    channels: tuple[int, ...] = ()  # none: as the routes say
    is_enabled: bool = True
    paused_until: datetime | None = None

    @property
    def is_of_now(self) -> bool:
        """Tell whether it is judged whenever something happens, not once for each period that closes."""
        return self.conditions[0].kind in OF_NOW

    @property
    def days(self) -> int | None:
        """The days of a rolling window, None where periods are those of the calendar."""
        return ROLLING.get(self.grain)

    @property
    def unit_grain(self) -> Grain:
        """The grain of the periods that are counted: rolling windows end with each day."""
        return "day" if self.grain in ROLLING else self.grain  # type: ignore[return-value]

    @property
    def first_limit(self) -> float | None:
        """The number that a segment's own limit takes the place of."""
        condition = self.conditions[0]
        limit = condition.low or condition.high
        return limit.value if limit else None

    def as_json(self) -> dict[str, Any]:
        """Return the rule as plain values, without what is as usual."""
        usual = _USUAL
        found = {name: value for name, value in asdict(self).items() if value != usual.get(name, _NOTHING)}
        found["conditions"] = [_condition_json(one) for one in self.conditions]
        if self.paused_until:
            found["paused_until"] = self.paused_until.isoformat()
        for name in ("filters", "tags", "channels"):
            if name in found:
                found[name] = [list(one) if isinstance(one, tuple) else one for one in found[name]]
        if "filters" in found:
            found["filters"] = [[dimension, list(values)] for dimension, values in self.filters]
        return found

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read a rule from plain values, which may come from anywhere. Raises RuleRefused."""
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(given) - known):
            raise RuleRefused(unknown[0], f"A threshold has no '{unknown[0]}'; it has: {', '.join(sorted(known))}.")
        conditions = _conditions(given.get("conditions"))
        rule = cls(
            kpi=text(given, "kpi", 100, is_needed=True),
            conditions=conditions,
            join=one_of(given, "join", ("and", "or"), "and"),
            grain=one_of(given, "grain", get_args(RuleGrain), "month"),
            filters=filters_given(given.get("filters") or ()),
            by=text(given, "by", 255),
            limits=limits_given(given.get("limits") or {}),
            name=text(given, "name", MOST_NAME),
            severity=one_of(given, "severity", SEVERITIES, "warning"),
            pending=whole(given, "pending", 1, MOST_PERIODS),
            keep_firing=whole(given, "keep_firing", 1, MOST_PERIODS),
            recovery_margin=amount(given, "recovery_margin", 0.0, math.inf),
            cooldown_hours=amount(given, "cooldown_hours", 0.0, MOST_HOURS),
            repeat_hours=amount(given, "repeat_hours", 0.0, MOST_HOURS),
            working_days=yes(given, "working_days", usual=False),
            quiet_from=clock(given, "quiet_from"),
            quiet_to=clock(given, "quiet_to"),
            owner=text(given, "owner", 255),
            note=text(given, "note", MOST_TEXT),
            tags=tags_given(given.get("tags") or ()),
            channels=numbers_given(given.get("channels") or ()),
            is_enabled=yes(given, "is_enabled", usual=True),
            paused_until=moment(given, "paused_until"),
        )
        _check_together(rule)
        return rule


def _check_together(rule: Rule) -> None:
    kinds = [one.kind for one in rule.conditions]
    if len(kinds) > 1 and (alone := next((kind for kind in kinds if kind in OF_NOW), None)):
        raise RuleRefused("conditions.1.kind", f"A condition such as '{alone}' stands alone.")
    if rule.by and kinds[0] in OF_NOW:
        raise RuleRefused("by", f"A condition such as '{kinds[0]}' is not judged by the values of a dimension.")
    if rule.is_of_now and (rule.pending > 1 or rule.keep_firing > 1):
        name = "pending" if rule.pending > 1 else "keep_firing"
        raise RuleRefused(name, f"A condition such as '{kinds[0]}' has no periods to wait for.")
    if kinds[0] in ("forecast_target", "forecast_crosses") and rule.days:
        raise RuleRefused("grain", "There is no forecast of rolling days; choose a day, week, month, quarter or year.")
    if kinds[0] == "forecast_target" and rule.grain not in ("month", "quarter", "year"):
        raise RuleRefused("grain", "The end of a month, a quarter or a year is forecast; choose one of them.")
    if bool(rule.quiet_from) != bool(rule.quiet_to):
        raise RuleRefused("quiet_to" if rule.quiet_from else "quiet_from", "Quiet hours have a beginning and an end.")
    if rule.quiet_from and rule.quiet_from == rule.quiet_to:
        raise RuleRefused("quiet_to", "Quiet hours that begin and end at the same time would never let a message go.")
    if rule.limits and not rule.by:
        raise RuleRefused("limits", "Limits of their own need a dimension to be judged by.")
    if rule.limits and rule.first_limit is None:
        raise RuleRefused("limits", "Limits of their own take the place of a number; the condition has none.")


def _condition_json(condition: Condition) -> dict[str, Any]:
    usual = Condition(condition.kind)
    found = {name: value for name, value in asdict(condition).items() if value != getattr(usual, name)}
    for name in ("low", "high"):
        if name in found:
            found[name] = {key: value for key, value in found[name].items() if value is not None}
    return {"kind": condition.kind, **found}


def _conditions(given: Any) -> tuple[Condition, ...]:
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= 2:
        raise RuleRefused("conditions", "A threshold has one condition, or two.")
    return tuple(_condition(one, f"conditions.{at}") for at, one in enumerate(given))


def _condition(given: Any, place: str) -> Condition:
    if not isinstance(given, Mapping):
        raise RuleRefused(place, 'A condition is an object such as {"kind": "below", "low": {"value": 100}}.')
    known = {one.name for one in fields(Condition)}
    if unknown := sorted(set(given) - known):
        raise RuleRefused(f"{place}.{unknown[0]}", f"A condition has no '{unknown[0]}'.")
    try:
        kind = one_of(given, "kind", get_args(Kind), "")
        condition = Condition(
            kind=kind,
            low=_limit(given.get("low"), "low"),
            high=_limit(given.get("high"), "high"),
            against=one_of(given, "against", ("previous", "year"), "previous"),
            measured=one_of(given, "measured", ("percent", "absolute"), "percent"),
            direction=one_of(given, "direction", ("both", "up", "down"), "both"),
            sensitivity=one_of(given, "sensitivity", ("low", "normal", "high"), "normal"),
            share=amount(given, "share", 0.05, 1000.0),
            periods=whole(given, "periods", 1, MOST_PERIODS),
        )
        _check_condition(condition)
    except RuleRefused as error:
        raise RuleRefused(f"{place}.{error.field}", str(error)) from None
    return condition


def _check_condition(condition: Condition) -> None:
    kind, low, high = condition.kind, condition.low, condition.high
    if kind in ("below", "inside", "outside") and low is None:
        raise RuleRefused("low", "The limit is missing.")
    if kind in ("above", "inside", "outside") and high is None:
        raise RuleRefused("high", "The limit is missing.")
    if kind in ("change", "forecast_crosses") and low is None and high is None:
        raise RuleRefused("low", "A limit is missing: how far it may fall, or how far it may rise.")
    if kind == "change" and any(one is not None and one.value is None for one in (low, high)):
        raise RuleRefused("low", "The limit of a change is a number.")
    pair = [one.value for one in (low, high) if one is not None and one.value is not None]
    if len(pair) == 2 and pair[0] >= pair[1]:
        raise RuleRefused("high", f"The upper limit {pair[1]:g} is not above the lower, {pair[0]:g}.")


def _limit(given: Any, place: str) -> Limit | None:
    if given is None:
        return None
    if isinstance(given, int | float) and not isinstance(given, bool):
        given = {"value": given}
    if not isinstance(given, Mapping):
        raise RuleRefused(place, "A limit is a number, a share of the target, or a multiple of last year's value.")
    named = {name: value for name, value in given.items() if value is not None}
    if len(named) != 1 or not set(named) <= {"value", "target", "last_year"}:
        raise RuleRefused(place, "A limit is a number, a share of the target, or a multiple of last year's value.")
    ((name, value),) = named.items()
    return Limit(**{name: number(value, place)})


_NOTHING = object()
_USUAL: dict[str, Any] = {
    one.name: one.default for one in fields(Rule) if one.name not in ("kpi", "conditions", "limits")
} | {"limits": {}}
