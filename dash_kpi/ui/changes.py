"""What changed, in sentences: each with its value, how sure it is, and where its proof stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import html

from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.news.news import News
from dash_kpi.kpis.periods import GRAINS
from dash_kpi.reporting.changes import Change, Changes, RestatedKpi
from dash_kpi.reporting.events import Event
from dash_kpi.reporting.values import Direction, Span
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.icons import unseen
from dash_kpi.ui.links import difference, link, over_time, rows_of
from dash_kpi.ui.news import TOLD, extreme, share

NOTHING = "Nothing unusual in this period"
SURE = ((0.001, "nearly certain"), (0.01, "very likely"), (1.0, "likely"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that changed; `links` are words and addresses, the first leads to the proof."""

    kind: str
    text: str
    way: str  # "up", "down", or "same" where there is no direction
    judgement: str  # "better", "worse" or empty
    confidence: str
    links: tuple[tuple[str, str], ...]
    kpi: str | None = None
    about: str = ""  # the KPI as people call it, or the file


def sentences(answer: Changes, events: Sequence[Event] = (), currency: str = "") -> tuple[Sentence, ...]:
    """Return everything that changed: KPIs, then restatements, then what happened to the data."""
    return (
        *(_of_change(one, answer.view, currency) for one in answer.found),
        *(_of_restatement(one, currency) for one in answer.restated),
        *(_of_event(one) for one in events),
    )


def looked_at(answer: Changes) -> str:
    """Say how much was looked at, so that silence can be understood."""
    what = f"{formatted.count(answer.kpis, 'KPI')} × {formatted.count(answer.dimensions, 'dimension')}"
    text = f"Looked at {what}: moves, unusual periods, gaps, records, streaks, level shifts and targets."
    if answer.unjudged:
        text += f" Not judged: {', '.join(answer.unjudged)}."
    return text


def changes_section(id: str) -> Any:  # noqa: A002  Dash's name
    """Lay out the section, with the shape of what comes until it is there."""
    return html.Section(
        [
            html.Div(html.H2("What changed", id=f"{id}-title"), className="section-head"),
            html.Div(id=id, className="awaited"),
        ],
        className="surface panel changes",
        **attributes(aria_labelledby=f"{id}-title"),
    )


def listed(answer: Changes, events: Sequence[Event] = (), currency: str = "") -> Any:
    """Show the sentences as a list, or that there is nothing unusual."""
    found = sentences(answer, events, currency)
    if answer.span is None:
        return None
    remark = html.P(looked_at(answer), className="muted changes-looked")
    quiet = [] if answer.found or answer.restated else [html.P(f"{NOTHING}.", className="changes-none")]
    items = html.Ul([_item(one) for one in found], className="changes-list") if found else None
    return [*quiet, items, remark]


def as_plain(workspace: str, answer: Changes, events: Sequence[Event] = (), currency: str = "") -> dict[str, Any]:
    """Return what programs read: each sentence with its numbers, None where there is none."""
    told = sentences(answer, events, currency)
    numbers = [_numbers(one) for one in answer.found]
    return {
        "workspace": workspace,
        "revision": answer.revision,
        "span": _days(answer.span),
        "reference": _days(answer.reference),
        "filters": {name: list(values) for name, values in answer.view.filters},
        "looked_at": {"kpis": answer.kpis, "dimensions": answer.dimensions, "not_judged": list(answer.unjudged)},
        "changes": [
            {
                "kind": one.kind,
                "kpi": one.kpi,
                "sentence": one.text,
                "confidence_words": one.confidence,
                "link": one.links[0][1],
                **(numbers[at] if at < len(numbers) else {}),
            }
            for at, one in enumerate(told)
        ],
    }


def _days(span: Span | None) -> str | None:
    return f"{span.start}/{span.end}" if span else None


def _numbers(one: Change) -> dict[str, Any]:
    news, part = one.news, one.part
    return {
        "start": news.start.isoformat(),
        "last": news.last.isoformat(),
        "value": news.value,
        "before": news.before,
        "change": news.change,
        "size": news.size,
        "confidence": news.confidence,
        "score": news.score,
        "periods": news.periods,
        "explained_by": {"dimension": part.dimension, "value": part.value, "share": part.share} if part else None,
        "also": [other.kind for other in news.also],
    }


def _item(one: Sentence) -> Any:
    first, *others = one.links
    return html.Li(
        [
            html.Span(className=f"changes-sign {one.way}", **attributes(aria_hidden="true")),
            html.Div(
                [
                    html.P(link(one.text, first[1], "changes-text", title=first[0])),
                    html.P(
                        [
                            html.Span(one.kind, className="changes-kind"),
                            *([html.Span(one.judgement, className=f"status {one.judgement}")] if one.judgement else []),
                            html.Span([_dots(one.confidence), one.confidence], className="changes-sure"),
                            *(link([words, unseen(f" of {one.about}")], href, "link") for words, href in others),
                        ],
                        className="changes-more muted",
                    ),
                ]
            ),
        ],
        className="changes-item",
        **attributes(data_change=one.kind),
    )


def _dots(confidence: str) -> Any:
    full = {"likely": 1, "forecast": 1, "very likely": 2}.get(confidence, 3)
    return html.Span("●" * full + "○" * (3 - full), className="changes-dots", **attributes(aria_hidden="true"))


def _of_change(one: Change, view: View, currency: str) -> Sentence:
    news = one.news
    text = TOLD[news.kind](one, currency)
    record = next((other for other in news.also if other.kind == "record"), None)
    if record is not None and news.kind != "record":
        text += f"; its last {one.grain} is the {extreme(record, one.grain)}"
    if one.part:
        value, dimension = value_words(one.part.value), formatted.heading(one.part.dimension)
        text += f"; {value} ({dimension}) explains {share(one.part.share)} of it"
    return Sentence(
        kind=news.kind,
        text=f"{text}.",
        way=news.way,
        judgement=_judged(one.direction, news),
        confidence="certain"
        if news.kind in ("target", "gap")
        else "forecast"
        if news.kind == "risk"
        else _sure(news.chance),
        links=_links(one, view),
        kpi=news.kpi,
        about=one.label,
    )


def _sure(chance: float) -> str:
    return next(words for most, words in SURE if chance <= most)


def _judged(direction: Direction, news: News) -> str:
    if news.kind == "gap" or direction == "neutral":
        return ""
    return "better" if (news.way == "up") == (direction == "higher") else "worse"


def _links(one: Change, view: View) -> tuple[tuple[str, str], ...]:
    news = one.news
    shown = replace(view, kpi=news.kpi)
    grain = next(grain for grain in GRAINS if grain == one.grain)
    period = replace(shown, period=CUSTOM, start=news.start, end=news.last, grain=None)
    series = replace(shown, grain=grain)
    drivers = (f"Why {one.label} moved", f"/drivers?{shown.to_query()}")
    chart = (f"{one.label} over time", over_time(series))
    rows = ("Rows", rows_of(period, news.kpi))
    if news.kind == "move":
        return (drivers, ("Over time", chart[1]), rows)
    return (chart, rows) if news.kind != "gap" else (chart,)


def _of_restatement(one: RestatedKpi, currency: str) -> Sentence:
    found = one.restatement
    was, now = (formatted.exact(one.unit, value, currency, one.decimals) for value in (found.before, found.after))
    more = f", and {formatted.count(one.others, 'other number')}" if one.others else ""
    way = "same" if found.after is None else "up" if found.after > found.before else "down"
    return Sentence(
        "restated",
        f"Revision {found.revision} restated {one.label} of {one.period}: {was} → {now}{more}.",
        way,
        "",
        "certain",
        (("What the revision changed", difference(found.revision - 1, found.revision)),),
        one.kpi,
    )


def _of_event(one: Event) -> Sentence:
    texts = {
        "held": f"{one.file} is held back: it breaks what was agreed about it",
        "refused": f"The newest {one.file} could not be read; the numbers are those of before",
        "missing": f"{one.file} is no longer there; its numbers still count",
        "late": f"{one.file} is late: it was due on {formatted.day(one.since) if one.since else 'a day before'}",
        "rows_refused": f"{one.file}: {formatted.count(one.rows, 'row')} refused and not in these numbers",
    }
    address = f"/data/source?id={one.source}"
    return Sentence("data", f"{texts[one.kind]}.", "same", "", "certain", (("The source", address),))
