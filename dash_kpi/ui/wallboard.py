"""The wallboard: slides of large cards and of what changed; `assets/wallboard.js` turns them over."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.reporting.changes import Changes
from dash_kpi.reporting.events import Event
from dash_kpi.reporting.values import Card, Freshness, Overview
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.cards import STATUSES
from dash_kpi.ui.changes import NOTHING, Sentence, sentences
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import link
from dash_kpi.ui.sparkline import sparkline

CARDS_ON_A_SLIDE, SENTENCES_ON_A_SLIDE, MOST_SENTENCES = 6, 3, 6


def controls() -> Any:
    """Offer to pause, to go on and to leave: nobody has to use them."""
    return html.Div(
        [
            html.Span(id="wallboard-place", className="muted"),
            button("Pause", id="wallboard-pause", className="quiet bordered"),
            button("Next", id="wallboard-next", className="quiet bordered"),
            link("Leave", "/", "quiet bordered", title="Back to the overview"),
        ],
        className="wallboard-controls",
    )


def slides(answer: Overview, changes: Changes, events: Sequence[Event], currency: str) -> list[Any]:
    """Return the slides: the cards of the view, at most six each, then the sentences that matter most, three each."""
    if answer.span is None:
        return [_slide([html.P("There are no numbers yet.", className="wallboard-sentence")], "No data", 0)]
    told = sentences(changes, events, currency)[:MOST_SENTENCES]
    count = -(-len(answer.cards) // CARDS_ON_A_SLIDE) or 1
    each = -(-len(answer.cards) // count) or 1  # the last slide is about as full as the others
    pages = [
        _slide(_cards(answer.cards[at : at + each], currency), "KPIs", number)
        for number, at in enumerate(range(0, len(answer.cards), each))
    ]
    groups = [told[at : at + SENTENCES_ON_A_SLIDE] for at in range(0, len(told), SENTENCES_ON_A_SLIDE)] or [()]
    return pages + [_slide(_told(group), "What changed", len(pages) + at) for at, group in enumerate(groups)]


def status(answer: Overview, fresh: Freshness, now: Any) -> list[Any]:
    """Say which days the board shows, how fresh they are, and in large words whether something is wrong with them."""
    if answer.span is None:
        return [html.Span("No data yet")]
    compared = answer.reference.label if answer.reference else "nothing"
    parts: list[Any] = [
        html.Span(
            [html.Strong(answer.span.label), html.Span(f" compared with {compared}", className="muted")],
            **attributes(data_revision=str(answer.revision)),
        )
    ]
    if fresh.at:
        parts.append(html.Span([icon("clock"), "read ", ago(fresh.at, now)], className="muted"))
    wrong = []
    if fresh.late:
        wrong.append(f"Old data: {formatted.count(fresh.late, 'source is late', 'sources are late')}")
    if fresh.problems:
        wrong.append(formatted.count(fresh.problems, "source has a problem", "sources have a problem"))
    parts += [html.Strong([icon("warning"), text], className="wallboard-wrong") for text in wrong]
    return parts


def _slide(content: Any, title: str, number: int) -> Any:
    return html.Section(
        [html.H2(title), html.Div(content, className="wallboard-grid" if title == "KPIs" else "wallboard-list")],
        className="wallboard-slide",
        hidden=number > 0,
        **attributes(aria_label=f"{title}, slide {number + 1}", data_slide=str(number)),
    )


def _cards(cards: Sequence[Card], currency: str) -> list[Any]:
    return [_card(card, currency) for card in cards]


def _card(card: Card, currency: str) -> Any:
    short = formatted.short(card.unit, card.value, currency, card.decimals)
    exact = formatted.exact(card.unit, card.value, currency, card.decimals)
    return html.Article(
        [
            html.H3(card.label),
            html.P([html.Span(short, **attributes(aria_hidden="true")), unseen(exact)], className="wallboard-value"),
            _change(card, currency),
            _target(card, currency),
            _spark(card),
        ],
        className="surface wallboard-card",
        **attributes(data_kpi=card.name),
    )


def _change(card: Card, currency: str) -> Any:
    if card.value is None or card.change is None:
        return html.P(card.reason or card.change_reason, className="muted wallboard-change")
    word = formatted.judgement(card.direction, card.change)
    text = f"{formatted.change(card.unit, card.change)} {word}".rstrip()
    was = formatted.short(card.unit, card.reference, currency, card.decimals)
    return html.P(
        [
            html.Span(text, className=f"delta {formatted.way(card.change)} {word}".rstrip()),
            html.Span(f" {'target' if card.reference == card.target else 'was'} {was}", className="muted"),
        ],
        className="wallboard-change",
    )


def _target(card: Card, currency: str) -> Any:
    if card.target is None:
        return None
    target = formatted.short(card.unit, card.target, currency, card.decimals)
    state: list[Any] = []
    if card.status:
        state = [html.Span(STATUSES[card.status], className=f"status {card.status}"), " "]
    return html.P([*state, html.Span(f"target {target}", className="muted")], className="wallboard-target")


def _spark(card: Card) -> Any:
    address = sparkline(card.spark)
    return html.Img(src=address, alt="", className="wallboard-spark") if address else None


def _told(group: Sequence[Sentence]) -> list[Any]:
    if not group:
        return [html.P(f"{NOTHING}.", className="wallboard-sentence")]
    return [
        html.P(
            [
                html.Span(className=f"changes-sign {one.way}", **attributes(aria_hidden="true")),
                html.Span([one.text, " ", html.Span(f"({one.confidence})", className="muted")]),
            ],
            className="wallboard-sentence",
        )
        for one in group
    ]
