"""What the page of thresholds shows for its address, what it answers to a draft, and what it does for a wish."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dash_kpi.alerting.thresholds.draft import try_draft
from dash_kpi.alerting.thresholds.entries import threshold
from dash_kpi.alerting.thresholds.page import thresholds_page
from dash_kpi.alerting.thresholds.wishes import fulfil
from dash_kpi.reporting.definitions import set_hidden
from dash_kpi.storage.database import MAIN, Database
from tests.alerting.builders import add_channel, add_threshold, rule_of
from tests.alerting.thresholds.test_backtest import NOW, monthly
from tests.builders import commit_rows

RULE: dict[str, Any] = {"kpi": "revenue", "conditions": [{"kind": "below", "low": {"value": 80}}]}


@pytest.fixture
def sales(database: Database) -> Database:
    commit_rows(database, "a.xlsx", monthly(Region="North"))
    return database


def test_the_list_has_the_thresholds_and_what_it_is_narrowed_to(sales: Database) -> None:
    add_threshold(sales, rule_of())

    page = thresholds_page(sales, MAIN, "state=firing&of=revenue&period=30d", NOW)

    assert [one.rule.kpi for one in page.entries] == ["revenue"]
    assert (page.state, page.kpi, page.view.period) == ("firing", "revenue", "30d")
    assert thresholds_page(sales, MAIN, "state=nonsense", NOW).state == ""
    assert page.offers == ()


def test_an_empty_list_offers_limits_of_the_first_kpis(sales: Database) -> None:
    found = thresholds_page(sales, MAIN, "", NOW).offers

    assert [one.rule.kpi for one in found] == ["revenue", "revenue_per_day"]
    assert found[0].words.startswith("Revenue by week below")
    assert found[0].suggestion.limit == found[0].rule.first_limit


def test_without_data_there_is_nothing_to_offer(database: Database) -> None:
    page = thresholds_page(database, MAIN, "new=1", NOW)

    assert (page.has_data, page.offers, page.known.kpis) == (False, (), ())


def test_an_address_begins_a_threshold(sales: Database) -> None:
    page = thresholds_page(sales, MAIN, "new=revenue&limit=quarter:above:120.5", NOW)

    assert page.edited is not None
    assert page.edited.given == {
        "kpi": "revenue",
        "grain": "quarter",
        "conditions": [{"kind": "above", "high": {"value": 120.5}}],
    }


@pytest.mark.parametrize("limit", ["", "week", "hour:below:5", "month:below:inf", "month:beside:5", "month:below:x"])
def test_what_an_address_says_wrongly_is_passed_over(sales: Database, limit: str) -> None:
    edited = thresholds_page(sales, MAIN, f"new=nothing&limit={limit}", NOW).edited

    assert edited is not None
    assert edited.given["kpi"] == "revenue"
    assert "inf" not in str(edited.given)


@pytest.mark.parametrize("query", ["edit=99", "edit=x", "versions=99", "versions=-1", "edit=" + "9" * 40])
def test_a_threshold_that_is_not_there_is_a_sentence(sales: Database, query: str) -> None:
    assert thresholds_page(sales, MAIN, query, NOW).problem.startswith("There is no threshold")


def test_channels_can_be_chosen_and_say_what_is_wrong_with_them(sales: Database) -> None:
    number = add_channel(sales)

    assert [one.id for one in thresholds_page(sales, MAIN, "new=1", NOW).known.channels] == [number]


def test_the_form_keeps_what_a_rule_chose_and_nobody_could_choose_now(sales: Database) -> None:
    number = add_threshold(sales, rule_of(kpi="gone", by="Shop", channels=[77]))

    known = thresholds_page(sales, MAIN, f"edit={number}", NOW).known

    assert known.kpis[-1].label == "gone (gone)"
    assert known.dimensions[-1] == "Shop"
    assert [(one.id, one.problem) for one in known.channels] == [(77, "removed")]
    set_hidden(sales, MAIN, "revenue", True, "a test", NOW)
    shown = thresholds_page(sales, MAIN, f"edit={add_threshold(sales, rule_of())}", NOW).known
    assert shown.label("revenue") == "Revenue (hidden)"


def test_a_draft_is_replayed_and_told_in_words(sales: Database) -> None:
    found = try_draft(sales, MAIN, RULE, NOW)

    assert found.words == "Revenue by month below 80"
    assert found.backtest.firings_of_year == 3
    assert found.suggestions
    assert found.mistake is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"conditions": [{"kind": "below"}]}, "conditions.0.low"),
        ({"conditions": [{"kind": "outside", "low": {"value": 9}, "high": {"value": 1}}]}, "conditions.0.high"),
        ({"pending": 0}, "pending"),
        ({"quiet_from": "22:00"}, "quiet_to"),
        ({"channels": [99]}, "channels"),
    ],
)
def test_a_mistake_has_its_field_and_the_history_beside_it(sales: Database, given: dict[str, Any], field: str) -> None:
    found = try_draft(sales, MAIN, RULE | given, NOW)

    assert found.mistake is not None
    assert found.mistake.field == field
    assert found.rule is None
    assert len(found.backtest.lines[0].values) == 24
    assert set(found.backtest.lines[0].low) == {None}
    assert found.backtest.firings == ()
    assert found.suggestions


def test_a_draft_on_what_is_not_there_says_so_instead_of_a_chart(sales: Database) -> None:
    found = try_draft(sales, MAIN, RULE | {"kpi": "revenu"}, NOW)

    assert found.mistake is not None
    assert found.mistake.field == "kpi"
    assert "did you mean 'revenue'" in found.backtest.reason


def test_what_is_not_replayed_says_why(sales: Database) -> None:
    found = try_draft(sales, MAIN, {"kpi": "revenue", "conditions": [{"kind": "late"}]}, NOW)

    assert "nothing to replay" in found.backtest.reason
    assert found.mistake is None


def test_wishes_are_fulfilled_one_after_another(sales: Database) -> None:
    added = fulfil(sales, MAIN, {"act": "save", "rule": RULE, "at": 7}, NOW)
    number = added["number"]
    assert (added["version"], added["at"]) == (1, 7)

    def wish(act: str, **more: Any) -> Any:
        return fulfil(sales, MAIN, {"act": act, "number": number, **more}, NOW)

    assert (
        "80 → "
        in wish("save", rule={"kpi": "revenue", "conditions": [{"kind": "below", "low": 90}]}, version=1)["sentence"]
    )
    assert wish("pause", hours=24)["version"] == 3
    assert threshold(sales, MAIN, number).rule.paused_until == NOW + timedelta(days=1)
    assert wish("resume")["version"] == 4
    assert wish("disable")["version"] == 5
    assert wish("enable")["version"] == 6
    assert wish("remove")["version"] == 7
    assert thresholds_page(sales, MAIN, "", NOW).entries == ()
    history = thresholds_page(sales, MAIN, f"versions={number}", NOW).history
    assert history is not None
    assert (history.is_removed, history.newest, history.sentence) == (True, 7, "Revenue by month below 90")
    assert wish("undo", version=7)["version"] == 8
    assert wish("restore", wanted=1)["version"] == 9
    assert threshold(sales, MAIN, number).rule.first_limit == 80


def test_a_pause_ends_on_the_clock_of_the_team(sales: Database) -> None:
    number = add_threshold(sales, rule_of())

    fulfil(sales, MAIN, {"act": "pause", "number": number, "until": "2026-02-01T08:00"}, NOW)

    zone = sales.settings.zone
    assert threshold(sales, MAIN, number).rule.paused_until == datetime(2026, 2, 1, 8, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"act": "save", "rule": {"kpi": "revenue", "conditions": [{"kind": "below"}]}}, "The limit is missing."),
        ({"act": "pause", "number": 1, "until": ""}, "Choose a day and a time"),
        ({"act": "pause", "number": 1, "until": "2020-01-01T08:00"}, "ends in the future"),
        ({"act": "remove", "number": 99}, "There is no threshold 99"),
        ({"act": "remove", "number": None}, "names no threshold"),
        ({"act": "dance", "number": 1}, "dance"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(sales: Database, wish: dict[str, Any], refusal: str) -> None:
    add_threshold(sales, rule_of())

    assert refusal in fulfil(sales, MAIN, wish, NOW)["refusal"]


def test_who_was_slower_is_told(sales: Database) -> None:
    number = add_threshold(sales, rule_of())
    fulfil(sales, MAIN, {"act": "disable", "number": number, "version": 1}, NOW)

    answer = fulfil(sales, MAIN, {"act": "save", "rule": RULE, "number": number, "version": 1}, NOW)

    assert answer["is_conflict"]
    assert answer["refusal"].endswith("open it again.")
