"""Messages that need somebody, on the page of alerts and at each delivery; `assets/problems.js` handles the buttons."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.alerts.page_values import AlertsPage
from dash_kpi.alerting.alerts.undelivered_values import Undelivered
from dash_kpi.alerting.alerts.values import Sending, moment
from dash_kpi.ui.alerting.acts import act_button
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import link

CHANNELS = "/settings/channels"
WORST = ("channel", "failed")  # kinds of problems that keep messages for good, or a whole channel
MOST_AT_ONCE = 1000  # messages
DECIDED = ("held", "failed")


def problems(page: AlertsPage) -> Any:
    """List what keeps messages from people, the worst first, with what can be done about each."""
    decided = [one.problem for one in page.undelivered if one.problem.kind in DECIDED and not one.problem.is_removed]
    numbers = [number for one in decided for number in one.ids][:MOST_AT_ONCE]
    every = html.Div(_decisions(numbers, "of all channels"), className="row-actions") if len(decided) > 1 else None
    head = html.Div([html.H2("Messages that need somebody", id="problems-head"), every], className="section-head")
    items = html.Ul([_item(one, page) for one in page.undelivered], className="undelivered")
    return html.Section([head, items], className="surface panel", **attributes(aria_labelledby="problems-head"))


def of_sending(one: Sending) -> list[Any]:
    """Offer what can be done about one delivery that failed, is held or parked."""
    if one.needs_decision:
        return _decisions([one.id], f"to {one.channel}", can_send=not one.is_removed)
    return _ways_on(one.channel_id, one.channel) if one.status == "parked" else []


def _item(one: Undelivered, page: AlertsPage) -> Any:
    problem = one.problem
    is_worst = problem.kind in WORST
    since = f"Since {moment(problem.since, page.zone)}" if problem.since else ""
    words = [
        html.Span(
            [icon("stop" if is_worst else "warning"), html.Span(problem.sentence)],
            className=f"status {'bad' if is_worst else 'warn'}",
        ),
        html.Span([since, *_about(one, bool(since))], className="sub"),
    ]
    return html.Li(
        [html.Div(words, className="problem-words"), html.Div(_ways(one), className="row-actions")],
        **attributes(data_problem=problem.kind),
    )


def _about(one: Undelivered, is_after: bool) -> list[Any]:
    """Link the alerts that the messages speak of."""
    if not one.alerts:
        return []
    parts: list[Any] = [" · about " if is_after else "About "]
    for at, alert in enumerate(one.alerts):
        parts += [", " if at else "", link(alert.message, f"/alerts/{alert.id}")]
        parts += [] if alert.is_open else [" (over)"]
    more = one.alert_count - len(one.alerts)
    return [*parts, f" and {more:,} more"] if more else parts


def _ways(one: Undelivered) -> list[Any]:
    problem = one.problem
    if problem.kind in ("channel", "destination"):
        return _ways_on(problem.channel_id, problem.channel)
    if problem.kind == "off":
        return [_open(problem.channel_id, problem.channel)]
    found = _decisions(problem.ids, f"of {problem.channel}", can_send=not problem.is_removed)
    if not problem.is_removed:
        return [*found, _open(problem.channel_id, problem.channel)]
    if not one.open_ids:
        return found
    return [act_button("resend", "Tell the other channels", " ".join(map(str, one.open_ids))), *found]


def _decisions(ids: Sequence[int], about: str, *, can_send: bool = True) -> list[Any]:
    """Offer to send messages again, and to leave them."""
    numbers = " ".join(map(str, ids))
    is_one = len(ids) == 1
    which = unseen(f" message {ids[0]} {about}" if is_one else f" {about}")
    again = "Send again" if is_one else f"Send all {len(ids):,} again"
    leave = "Leave it" if is_one else f"Leave all {len(ids):,}"
    sending = button(
        [again, which], className="quiet bordered", **attributes(data_delivery_act="resend", data_ids=numbers)
    )
    leaving = button(
        [leave, which], className="quiet bordered", **attributes(data_delivery_act="leave", data_ids=numbers)
    )
    return [sending, leaving] if can_send else [leaving]


def _ways_on(channel_id: int, channel: str) -> list[Any]:
    """Offer to let a parked queue go on, and the way to what has to be mended."""
    go_on = button(
        ["Go on", unseen(f" with {channel}")],
        className="quiet bordered",
        **attributes(data_channel_retry=str(channel_id)),
    )
    return [go_on, _open(channel_id, channel)]


def _open(channel_id: int, channel: str) -> Any:
    return link(["Open the channel", unseen(f" {channel}")], f"{CHANNELS}?edit={channel_id}", "quiet bordered")
