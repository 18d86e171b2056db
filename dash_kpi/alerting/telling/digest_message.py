"""The message of a digest: each KPI over its days, and what changed."""

from collections.abc import Sequence
from datetime import timedelta

from dash_kpi.alerting.messages.compose import MOST_TITLE, Composer, cut
from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.alerting.messages.sparkline import sparkline
from dash_kpi.alerting.messages.values import one_line
from dash_kpi.alerting.messages.wording import Words
from dash_kpi.alerting.telling.digest_given import MOST_KPIS, Digest
from dash_kpi.kpis.calendar import DAY, Days
from dash_kpi.kpis.periods import span_label
from dash_kpi.reporting.changes import Change, what_changed
from dash_kpi.reporting.overview import overview
from dash_kpi.reporting.values import Card
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.storage.database import Database

MOST_CHANGES = 3  # that are told
SPARK_DAYS, SPARK_WEEKS = 14, 12
STATUS = {"met": "target met", "close": "close to its target", "missed": "target missed"}
WEEK = 7


def digest_message(
    database: Database, workspace: str, digest: Digest, days: Days, words: Words, open_alerts: int
) -> Message:
    """Return what a digest says of some days. Raises NotFound."""
    composer = Composer.of(database.settings, words)
    view = View(CUSTOM, days.start, days.end, compare="previous")
    label = span_label(days)
    answer = overview(database, workspace, view)
    found = {card.name: card for card in answer.cards}
    against = answer.reference.label if answer.reference else "before"
    before = {card.name: card for card in overview(database, workspace, _earlier(digest, days)).cards}
    cards = [found[name] for name in digest.kpis or found if name in found][:MOST_KPIS]
    missing = [name for name in digest.kpis if name not in found]
    changes = what_changed(database, workspace, view).found if found else ()
    lines = [_line(card, before.get(card.name), composer, days, against) for card in cards]
    lines += [_change(one, composer, view) for one in changes if not digest.kpis or one.news.kpi in digest.kpis][
        :MOST_CHANGES
    ]
    return Message(
        kind="digest",
        title=cut(composer.words.say("title_digest", {"name": one_line(digest.name), "days": label}), MOST_TITLE),
        lines=tuple(lines),
        link=f"{composer.base_url}/?{view.to_query()}",
        remark=_remark(composer, missing, open_alerts, has_data=bool(found)),
        locale=composer.numbers.locale,
    )


def _earlier(digest: Digest, days: Days) -> View:
    """Return the view whose periods the sparklines draw, up to the end of the days."""
    is_weekly = digest.every == "week"
    start = days.end + DAY - timedelta(days=WEEK * SPARK_WEEKS if is_weekly else SPARK_DAYS)
    return View(CUSTOM, min(start, days.start), days.end, compare="none", grain="week" if is_weekly else "day")


def _line(card: Card, before: Card | None, composer: Composer, days: Days, against: str) -> Line:
    numbers = composer.numbers
    value = numbers.plain(card.unit, card.value, card.decimals)
    change = numbers.change(card.unit, card.change) if card.change is not None else ""
    status = STATUS.get(card.status or "", "")
    if card.value is None:
        text = f"{card.label}: {numbers.plain(card.unit, None)}" + (f", {card.reason}" if card.reason else "")
    else:
        text = f"{card.label}: {value}" + (f", {change} against {against}" if change else "")
        text += f", {status}" if status else ""
    target = numbers.plain(card.unit, card.target, card.decimals) if card.target is not None else ""
    pairs = (("Value", value), ("Change", change), ("Target", target))
    view = View(CUSTOM, days.start, days.end, kpi=card.name)
    return Line(
        text=one_line(text).rstrip("."),
        facts=tuple((name, shown) for name, shown in pairs if shown),
        sparkline=sparkline(before.spark if before else ()),
        link=f"{composer.base_url}/?{view.to_query()}",
    )


def _change(one: Change, composer: Composer, view: View) -> Line:
    """Return one piece of news as a line."""
    news, numbers = one.news, composer.numbers
    moved = "rose" if news.way == "up" else "fell"
    high = "high" if news.way == "up" else "low"
    value = numbers.plain(one.unit, news.value, one.decimals)
    size = f" by {numbers.change(one.unit, abs(news.change)).lstrip('+')}" if news.change is not None else ""
    often = "never before" if news.is_ever else "it had not been for long"
    said = {
        "move": f"{one.label} {moved}{size} in {one.period}",
        "shift": f"{one.label} has been {'higher' if news.way == 'up' else 'lower'} since {one.period}",
        "anomaly": f"{one.label} was unusually {high} in {one.period}: {value}",
        "gap": f"{one.label} has no value for {one.period}",
        "record": f"{one.label} was as {high} as {often} in {one.period}",
        "streak": f"{one.label} {moved} {news.periods} periods in a row, up to {one.period}",
        "target": f"{one.label} missed its target in {one.period}: {value}",
        "risk": f"{one.label} will probably miss its target in {one.period}",
    }
    driver = ""
    if one.part:
        name = one.part.value or "(blank)"
        driver = f"{one.part.dimension} {name} brought {numbers.share(one.part.share, 0)} of the change"
    shown = View(CUSTOM, view.start, view.end, kpi=news.kpi)
    return Line(
        text=one_line(said[news.kind]),
        state="What changed",
        driver=one_line(driver),
        link=f"{composer.base_url}/?{shown.to_query()}",
    )


def _remark(composer: Composer, missing: Sequence[str], open_alerts: int, *, has_data: bool) -> str:
    alerts = "alert is" if open_alerts == 1 else "alerts are"
    parts = [f"{composer.numbers.whole(open_alerts)} {alerts} open"] if open_alerts else ["No alert is open"]
    if not has_data:
        parts.insert(0, "There is no data yet")
    elif missing:
        parts.append(f"No longer there: {', '.join(map(one_line, missing))}")
    return ". ".join(parts)
