"""The page of thresholds: what a person reads, what is drawn, and that nobody's text becomes markup."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.backtest import Backtest, Firing, Line
from dash_kpi.alerting.thresholds.decisions import Version
from dash_kpi.alerting.thresholds.entries import Entry, Finding
from dash_kpi.alerting.thresholds.suggestions import Suggestion
from dash_kpi.alerting.thresholds.values import (
    Addressee,
    Choice,
    Edited,
    History,
    Known,
    Mistake,
    Offer,
    ThresholdsPage,
    Tried,
    Worded,
)
from dash_kpi.reporting.view import View
from dash_kpi.ui.alerting import threshold_chart, threshold_form, threshold_list
from dash_kpi.ui.alerting.threshold_page import figure, rendered, tried
from tests.ui.reading import text, with_attribute

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVIL = "<img src=x onerror=alert(1)>"
KNOWN = Known(
    (Choice("revenue", "Revenue", "currency", "day"), Choice("share", EVIL, "percent", "week", has_target=True)),
    ("Region", EVIL),
    (Addressee(4, EVIL, "slack", "the token was revoked"),),
)
STARTS = tuple(date(2025, month, 1) for month in range(1, 7))
LABELS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
VALUES = (100.0, 70.0, None, 120.0, 60.0, 50.0)
FIRINGS = (
    Firing("", STARTS[1], "Feb", STARTS[1], "Feb", STARTS[3], "Apr"),
    Firing("", STARTS[4], "May", STARTS[4], "May", None, None),
)


def rule_of(**given: object) -> Rule:
    return Rule.from_json({"kpi": "revenue", "conditions": [{"kind": "below", "low": 80}], **given})


def line(segment: str = "") -> Line:
    return Line(segment, STARTS, LABELS, VALUES, (80.0,) * 6, (None,) * 6)


def found(rule: Rule | None = None, **given: object) -> Tried:
    tested = Backtest((line(),), FIRINGS, 2, 3, 3, "Revenue is 70 in Feb", "It would have fired 2 times.")
    suggested = (Suggestion(75.0, "below", "1 in 50 lies below it", "would have fired 2 times in 12 months", 2),)
    usual = Tried(rule or rule_of(), "Revenue", "currency", "Revenue by month below 80", None, tested, suggested)
    return replace(usual, **given)  # type: ignore[arg-type]


def entry(rule: Rule | None = None, **given: object) -> Entry:
    finding = Finding(NOW, "fired", "below 80", "Feb 2026", "", 70.0)
    usual = Entry(3, 2, rule or rule_of(), "Revenue by month below 80", "Revenue by month below 80", {"": "ok"}, 0,
                  finding, "", NOW, "Ann")  # fmt: skip
    return replace(usual, **given)  # type: ignore[arg-type]


def page(*entries: Entry, **given: object) -> ThresholdsPage:
    return replace(ThresholdsPage(View(), NOW, UTC, KNOWN, entries=entries), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (entry(phases={"": "firing"}), "Firing"),
        (entry(phases={"N": "firing", "S": "ok", "W": "firing"}), "Firing for 2 of 3"),
        (entry(phases={"": "pending"}), "Pending"),
        (entry(), "Within limits"),
        (entry(phases={}), "Not judged yet"),
        (entry(problem="No column."), "Cannot be judged"),
        (entry(rule_of(is_enabled=False)), "Switched off"),
        (entry(rule_of(paused_until="2026-03-05T08:00+00:00")), "Paused until 5 Mar 2026, 08:00"),
    ],
)
def test_a_state_is_told_in_words(one: Entry, words: str) -> None:
    assert text(threshold_list.status_words(one, NOW, UTC)) == words


def test_a_row_says_what_was_found_last_and_what_can_be_done() -> None:
    shown = threshold_list.contents(page(entry(phases={"": "firing"}, open_alerts=1)), "EUR")

    assert "1 open alert" in text(shown)
    assert "Below 80 Feb 2026: €70 ·" in text(shown)
    acts = [getattr(one, "data-threshold-act") for one in with_attribute(shown, "data-threshold-act")]
    assert acts == ["pause", "pause", "pause", "pause", "disable", "remove"]
    paused = threshold_list.contents(page(entry(rule_of(paused_until="2026-03-05T08:00+00:00"))))
    assert [getattr(one, "data-threshold-act") for one in with_attribute(paused, "data-threshold-act")] == [
        "resume",
        "remove",
    ]


def test_the_list_is_narrowed_by_state_and_kpi() -> None:
    some = (entry(phases={"": "firing"}, sentence="first"), entry(rule_of(kpi="share"), id=4, sentence="second"))

    assert "second" not in text(threshold_list.contents(page(*some, state="firing")))
    assert "first" not in text(threshold_list.contents(page(*some, kpi="share")))
    assert "No threshold is like that." in text(threshold_list.contents(page(*some, state="off")))
    options = [getattr(one, "value", "") for one in with_attribute(threshold_list.contents(page(*some)), "value")]
    assert "/thresholds?state=firing" in options
    assert "/thresholds?of=share" in options


def test_an_empty_list_teaches_and_offers() -> None:
    offer = Offer(rule_of(grain="week"), "Revenue by week below 80", found().suggestions[0])
    shown = threshold_list.contents(page(offers=(offer,)))

    assert "No thresholds yet" in text(shown)
    assert "would have fired 2 times in 12 months" in text(shown)
    assert "/thresholds?new=revenue&limit=week%3Abelow%3A75" in [one.href for one in with_attribute(shown, "data-go")]
    assert "Go to Data" in text(threshold_list.contents(page(has_data=False)))


def test_the_form_has_a_place_for_every_part_of_a_rule() -> None:
    form = threshold_form.form(Edited(None, None, {}), KNOWN, View())
    fields = {getattr(one, "data-field") for one in with_attribute(form, "data-field")}

    parts = set(Rule.__slots__) - {"conditions", "channels", "is_enabled", "paused_until"}
    assert parts <= fields
    of_conditions = {field.removeprefix("conditions.0.") for field in fields if field.startswith("conditions.0.")}
    assert of_conditions == {
        "kind", "low", "high", "against", "measured", "direction", "sensitivity", "share", "periods"
    }  # fmt: skip
    assert [getattr(one, "data-channel") for one in with_attribute(form, "data-channel")] == ["4"]


def test_every_field_is_described_by_the_place_of_its_mistake() -> None:
    form = threshold_form.form(Edited(3, 1, {}), KNOWN, View())
    ids = {getattr(one, "id", None) for one in with_attribute(form, "data-mistake")}

    assert {getattr(one, "aria-describedby") for one in with_attribute(form, "aria-describedby")} <= ids


def test_a_draft_is_answered_with_what_it_would_have_done() -> None:
    answer = tried(found(), {"rule": {"grain": "month", "conditions": [{"kind": "below"}]}, "at": 5}, "EUR")

    assert "It would have fired 2 times." in answer["parts"]["thresholds-sentence"]
    assert "Revenue is 70 in Feb" in answer["parts"]["thresholds-message"]
    assert 'data-suggest-limit="75"' in answer["parts"]["thresholds-suggestions"]
    assert "2 times one by one" in answer["parts"]["thresholds-firings"]
    assert "not yet" in answer["parts"]["thresholds-firings"]
    assert (answer["at"], answer["has_chart"], answer["mistake"]) == (5, True, None)
    assert answer["step"] == 0.5
    ranged = tried(found(), {"rule": {"conditions": [{"kind": "outside"}]}}, "EUR")
    assert ranged["parts"]["thresholds-suggestions"] == ""


def test_a_mistake_goes_with_its_field_and_no_verdict() -> None:
    wrong = found(mistake=Mistake("conditions.0.low", "The limit is missing."))
    answer = tried(replace(wrong, rule=None, backtest=Backtest((line(),))), {"rule": {}}, "")

    assert answer["mistake"] == {"field": "conditions.0.low", "sentence": "The limit is missing."}
    assert "nothing is missing" in answer["parts"]["thresholds-sentence"]


def test_a_reason_stands_in_the_place_of_a_chart() -> None:
    answer = tried(found(backtest=Backtest(reason="Nothing to replay.")), {"rule": {}}, "")

    assert "Nothing to replay." in answer["parts"]["thresholds-sentence"]
    assert not answer["has_chart"]
    assert figure(found(backtest=Backtest(reason="Nothing to replay.")), {"rule": {}}, "")["data"] == []


def test_the_chart_marks_where_it_would_have_fired_and_recovered() -> None:
    drawn = figure(found(), {"rule": {"grain": "month"}}, "EUR")

    fired, recovered = drawn["data"][-2:]
    assert (fired["name"], fired["x"], fired["y"]) == ("Would have fired", ["2025-02-01", "2025-05-01"], [70.0, 60.0])
    assert (recovered["x"], recovered["y"]) == (["2025-04-01"], [120.0])
    stretches = [(one["x0"], one["x1"]) for one in drawn["layout"]["shapes"] if one["type"] == "rect"]
    assert stretches == [("2025-02-01", "2025-04-01"), ("2025-05-01", "2025-06-01")]


def test_limits_that_are_numbers_can_be_dragged_and_those_of_a_segment_cannot() -> None:
    both = rule_of(conditions=[{"kind": "outside", "low": 80, "high": 110}])
    drawn = figure(found(both), {"rule": {"grain": "month"}}, "")
    assert [(one["field"], one["value"]) for one in drawn["layout"]["meta"]["limits"]] == [
        ("conditions.0.low", 80.0),
        ("conditions.0.high", 110.0),
    ]
    assert [one.label for one in threshold_chart.keys(found(both), "month", "", "")][1:3] == [
        "Lower limit 80",
        "Upper limit 110",
    ]

    own = found(rule_of(by="Region", limits={"North": 90}), backtest=Backtest((line("North"),)))
    drawn = figure(own, {"rule": {"grain": "month"}}, "")
    assert [(one["field"], one["value"]) for one in drawn["layout"]["meta"]["limits"]] == [("", 90.0)]


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "below", "low": {"last_year": 0.9}},
        {"kind": "change", "low": -0.1},
        {"kind": "anomaly"},
    ],
)
def test_limits_that_move_are_drawn_by_period(condition: dict[str, object]) -> None:
    drawn = figure(found(rule_of(conditions=[condition])), {"rule": {"grain": "month"}}, "")

    bounds = [one for one in drawn["data"] if one["name"] == "Limit"]
    assert [one["y"] for one in bounds] == [[80.0] * 6]
    assert drawn["layout"]["meta"]["limits"] == []


def test_rolling_windows_stand_at_their_last_day() -> None:
    values = threshold_chart.series(found(), line(), "rolling_7")

    assert (values.line.grain, values.line.starts[0]) == ("day", STARTS[0] + timedelta(days=6))


def test_the_axis_leaves_room_to_drag_but_not_for_a_limit_far_away() -> None:
    low, high = threshold_chart.span(threshold_chart.series(found(), line(), "month"))
    assert low == 0.0
    assert high > 120

    far = found(rule_of(conditions=[{"kind": "below", "low": 1e9}]))
    assert threshold_chart.span(threshold_chart.series(far, line(), "month"))[1] < 1000
    assert "beyond the chart" in threshold_chart.caption(far, "month", "")


def test_the_segment_that_fires_is_drawn_until_somebody_chooses() -> None:
    tested = Backtest((line("North"), line("South")), (replace(FIRINGS[0], segment="South"),))

    assert getattr(threshold_chart.chosen(tested, ""), "segment", None) == "South"
    assert getattr(threshold_chart.chosen(tested, "North"), "segment", None) == "North"
    assert getattr(threshold_chart.chosen(tested, "gone"), "segment", None) == "South"
    assert threshold_chart.chosen(Backtest(), "") is None


@pytest.mark.parametrize(
    ("values", "step"),
    [((), 1.0), ((5.0, 5.0), 1.0), ((0.0, 200.0), 1.0), ((0.0, 1.0), 0.005), ((-3e6, 4e6), 50_000.0)],
)
def test_a_step_of_a_limit_is_a_number_people_say(values: tuple[float, ...], step: float) -> None:
    some = replace(line(), values=values)

    assert threshold_chart.step_of(some) == step


def test_versions_say_who_when_and_offer_the_way_back() -> None:
    versions = (
        Worded(Version(2, None, "removed", NOW, "somebody", True), ""),
        Worded(Version(1, rule_of(), "added", NOW, "Ann", False), "Revenue by month below 80"),
    )
    html = rendered(page(history=History(3, "Revenue by month below 80", versions)), "")["parts"]["thresholds-list"]

    assert "It was removed; restore a version to bring it back." in html
    assert "Somebody, " in html
    assert 'data-threshold-act="restore"' in html
    assert 'data-version="2" data-wanted="1"' in html


def test_no_text_of_a_person_becomes_markup() -> None:
    evil = rule_of(name=EVIL, owner=EVIL, tags=[EVIL], note=EVIL)
    bad = entry(evil, sentence=EVIL, words=EVIL, last=Finding(NOW, "ok", EVIL, EVIL, EVIL, None))
    version = Worded(Version(1, evil, EVIL, NOW, EVIL, True), EVIL)
    tested = Backtest((line(EVIL), line("x")), (replace(FIRINGS[0], segment=EVIL),), 1, 1, 1, EVIL, EVIL)
    answers = (
        rendered(page(bad), ""),
        rendered(page(edited=Edited(3, 1, {}, EVIL)), ""),
        rendered(page(history=History(3, EVIL, (version,))), ""),
        rendered(page(problem=EVIL), ""),
        tried(found(words=EVIL, backtest=tested), {"rule": {}}, ""),
    )

    for answer in answers:
        html = "".join(answer["parts"].values())
        assert "<img src=x" not in html
        assert "&lt;img" in html
