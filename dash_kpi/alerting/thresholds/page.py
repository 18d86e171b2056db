"""What the page of thresholds shows for its address."""

from collections.abc import Iterator
from datetime import datetime
from math import isfinite

from sqlalchemy import select

from dash_kpi.alerting.rules.rule import Condition, Kind, Limit, Rule
from dash_kpi.alerting.thresholds import decisions as thresholds
from dash_kpi.alerting.thresholds.entries import threshold
from dash_kpi.alerting.thresholds.entries import thresholds as listed
from dash_kpi.alerting.thresholds.suggestions import Suggestion, suggestions
from dash_kpi.alerting.thresholds.values import (
    STATES,
    Addressee,
    Choice,
    Edited,
    History,
    Known,
    Offer,
    ThresholdsPage,
    Worded,
)
from dash_kpi.alerting.thresholds.words import kpis_by_name, told
from dash_kpi.errors import NotFound
from dash_kpi.kpis.calendar import GRAINS, Grain
from dash_kpi.reporting.catalogue import every_kpi, kpis_of
from dash_kpi.reporting.forecasts import grain_of
from dash_kpi.reporting.view import View, fields_of
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Channel
from dash_kpi.storage.sources import State, state_at

MOST_OFFERS, MOST_ASKED = 4, 8  # main KPIs that suggestions are offered of, and looked at for that
OFTEN_ENOUGH = range(1, 5)  # firings in a year, of what is offered before all else
SIDES: tuple[Kind, ...] = ("below", "above")


def thresholds_page(database: Database, workspace: str, query: str, now: datetime) -> ThresholdsPage:
    """Return what a URL's query asks: `edit=number`, `new=kpi` with `limit=week:below:100`, `versions=number`, or the
    list, which `state=firing` and `of=kpi` narrow.
    """  # fmt: skip
    given = fields_of(query)
    edit, new, versions, limit, status, of = (
        given.get(name, [""])[-1] for name in ("edit", "new", "versions", "limit", "state", "of")
    )
    view, state, zone = View.from_query(query), state_at(database, workspace), database.settings.zone
    known, has_data = known_of(database, workspace, state), bool(state.sources)
    try:
        if edit:
            entry = threshold(database, workspace, _number(edit))
            edited = Edited(entry.id, entry.version, entry.rule.as_json(), entry.sentence)
            return ThresholdsPage(view, now, zone, _with(known, entry.rule, database, state), has_data, edited=edited)
        if new:
            return ThresholdsPage(view, now, zone, known, has_data, edited=_new(known, new, limit))
        if versions:
            history = history_of(database, workspace, _number(versions))
            return ThresholdsPage(view, now, zone, known, has_data, history=history)
    except NotFound as error:
        return ThresholdsPage(view, now, zone, known, has_data, problem=str(error))
    entries = listed(database, workspace)
    offers = () if entries else offers_of(database, workspace, state, now)
    chosen = status if status in STATES else ""
    return ThresholdsPage(view, now, zone, known, has_data, entries, offers, chosen, of)


def known_of(database: Database, workspace: str, state: State) -> Known:
    """Return what can be chosen: KPIs that can be computed, dimensions, channels."""
    kpis = [
        Choice(kpi.name, kpi.label, kpi.unit, grain_of(database, state, kpi), kpi.definition.target is not None)
        for kpi in kpis_of(database, state)
        if not kpi.problem
    ]
    with database.reading() as session:
        wanted = select(Channel).where(
            Channel.workspace_id == workspace_named(session, workspace).id, Channel.deleted_at.is_(None)
        )
        channels = [
            Addressee(one.id, one.name, one.kind, one.problem or ("" if one.is_enabled else "switched off"))
            for one in session.scalars(wanted.order_by(Channel.name))
        ]
    return Known(tuple(kpis), tuple(state.dimensions), tuple(channels))


def _with(known: Known, rule: Rule, database: Database, state: State) -> Known:
    """Add what a rule has chosen and nobody could choose any more, so that a form does not change it unasked."""
    kpis, dimensions, channels = known.kpis, known.dimensions, known.channels
    if rule.kpi not in [one.name for one in kpis]:
        kpi = next((one for one in every_kpi(database, state) if one.name == rule.kpi), None)
        label, unit = (kpi.label, kpi.unit) if kpi else (rule.kpi, "number")
        has_target = bool(kpi and kpi.definition.target)
        kpis = (*kpis, Choice(rule.kpi, f"{label} ({'hidden' if kpi else 'gone'})", unit, "day", has_target))
    if rule.by and rule.by not in dimensions:
        dimensions = (*dimensions, rule.by)
    there = {one.id for one in channels}
    gone = tuple(Addressee(one, f"Channel {one}", "", "removed") for one in rule.channels if one not in there)
    return Known(kpis, dimensions, (*channels, *gone))


def history_of(database: Database, workspace: str, number: int) -> History:
    """Return the versions of a threshold in words; a removed one has them too. Raises NotFound."""
    kpis, currency = kpis_by_name(database, workspace), database.settings.currency
    found = thresholds.versions(database, workspace, number)
    worded = tuple(Worded(one, told(one.rule, kpis, currency) if one.rule else "") for one in found)
    last = next(one for one in worded if one.version.rule)
    name = last.version.rule.name if last.version.rule else ""
    return History(number, name or last.words, worded)


def offers_of(database: Database, workspace: str, state: State, now: datetime) -> tuple[Offer, ...]:
    """Return a threshold for each of the first KPIs of the catalogue whose history is long enough."""
    if not state.sources:
        return ()
    key = ("offers", state.workspace_id, state.revision, now.astimezone(database.settings.zone).date())
    return database.answers.get(key, lambda: tuple(_offers(database, workspace, state, now)))


def _offers(database: Database, workspace: str, state: State, now: datetime) -> Iterator[Offer]:
    kpis = {kpi.name: kpi for kpi in kpis_of(database, state) if not kpi.problem and kpi.direction != "neutral"}
    left = MOST_OFFERS
    for kpi in list(kpis.values())[:MOST_ASKED]:
        side: Kind = "above" if kpi.direction == "lower" else "below"
        rule = _rule(kpi.name, usual_grain(grain_of(database, state, kpi)), side, 0.0)
        found = suggestions(database, workspace, rule, now)
        if found and left:
            left -= 1
            best = _best(found)
            offered = _rule(kpi.name, rule.unit_grain, best.kind, best.limit)
            yield Offer(offered, told(offered, kpis, database.settings.currency), best)


def usual_grain(finest: Grain) -> Grain:
    """Return the grain that people watch a KPI by: weeks, where it is known by them."""
    return finest if GRAINS.index(finest) > GRAINS.index("week") else "week"


def _best(found: tuple[Suggestion, ...]) -> Suggestion:
    """Return a limit that fires now and then; where none does, the strictest of those that never would."""
    fitting = [one for one in found if one.firings_of_year in OFTEN_ENOUGH]
    return fitting[0] if fitting else next((one for one in reversed(found) if not one.firings_of_year), found[0])


def _rule(kpi: str, grain: Grain, side: Kind, limit: float) -> Rule:
    low, high = (Limit(limit), None) if side == "below" else (None, Limit(limit))
    return Rule(kpi, (Condition(side, low=low, high=high),), grain=grain)


def _new(known: Known, name: str, limit: str) -> Edited:
    """Begin a threshold on a KPI, or on the first there is; what an address says wrongly is passed over."""
    choice = next((one for one in known.kpis if one.name == name), known.kpis[0] if known.kpis else None)
    condition: dict[str, object] = {"kind": "below"}
    given: dict[str, object] = {"kpi": choice.name if choice else "", "conditions": [condition]}
    given["grain"] = usual_grain(choice.grain) if choice else "month"
    grain, side, number = [*limit.split(":"), "", "", ""][:3]
    if grain in GRAINS:
        given["grain"] = grain
    if side in SIDES and (value := _finite(number)) is not None:
        condition |= {"kind": side, "low" if side == "below" else "high": {"value": value}}
    return Edited(None, None, given)


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise NotFound.saying(f"There is no threshold {text[:20]}.")
    return int(text)
