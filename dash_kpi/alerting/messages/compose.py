"""Composing: what is told of alerts becomes lines, the worst first, and one message."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from dash_kpi.alerting.judging.told import Told
from dash_kpi.alerting.messages.message import Line, Message, MessageKind, Picture
from dash_kpi.alerting.messages.numbers import Numbers
from dash_kpi.alerting.messages.sparkline import sparkline
from dash_kpi.alerting.messages.values import Subject, facts_of, one_line, value_and_limit, values_of, weight_of
from dash_kpi.alerting.messages.wording import Words, group_of
from dash_kpi.alerting.rules.judge import Reason, Tells
from dash_kpi.alerting.rules.rule import OF_NOW, SEVERITIES
from dash_kpi.settings import Settings

MOST_LINES = 12
MOST_TITLE = 200
STATES: dict[Tells, str] = {
    "firing": "Firing",
    "resolved": "Resolved",
    "repeated": "Still firing",
    "worse": "Worse",
    "correction": "Correction",
}
KINDS: dict[Tells, MessageKind] = {
    "firing": "firing",
    "resolved": "resolved",
    "repeated": "follow_up",
    "worse": "follow_up",
    "correction": "correction",
}
TITLES: dict[Tells, str] = {
    "firing": "title_many",
    "resolved": "title_resolved",
    "repeated": "title_repeated",
    "worse": "title_worse",
    "correction": "title_correction",
}
ORDER: tuple[Tells, ...] = ("worse", "firing", "repeated", "correction", "resolved")  # which one names a mixed message


@dataclass(frozen=True, slots=True)
class Composer:
    """What every message of one team has in common."""

    words: Words
    numbers: Numbers
    zone: tzinfo
    base_url: str

    @classmethod
    def of(cls, settings: Settings, words: Words) -> "Composer":
        """Return the composer of the settings."""
        return cls(words, Numbers(settings.locale, settings.currency), settings.zone, settings.base_url)

    def line(self, told: Told) -> Line:
        """Return what is said about one alert."""
        values = values_of(self.subject(told), self.numbers, self.zone)
        is_over = told.tells == "resolved" or (told.tells == "correction" and not is_found(told))
        return Line(
            text=self.text(told),
            state=STATES[told.tells],
            severity=told.rule.severity,
            facts=facts_of(values, told.reading),
            driver="" if is_over else values["driver"],
            note="" if is_over else values["note"],
            sparkline=sparkline(told.details.values),
            link=f"{self.base_url}/alerts/{told.alert_id}",
            alert_id=told.alert_id,
        )

    def text(self, told: Told) -> str:
        """Return the sentence of one alert."""
        return self.words.say(template_of(told), values_of(self.subject(told), self.numbers, self.zone))

    def message(self, told: Sequence[Told]) -> Message:
        """Return one message about alerts, at least one: all that fire, or the same follow-up of some."""
        ordered = worst_first(told)
        kind = next(one for one in ORDER if any(each.tells == one for each in ordered))
        lines = tuple(self.line(one) for one in ordered[:MOST_LINES])
        return Message(
            kind=KINDS[kind],
            title=self.title(ordered, title_of(ordered, kind)),
            lines=lines,
            link=lines[0].link if len(ordered) == 1 else f"{self.base_url}/alerts",
            remark=self._remark(ordered),
            picture=None if kind == "resolved" else self.picture(ordered[0]),
            locale=self.numbers.locale,
        )

    def title(self, ordered: Sequence[Told], template: str, **more: str) -> str:
        """Return the title of alerts whose worst is the first; that of a single one is its line."""
        others = ""
        if template != "title_escalation" and len({name_of(one) for one in ordered}) == 1:
            template, others = "title_one", f", and {len(ordered) - 1} more" if len(ordered) > 1 else ""
        said = self.words.say(template, self.title_values(ordered) | more)
        return cut(said, MOST_TITLE - len(others)) + others

    def title_values(self, ordered: Sequence[Told]) -> dict[str, str]:
        """Return every placeholder of a title that alerts have a value for."""
        several = what(ordered) if len(ordered) > 1 else ""
        return {"what": several, "worst": name_of(ordered[0]), "line": self.text(ordered[0])}

    def subject(self, told: Told) -> Subject:
        """Return an alert as it is worded."""
        return Subject(told.rule, told.segment, told.reading, told.details, told.since, told.was, told.opened_at)

    def picture(self, told: Told) -> Picture | None:
        """Return what a picture is drawn from, None where there are fewer than two values."""
        details = told.details
        values = tuple(one if one is not None and math.isfinite(one) else None for one in details.values)
        if sum(one is not None for one in values) < 2 or len(values) != len(details.labels):
            return None
        limit = told.reading.limit
        has_limit = limit is not None and math.isfinite(limit) and told.reading.kind not in ("refused", "restated")
        return Picture(
            title=name_of(told),
            labels=tuple(map(one_line, details.labels)),
            values=values,
            shown=tuple(self.numbers.short(details.unit, one, details.decimals) for one in values),
            limit=limit if has_limit else None,
            limit_shown=value_and_limit(self.subject(told), self.numbers)[1] if has_limit else "",
        )

    def _remark(self, ordered: Sequence[Told]) -> str:
        held = next((one.reason for one in ordered if one.reason.held_until), None)
        remarks = [self.held(held)] if held else []
        if (more := len(ordered) - MOST_LINES) > 0:
            remarks.append(f"And {self.numbers.whole(more)} more, less severe; the page lists them all")
        return ". ".join(remarks)

    def held(self, reason: Reason) -> str:
        """Say until when a message was held back, and why."""
        if reason.held_until is None:
            return ""
        why = reason.text.rpartition(" by ")[2] if "held back" in reason.text else "quiet hours"
        return f"Held back until {self.numbers.moment(reason.held_until.astimezone(self.zone))} by {why}"


def template_of(told: Told) -> str:
    """Return the template that words an alert's line."""
    group = group_of(told.reading.kind)
    if told.tells == "firing":
        return group
    if is_found(told):
        return "found"
    if told.tells == "resolved" and told.reading.is_broken is None:
        return "gone"
    if told.tells == "resolved" and told.reading.kind == "restated":
        return "resolved_restated"
    if told.tells in ("resolved", "repeated") and group == "files":
        return f"{told.tells}_files"
    if told.tells in ("resolved", "repeated", "worse") and group == "forecast":
        return f"{told.tells}_forecast"
    if told.tells == "worse" and group == "files":
        return "repeated_files"
    return told.tells


def title_of(ordered: Sequence[Told], kind: Tells) -> str:
    """Return the template that words the title of several: a late file has not left its limits."""
    if is_found(ordered[0]):
        return "title_found"
    if kind == "firing" and any(one.reading.kind in OF_NOW for one in ordered):
        return "title_mixed"
    return TITLES[kind]


def is_found(told: Told) -> bool:
    """Tell whether a correction says that a value had left its limits, and not that it had kept them."""
    return told.tells == "correction" and not told.was


def worst_first(told: Sequence[Told]) -> list[Told]:
    """Return alerts with the most severe first, then those furthest beyond their limits."""
    return sorted(
        told,
        key=lambda one: (-SEVERITIES.index(one.rule.severity), -weight_of(one.reading), name_of(one), one.alert_id),
    )


def name_of(told: Told) -> str:
    """Return what an alert is about: "Revenue North"."""
    return one_line(f"{one_line(told.details.label) or told.rule.kpi} {told.segment}")


def what(told: Sequence[Told]) -> str:
    """Say how many of what alerts are about: 3 KPIs, 5 segments of Revenue, 12 numbers of 4 KPIs."""
    kpis = list(dict.fromkeys(one.details.label or one.rule.kpi for one in told))
    segments = {(one.rule.kpi, one.segment) for one in told}
    if len(kpis) == len(told):
        return f"{len(told)} KPIs"
    if len(kpis) == 1 and len(segments) == len(told) and all(one.segment for one in told):
        return f"{len(told)} segments of {one_line(kpis[0])}"
    of = f"{len(kpis)} KPIs" if len(kpis) > 1 else one_line(kpis[0])
    return f"{len(told)} numbers of {of}"


def cut(text: str, most: int) -> str:
    """Return a text that is not longer than so many characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
