"""The whole message of a wording, and the versions that a wording had."""

import pytest

from dash_kpi.alerting.messages.templates import TemplateRefused, reset, save, template, undo, versions
from dash_kpi.alerting.messages.whole import whole
from dash_kpi.alerting.messages.wording import WORDINGS
from dash_kpi.errors import Conflict
from dash_kpi.storage.database import MAIN, Database
from tests.alerting.builders import NOW, add_alert


def test_every_wording_makes_a_message_that_says_it(database: Database) -> None:
    for name, known in WORDINGS.items():
        found = whole(database, MAIN, name, f"Look: {known.text}", NOW)
        assert found.said.startswith("Look: ")
        assert found.said in found.text, name


def test_it_is_of_the_newest_alert_and_says_how_it_would_be_held_back(database: Database) -> None:
    assert whole(database, MAIN, "limit", "{kpi}", NOW).is_example
    add_alert(database, segment="West")

    found = whole(database, MAIN, "limit", "Look: {kpi} {segment}", NOW)

    assert found.text.startswith("Look: Revenue West\n")
    assert found.held.startswith("Held back until Mar 2, 2026")
    assert not found.is_example


def test_a_title_of_several_is_not_made_of_one_alert(database: Database) -> None:
    add_alert(database)

    found = whole(database, MAIN, "title_many", "{what}: {worst}", NOW)

    assert (found.said, found.is_example) == ("3 segments of Revenue: Revenue North", True)
    assert found.text.startswith(found.said)


def test_a_wording_that_says_nothing_here_is_remarked(database: Database) -> None:
    add_alert(database)

    assert "says nothing here" in whole(database, MAIN, "limit", "[{segment}]", NOW).remark
    assert whole(database, MAIN, "limit", "{kpi}", NOW).remark == ""


def test_a_mistake_keeps_its_place(database: Database) -> None:
    with pytest.raises(TemplateRefused) as refused:
        whole(database, MAIN, "limit", "Its {valeu}", NOW)

    assert refused.value.start == 4


def test_versions_tell_who_changed_what_and_what_was_not_seen_is_not_overwritten(database: Database) -> None:
    save(database, MAIN, "limit", "{kpi} first", "Ann", NOW, 0)
    with pytest.raises(Conflict):
        save(database, MAIN, "limit", "{kpi} second", "Ben", NOW, 0)
    reset(database, MAIN, "limit", "Ben", NOW, 1)
    with pytest.raises(Conflict):
        undo(database, MAIN, "limit", "Ann", NOW, 1)

    assert [(one.text, one.by) for one in versions(database, MAIN, "limit")] == [(None, "Ben"), ("{kpi} first", "Ann")]
    assert not template(database, MAIN, "limit").is_changed
