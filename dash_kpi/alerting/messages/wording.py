"""The wording that comes with the program: a table of templates, each of which a team may word anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dash_kpi.alerting.messages.language import Parts, TemplateRefused, parse, render
from dash_kpi.alerting.rules.rule import OF_NOW, Kind

PLACEHOLDERS: dict[str, str] = {
    "kpi": "the KPI",
    "segment": "the value of its dimension: North",
    "value": "the value with its unit",
    "limit": "the limit it was judged by",
    "beyond": "what the value is to the limit: below its limit",
    "period": "the judged period: Mar 2025",
    "when": "the judged period in a sentence: in Mar 2025, on 3 Mar 2025",
    "change": "the change against the period before: -12.3%",
    "year_change": "the change against last year",
    "since": "the first period out of limits, where it is an earlier one",
    "detail": "what the condition found: 12.3% less than usual",
    "file": "the files that hold the period",
    "driver": "what moved it",
    "note": "the note of the threshold",
    "owner": "who answers for it",
    "severity": "info, warning or critical",
    "rule": "the name of the threshold",
    "was": "what had been told",
    "told": "when it was told first",
}
OF_TITLES: dict[str, str] = {
    "what": "how many and of what: 3 KPIs",
    "worst": "the worst of them: Revenue North",
    "line": "the line of it, where there is one",
    "hours": "the hours in which nobody acknowledged",
    "name": "the name of the digest",
    "days": "the days of the digest",
}
WHO = "{kpi}[ {segment}]"
LIMITS = "{value} {when}[, {beyond} {limit}]"
AFTER = "[, {change} against the period before][, out of limits since {since}]"


@dataclass(frozen=True, slots=True)
class Wording:
    """One template as it comes: what it words, and what may stand in it."""

    label: str
    text: str
    is_title: bool = False

    @property
    def placeholders(self) -> Mapping[str, str]:
        """What may stand in it."""
        return OF_TITLES if self.is_title else PLACEHOLDERS


WORDINGS: dict[str, Wording] = {
    "limit": Wording("A value left its limits", f"{WHO} is {LIMITS}{AFTER}"),
    "change": Wording(
        "A value changed too much", f"{WHO} is {{value}} {{when}}[, {{detail}}][ (limit {{limit}})]"
        "[, since {since}]"
    ),
    "anomaly": Wording(
        "A value is unusual",
        f"{WHO} is {{value}} {{when}}[, {{detail}}][ ({{beyond}} {{limit}})][, since {{since}}]",
    ),
    "forecast": Wording(
        "A forecast misses its target or crosses a line",
        f"{WHO} is forecast to be {{value}} {{when}}[, {{beyond}} {{limit}}]",
    ),
    "files": Wording("A file is late or refused, data is missing or restated", f"{WHO}[: {{detail}}]"),
    "repeated_forecast": Wording(
        "It still fires: forecasts", f"{WHO} is still forecast to be {{value}} {{when}}[, {{beyond}} {{limit}}]"
    ),
    "repeated": Wording("It still fires, and nobody acknowledged", f"{WHO} is still {LIMITS}[, since {{since}}]"),
    "repeated_files": Wording("It still fires: files and data", f"Still: {WHO}[: {{detail}}]"),
    "worse_forecast": Wording(
        "A forecast became worse while it was snoozed",
        f"{WHO} became worse: it is forecast to be {{value}} {{when}}[, {{beyond}} {{limit}}]",
    ),
    "worse": Wording("It became worse while it was snoozed", f"{WHO} became worse: {LIMITS}{AFTER}"),
    "resolved": Wording(
        "A value is back within its limits",
        f"{WHO} is back within its limits: {{value}} {{when}}[ (limit {{limit}})]"
    ),
    "resolved_forecast": Wording(
        "A forecast keeps its target or its line again",
        f"{WHO} is within its limits again: it is forecast to be {{value}} {{when}}[ (limit {{limit}})]",
    ),
    "gone": Wording("A value is not judged any more", f"{WHO} is not judged any more[: {{detail}}]"),
    "resolved_restated": Wording("No further restatement", f"{WHO} was not restated any further"),
    "resolved_files": Wording("Files and data are in order again", f"{WHO} is in order again"),
    "correction": Wording(
        "What was told is taken back",
        f"{WHO} was restated and is not out of its limits: {{value}} {{when}}[ (limit {{limit}})]"
        "[. Told before: {was}]",
    ),
    "found": Wording(
        "A correction shows that a value had left its limits",
        f"{WHO} was restated and is out of its limits: {LIMITS}{AFTER}",
    ),
    "title_one": Wording("Title: one left its limits", "{line}", is_title=True),
    "title_many": Wording("Title: several left their limits", "{what} left their limits: worst {worst}", is_title=True),
    "title_mixed": Wording(
        "Title: several, some about files or forecasts", "{what} need attention: worst {worst}", is_title=True
    ),
    "title_resolved": Wording("Title: several are back", "{what} are back within their limits", is_title=True),
    "title_repeated": Wording(
        "Title: several still fire", "{what} are still out of their limits: worst {worst}", is_title=True
    ),
    "title_worse": Wording("Title: several became worse", "{what} became worse: worst {worst}", is_title=True),
    "title_correction": Wording(
        "Title: several are corrected", "{what} were restated: what was told is taken back", is_title=True
    ),
    "title_found": Wording(
        "Title: several had left their limits",
        "{what} were restated and are out of their limits: worst {worst}",
        is_title=True,
    ),
    "title_escalation": Wording(
        "Title: nobody acknowledged", "Nobody acknowledged for {hours}: [{what}, ]worst {worst}", is_title=True
    ),
    "title_digest": Wording("Title: a digest", "{name}: {days}", is_title=True),
}  # fmt: skip

_FILES: frozenset[Kind] = frozenset({"no_data", "late", "refused", "restated"})
_GROUPS: dict[Kind, str] = {"change": "change", "anomaly": "anomaly"}


@dataclass(frozen=True)
class Words:
    """The wording of one team: its own templates, and those that come with the program for the rest."""

    own: Mapping[str, str] = field(default_factory=dict)

    def say(self, name: str, values: Mapping[str, str]) -> str:
        """Return a template with its values; one that says nothing of them is said as it comes."""
        known = WORDINGS[name]
        try:
            said = render(parsed(name, self.own.get(name, known.text)), values)
        except TemplateRefused:  # kept by another version of the program
            said = ""
        return said or render(parsed(name, known.text), values)


def group_of(kind: Kind) -> str:
    """Return the template that words the firing of a condition."""
    if kind in _FILES:
        return "files"
    if kind in OF_NOW:
        return "forecast"
    return _GROUPS.get(kind, "limit")


@lru_cache(maxsize=256)
def parsed(name: str, text: str) -> Parts:
    """Return the parts of a template by name. Raises TemplateRefused."""
    return parse(text, tuple(WORDINGS[name].placeholders))
