"""Alerts and silences on the command line."""

from pathlib import Path

import pytest

from dash_kpi.settings import load_settings
from dash_kpi.storage.database import Database
from tests.alerting.builders import add_alert, add_channel, add_delivery
from tests.cli.test_commands import answer, run
from tests.databases import new_database


@pytest.fixture
def number(tmp_path: Path) -> int:
    database = new_database(load_settings(instance=tmp_path))
    number = add_alert(database)
    add_delivery(database, add_channel(database), [number])
    database.close()
    return number


def test_an_alert_is_listed_acknowledged_snoozed_assigned_and_sent_again(tmp_path: Path, number: int) -> None:
    listed = answer("alerts", "list", instance=tmp_path)
    assert [(one["id"], one["status"], one["value"]) for one in listed["alerts"]] == [(number, "open", 80.0)]
    assert "Revenue was 80 in Feb 2026, below 100" in run("alerts", "list", instance=tmp_path).stdout

    assert "acknowledged" in run("alerts", "ack", "1", "--comment", "calling", instance=tmp_path).stdout
    assert "open again" in run("alerts", "ack", "1", "--undo", instance=tmp_path).stdout
    assert (
        "worse by 10 %" in run("alerts", "snooze", "1", "--until", "2d", "--worse-by", "10", instance=tmp_path).stdout
    )
    assert "awake again" in run("alerts", "snooze", "1", "--undo", instance=tmp_path).stdout
    assert "assigned to Ann" in run("alerts", "assign", "1", "--to", "Ann", instance=tmp_path).stdout
    assert answer("alerts", "resend", "1", instance=tmp_path)["changed"] == [number]

    shown = run("alerts", "show", "1", instance=tmp_path).stdout
    assert "acknowledged by command line: calling" in shown
    assert "#sales  sent" in shown
    assert answer("alerts", "show", "1", instance=tmp_path)["assignee"] == "Ann"


def test_messages_that_need_somebody_are_listed_and_decided(tmp_path: Path, number: int) -> None:
    assert run("alerts", "problems", instance=tmp_path).stdout == "No message needs anybody.\n"
    database = Database(load_settings(instance=tmp_path))
    for _ in range(2):
        add_delivery(database, 1, [number], status="failed", attempts=[], reason="Too long.")
    database.close()

    said = run("alerts", "problems", instance=tmp_path).stdout
    assert "#sales: 2 messages could not be delivered: Too long. Since 2 Mar 2026 09:00.\n" in said
    assert "Messages: 2, 3" in said
    assert "Alert 1: Revenue was 80" in said
    assert run("alerts", "problems", "--resend", "2", instance=tmp_path).stdout == "1 message is sent again.\n"
    found = answer("alerts", "problems", "--leave", "3", instance=tmp_path)
    assert (found["decided"][0]["changed"], found["problems"]) == ([3], [])


def test_silences_are_made_listed_and_ended(tmp_path: Path) -> None:
    made = answer("alerts", "silence", "stocktaking", "--until", "4h", "--segment", "region=North", instance=tmp_path)
    assert (made["dimension"], made["segment"], made["comment"]) == ("region", "North", "stocktaking")
    assert "Region North, until" in run("alerts", "silences", instance=tmp_path).stdout

    assert answer("alerts", "silences", "--end", "1", instance=tmp_path)["silences"] == []


def test_what_is_refused_exits_with_1_and_wrong_usage_with_2(tmp_path: Path) -> None:
    unknown = run("alerts", "ack", "7", instance=tmp_path)
    assert (unknown.exit_code, "There is no alert 7." in unknown.stderr) == (1, True)
    assert run("alerts", "silence", " ", "--until", "4h", instance=tmp_path).exit_code == 1
    assert run("alerts", "silence", "why", "--until", "soon", instance=tmp_path).exit_code == 2
    assert run("alerts", "snooze", "1", instance=tmp_path).exit_code == 2
