"""Composing: lines and messages for whatever is told."""

import json
import math
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from dash_kpi.alerting.messages.compose import MOST_LINES, Composer
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.messages.wording import WORDINGS, Words
from dash_kpi.alerting.rules.judge import Tells
from dash_kpi.alerting.rules.rule import Kind
from dash_kpi.settings import load_settings
from tests.alerting.builders import details_of, rule_of
from tests.alerting.messages.tolds import reading_of, told_of

EURO = details_of(unit="currency")
LOCALES = ("en", "de_DE", "fr_CH", "ja", "ar_EG", "hi")
COMPOSERS = [
    Composer.of(load_settings(locale=one, currency="EUR", public_url="https://kpi.example"), Words()) for one in LOCALES
]
TOLD = {
    "firing": "Revenue is €80 in Feb 2026, below its limit €100, -33.9% against the period before, "
    "out of limits since Dec 2025",
    "repeated": "Revenue is still €80 in Feb 2026, below its limit €100, since Dec 2025",
    "worse": "Revenue became worse: €80 in Feb 2026, below its limit €100, -33.9% against the period before, "
    "out of limits since Dec 2025",
    "resolved": "Revenue is back within its limits: €80 in Feb 2026 (limit €100)",
    "correction": "Revenue was restated and is not out of its limits: €80 in Feb 2026 (limit €100). "
    "Told before: Revenue was €80",
}
KINDS: dict[Kind, str] = {
    "above": "Revenue is €120 in Feb 2026, above its limit €100",
    "inside": "Revenue is €120 in Feb 2026, inside the range it must keep out of, €100",
    "outside": "Revenue is €120 in Feb 2026, above its upper limit €100",
    "change": "Revenue is €120 in Feb 2026, 20.0% more than the period before (limit €100)",
    "anomaly": "Revenue is €120 in Feb 2026, 20.0% more than the period before (above what is usual, up to €100)",
    "forecast_target": "Revenue is forecast to be €120 in Feb 2026, above its target €100",
    "forecast_crosses": "Revenue is forecast to be €120 in Feb 2026, above the line €100",
    "no_data": "Revenue: 20.0% more than the period before",
    "late": "Revenue: 20.0% more than the period before",
    "refused": "Revenue: 20.0% more than the period before",
    "restated": "Revenue: 20.0% more than the period before",
}
english = COMPOSERS[0]


@pytest.mark.parametrize(("tells", "said"), TOLD.items())
def test_each_kind_of_line_is_worded(tells: Tells, said: str) -> None:
    assert english.text(told_of(1, tells, details=EURO, since="Dec 2025", was="Revenue was €80.")) == said


def test_files_that_are_late_have_not_left_their_limits() -> None:
    late = [
        told_of(1, reading=reading_of(kind="late", detail="a.xlsx was due"), details=details_of(label))
        for label in ("Revenue", "Cost")
    ]

    assert english.message(late).title == "2 KPIs need attention: worst Cost"


def test_names_keep_what_joins_their_letters_and_lose_what_hides_others() -> None:
    told = told_of(1, segment="می\u200cخواهم 👩\u200d🌾 a\u202eb\nc")

    assert english.line(told).text.startswith("Revenue می\u200cخواهم 👩\u200d🌾 a b c is 80")


def test_a_week_is_named_as_in_a_sentence() -> None:
    told = told_of(
        1,
        reading=reading_of(label="week of 9 Mar 2026"),
        details=replace(EURO, previous=None),
        since="week of 2 Mar 2026",
    )

    assert english.text(told) == (
        "Revenue is €80 in the week of 9 Mar 2026, below its limit €100, out of limits since the week of 2 Mar 2026"
    )


def test_several_limits_of_one_number_are_titled_by_the_worst() -> None:
    told = [told_of(number, details=replace(EURO, previous=80.0)) for number in (1, 2, 3)]

    assert english.message(told).title == "Revenue is €80 in Feb 2026, below its limit €100, and 2 more"


def test_a_range_is_told_with_both_ends() -> None:
    rule = rule_of(conditions=[{"kind": "inside", "low": 70, "high": 100}])
    told = told_of(1, rule=rule, reading=reading_of(kind="inside"), details=replace(EURO, previous=None))

    assert english.text(told) == "Revenue is €80 in Feb 2026, inside the range it must keep out of, €70 to €100"


@pytest.mark.parametrize(
    ("tells", "said"),
    {
        "repeated": "Revenue is still forecast to be €80 in Feb 2026, below its target €100",
        "worse": "Revenue became worse: it is forecast to be €80 in Feb 2026, below its target €100",
        "resolved": "Revenue is within its limits again: it is forecast to be €80 in Feb 2026 (limit €100)",
    }.items(),
)
def test_a_forecast_is_never_told_as_if_it_had_happened(tells: Tells, said: str) -> None:
    assert english.text(told_of(1, tells, reading=reading_of(kind="forecast_target"), details=EURO)) == said


def test_a_restatement_that_is_over_is_not_said_to_be_undone() -> None:
    assert (
        english.text(told_of(1, "resolved", reading=reading_of(kind="restated")))
        == "Revenue was not restated any further"
    )


def test_a_correction_that_found_a_breach_does_not_say_that_there_is_none() -> None:
    found = [told_of(number, "correction", segment="NS"[number - 1], details=EURO) for number in (1, 2)]

    assert english.message(found[:1]).title.startswith(
        "Revenue N was restated and is out of its limits: €80 in Feb 2026"
    )
    assert english.message(found).title == (
        "2 segments of Revenue were restated and are out of their limits: worst Revenue N"
    )
    assert english.line(found[0]).driver == "Region North fell by 38"


@pytest.mark.parametrize(("kind", "said"), KINDS.items())
def test_each_condition_is_worded(kind: Kind, said: str) -> None:
    reading = reading_of(kind=kind, value=120.0, detail="20.0% more than the period before")

    assert english.text(told_of(1, reading=reading, details=replace(EURO, previous=None))) == said


def test_a_line_has_facts_driver_note_sparkline_and_link() -> None:
    line = english.line(told_of(7, rule=rule_of(note="Call the warehouse", owner="Ann"), details=EURO))

    assert dict(line.facts)["Against last year"] == "-31.6%"
    assert dict(line.facts) | {"File": "sales_2026.xlsx", "Owner": "Ann"} == dict(line.facts)
    assert (line.driver, line.note) == ("Region North fell by 38", "Call the warehouse")
    assert (line.sparkline, line.link) == ("█▇█▇█▁", "https://kpi.example/alerts/7")


def test_the_most_severe_comes_first_then_what_is_furthest_beyond_its_limit() -> None:
    told = [
        told_of(1, segment="A", reading=reading_of(excess=90.0)),
        told_of(2, segment="B", rule=rule_of(severity="critical"), reading=reading_of(excess=1.0)),
        told_of(3, segment="C", reading=reading_of(excess=95.0)),
    ]

    message = english.message(told)

    assert [line.alert_id for line in message.lines] == [2, 3, 1]
    assert message.title == "3 segments of Revenue left their limits: worst Revenue B"


def test_several_kpis_are_counted_as_such() -> None:
    told = [told_of(at, rule=rule_of(kpi=name), details=details_of(name)) for at, name in enumerate(("Cost", "Tax"))]

    assert english.message(told).title == "2 KPIs left their limits: worst Cost"


def test_the_picture_is_that_of_the_worst_with_its_limit() -> None:
    picture = english.message([told_of(1, details=EURO)]).picture

    assert picture
    assert (picture.limit, picture.limit_shown, picture.shown[-1], picture.labels[-1]) == (
        100,
        "€100",
        "€80",
        "Feb 2026",
    )


def test_what_people_word_anew_is_said_and_what_cannot_be_read_is_not() -> None:
    own = replace(english, words=Words({"limit": "{kpi} !!", "title_one": "{nonsense}"}))

    assert own.message([told_of(1)]).title == "Revenue !!"


@given(
    some.sampled_from(COMPOSERS),
    some.sampled_from(get_args(Tells)),
    some.sampled_from(get_args(Kind)),
    some.lists(some.one_of(some.none(), some.floats()), min_size=5, max_size=5),
    some.lists(some.text(), min_size=4, max_size=4),
    some.integers(1, 14),
)
@example(english, "firing", "no_data", [None] * 5, [" ", "", "", ""], 1)
def test_whatever_is_told_becomes_a_message(
    composer: Composer, tells: Any, kind: Any, numbers: list[float | None], texts: list[str], count: int
) -> None:
    value, limit, excess, previous, year_ago = numbers
    label, segment, detail, note = texts
    details = details_of(
        label, previous=previous, year_ago=year_ago, driver=detail, files=(note,), values=tuple(numbers),
        labels=("a", "b", "c", "d", "e"),
    )  # fmt: skip
    reading = reading_of(value=value, limit=limit, excess=excess, kind=kind, detail=detail)
    rule = replace(rule_of(), note=note)
    told = [told_of(at, tells, rule=rule, segment=segment, reading=reading, details=details) for at in range(count)]

    message = composer.message(told)

    assert len(message.lines) == min(count, MOST_LINES)
    assert message.title
    text = json.dumps(message.as_json(), allow_nan=False)
    assert Message.from_json(json.loads(text)) == message
    assert all("\n" not in line.text + line.note + line.driver for line in message.lines)
    assert not any(math.isnan(one) for one in (message.picture.values if message.picture else ()) if one is not None)


@given(some.sampled_from(sorted(WORDINGS)), some.dictionaries(some.text(), some.text()))
def test_no_wording_fails_for_any_values(name: str, values: dict[str, str]) -> None:
    assert isinstance(Words().say(name, values), str)
