"""Whether a rule fits the data there is: its KPI, dimension, filters, grain, target and channels."""

from collections.abc import Iterable
from difflib import get_close_matches

from sqlalchemy import select

from dash_kpi.alerting.rules.given import RuleRefused
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.errors import NotFound
from dash_kpi.kpis.calendar import GRAINS
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.reporting.forecasts import grain_of
from dash_kpi.reporting.overview import MOST_VALUES, dimension_values
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Channel
from dash_kpi.storage.sources import State, state_at

MOST_NAMED = 12  # values of a dimension in one sentence


def check(database: Database, workspace: str, rule: Rule, former: Rule | None = None) -> None:
    """Raise RuleRefused, with its field, where a rule asks for what is not there.

    Without any data nothing is refused: the threshold may be there before the first workbook. Nor is a value of a
    dimension that the rule had before: its rows may be gone for a while.
    """
    state = state_at(database, workspace)
    _check_channels(database, workspace, rule)
    if not state.sources:
        return
    kpis = {one.name: one for one in every_kpi(database, state)}
    if rule.kpi not in kpis:
        raise RuleRefused("kpi", str(NotFound("KPI", rule.kpi, kpis)))
    kpi = kpis[rule.kpi]
    if kpi.problem:
        raise RuleRefused("kpi", kpi.problem)
    _check_dimensions(state, rule)
    _check_values(database, workspace, rule, former)
    _check_grain(database, state, rule, kpi)
    for at, condition in enumerate(rule.conditions):
        wants_target = condition.kind == "forecast_target" or any(
            one is not None and one.target is not None for one in (condition.low, condition.high)
        )
        if wants_target and kpi.definition.target is None:
            raise RuleRefused(
                f"conditions.{at}.kind", f"{kpi.label} has no target; give it one under Settings, or choose a number."
            )
        if condition.kind == "forecast_target" and kpi.direction == "neutral":
            raise RuleRefused(f"conditions.{at}.kind", f"Of {kpi.label} neither more nor less is better.")


def _check_dimensions(state: State, rule: Rule) -> None:
    for field, name in (("by", rule.by), *(("filters", name) for name, _ in rule.filters)):
        if name and name not in state.dimensions:
            raise RuleRefused(field, str(NotFound("dimension", name, state.dimensions)))


def _check_values(database: Database, workspace: str, rule: Rule, former: Rule | None) -> None:
    """Refuse a value that no row has: a rule on it would never find anything."""
    had = dict(former.filters) if former else {}
    for name, values in rule.filters:
        _check_known("filters", name, set(values) - {*had.get(name, ())}, dimension_values(database, workspace, name))
    if rule.by:
        own = set(rule.limits) - set(former.limits if former and former.by == rule.by else ())
        _check_known("limits", rule.by, own, dimension_values(database, workspace, rule.by))


def _check_known(field: str, dimension: str, values: Iterable[str], known: tuple[str, ...]) -> None:
    if len(known) >= MOST_VALUES:  # the rarest are not among them
        return
    for value in sorted(set(values) - set(known)):
        named = [one for one in known if one]
        near = named if len(named) <= MOST_NAMED else get_close_matches(value, named, n=1)
        raise RuleRefused(field, str(NotFound(dimension, value, near)))


def _check_grain(database: Database, state: State, rule: Rule, kpi: Kpi) -> None:
    own = grain_of(database, state, kpi)
    if GRAINS.index(rule.unit_grain) < GRAINS.index(own):
        raise RuleRefused("grain", f"{kpi.label} is known by {own}; it cannot be judged by {rule.unit_grain}.")


def _check_channels(database: Database, workspace: str, rule: Rule) -> None:
    if not rule.channels:
        return
    with database.reading() as session:
        known = set(
            session.scalars(
                select(Channel.id).where(
                    Channel.workspace_id == workspace_named(session, workspace).id, Channel.deleted_at.is_(None)
                )
            )
        )
    if missing := [number for number in rule.channels if number not in known]:
        raise RuleRefused("channels", f"There is no channel {missing[0]}.")
