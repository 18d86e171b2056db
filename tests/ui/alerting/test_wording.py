"""The pages of digests and messages: what they show for their address, what they answer, and what wishes do."""

from typing import Any

import pytest

from dash_kpi.alerting.messages import page as wording
from dash_kpi.alerting.messages.templates import template
from dash_kpi.alerting.telling import page as digesting
from dash_kpi.alerting.telling.digests import digests
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.ui.alerting import digests as digest_ui
from dash_kpi.ui.alerting import messages as message_ui
from tests.alerting.builders import NOW, add_channel
from tests.alerting.telling.test_digests import MONDAY, given, sales


def shown(database: Database, query: str = "") -> dict[str, Any]:
    return digest_ui.rendered(digesting.digests_page(database, MAIN, query))


def ask(database: Database, act: str, **wish: Any) -> dict[str, Any]:
    return digesting.fulfil(database, MAIN, {"act": act, "at": 1} | wish, "somebody", MONDAY)


def word(database: Database, act: str, **wish: Any) -> dict[str, Any]:
    return wording.fulfil(database, MAIN, {"act": act, "at": 1, "name": "limit"} | wish, "somebody", NOW)


def words_shown(database: Database, query: str = "") -> dict[str, Any]:
    return message_ui.rendered(wording.messages_page(database, MAIN, query))


def test_a_list_without_digests_says_what_they_are_for(database: Database) -> None:
    assert "No digest yet" in shown(database)["parts"]["digests-list"]
    assert "There is no channel yet" in shown(database, "new=1")["parts"]["digests-form"]
    assert "not there any more" in shown(database, "edit=9")["parts"]["digests-list"]


def test_a_digest_is_kept_changed_switched_removed_and_every_step_taken_back(database: Database) -> None:
    sales(database)
    channel = add_channel(database)
    assert " checked" in shown(database, "new=1")["parts"]["digests-form"]  # the only channel there is
    number = ask(database, "save", given=given(channel), number=None)["number"]
    assert "Every morning" in shown(database)["parts"]["digests-list"]
    assert shown(database, f"edit={number}")["edited"]["number"] == number

    changed = ask(database, "save", given={**given(channel), "at": "09:00"}, number=number)
    ask(database, **changed["undo"])
    assert digests(database, MAIN)[0].digest.at == "08:00"
    switched = ask(database, "disable", number=number)
    assert "Switched off" in shown(database)["parts"]["digests-list"]
    ask(database, **switched["undo"])
    removed = ask(database, "remove", number=number)
    assert digests(database, MAIN) == ()
    ask(database, **removed["undo"])

    (row,) = digests(database, MAIN)
    assert (row.digest.name, row.digest.is_enabled) == ("Every morning", True)


def test_what_is_wrong_with_a_digest_comes_with_its_field(database: Database) -> None:
    refused = ask(database, "save", given={"name": "x", "at": "25"}, number=None)

    assert (refused["field"], "sentence" in refused) == ("at", False)
    assert "nothing that is called" in ask(database, "dance")["refusal"]
    assert ask(database, "remove", number=9)["refusal"] == "There is no digest 9."


def test_the_preview_of_a_digest_needs_no_name_and_says_when_it_comes(database: Database) -> None:
    sales(database)
    draft = {"given": {"name": "", "kpis": ["revenue"], "every": "week", "weekday": "friday"}, "at": 7}

    found = digest_ui.tried(digesting.tried(database, MAIN, draft, MONDAY), database.settings.zone)

    assert found["at"] == 7
    assert "Every Friday at 08:00; next <strong>6 Feb 2026" in found["parts"]["digests-preview"]
    assert "Revenue: " in found["parts"]["digests-preview"]
    wrong = digesting.tried(database, MAIN, {"given": {"at": "8"}, "at": 8}, MONDAY)
    assert "no time of day" in digest_ui.tried(wrong, database.settings.zone)["parts"]["digests-preview"]


def test_a_wording_is_changed_and_undone_on_its_page(database: Database) -> None:
    saved = word(database, "save", text="<b>{kpi}</b>", seen=0)
    assert "&lt;b&gt;{kpi}" in words_shown(database)["parts"]["messages-list"]
    page = words_shown(database, "edit=limit")
    assert page["edited"] == {"name": "limit", "seen": 1}
    assert "Reset to built in" in page["parts"]["messages-form"]

    word(database, **{key: value for key, value in saved["undo"].items() if key != "name"})

    assert not template(database, MAIN, "limit").is_changed
    assert "meanwhile" in word(database, "reset", seen=0)["refusal"]
    assert word(database, "reset")["sentence"].endswith("as it comes with the program.")
    assert "no such message" in words_shown(database, "edit=limt")["parts"]["messages-list"]


@pytest.mark.parametrize(("text", "start"), [("Its {valeu}", 4), ("", 0), ("{kpi", 0)])
def test_a_mistake_in_a_wording_comes_with_its_place(database: Database, text: str, start: int) -> None:
    found = wording.tried(database, MAIN, {"name": "limit", "text": text, "at": 3}, NOW)

    assert (found["start"], message_ui.tried(found)["at"]) == (start, 3)
    assert word(database, "save", text=text)["start"] == start


def test_the_preview_of_a_wording_says_of_what_it_is(database: Database) -> None:
    found = wording.tried(database, MAIN, {"name": "limit", "text": "Look: {kpi}", "at": 3}, NOW)

    preview = message_ui.tried(found)["parts"]["messages-preview"]
    assert "An example" in preview
    assert "Look: Revenue" in preview
    assert "Held back until" in preview
