"""Digests and wordings on the command line: kept, previewed, changed and removed; a mistake is shown at its place."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dash_kpi.cli import commands
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import Database
from tests.alerting.builders import add_channel
from tests.alerting.telling.test_digests import FIRST
from tests.builders import commit_rows, sale


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    database = Database(load_settings(instance=tmp_path).prepare())
    database.upgrade()
    commit_rows(database, "a.xlsx", [sale(FIRST, 100)])
    add_channel(database, config={"channel": "#sales"})
    database.close()
    return tmp_path


def run(instance: Path, *arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(commands, [*arguments, "--instance", str(instance)], input=text)


def test_a_digest_is_added_listed_changed_previewed_and_removed(instance: Path) -> None:
    added = run(instance, "digests", "add", "Morning", "--kpi", "revenue", "--at", "07:30", "--to", "1")
    assert added.stdout == "Digest Morning added: every day at 07:30.\n", added.stderr
    assert (
        run(instance, "digests", "edit", "morning", "--every", "week", "--weekday", "friday", "--disable").exit_code
        == 0
    )

    (listed,) = json.loads(run(instance, "digests", "list", "--json").stdout)["digests"]

    assert (listed["words"], listed["kpis"], listed["next_at"]) == ("every Friday at 07:30", ["revenue"], None)
    assert "switched off" in run(instance, "digests", "list").stdout
    assert run(instance, "digests", "preview", "morning").stdout.startswith("Morning: ")
    assert "to 1 place." in run(instance, "digests", "preview", "1", "--send").stdout
    assert run(instance, "digests", "edit", "1").exit_code == 2
    assert run(instance, "digests", "edit", "1", "--all-kpis").exit_code == 0
    assert json.loads(run(instance, "digests", "remove", "1", "--json").stdout)["former"]["kpis"] == []
    assert run(instance, "digests", "remove", "1").exit_code == 1


def test_what_is_wrong_with_a_digest_is_one_sentence(instance: Path) -> None:
    wrong = run(instance, "digests", "add", "Morning", "--kpi", "revenu", "--to", "1")

    assert (wrong.exit_code, "did you mean 'revenue'" in wrong.stderr) == (1, True)


def test_a_wording_is_set_shown_undone_and_reset(instance: Path) -> None:
    assert "It says: Revenue" in run(instance, "templates", "set", "limit", "{kpi} {value}").stdout
    assert "* limit" in run(instance, "templates", "list").stdout
    assert (
        json.loads(run(instance, "templates", "show", "limit", "--json").stdout)["history"][0]["by"] == "command line"
    )
    assert run(instance, "templates", "set", "limit", "-", text="{kpi} now\n").exit_code == 0
    assert run(instance, "templates", "undo", "limit").stdout == "limit is again: {kpi} {value}\n"
    assert run(instance, "templates", "reset", "limit").exit_code == 0
    assert "Title: one left its limits" in run(instance, "templates", "list").stdout
    assert run(instance, "templates", "preview", "limit", "Look: {kpi}").stdout.startswith("Look: Revenue\n")


def test_a_mistake_in_a_wording_is_shown_at_its_place(instance: Path) -> None:
    wrong = run(instance, "templates", "set", "limit", "Its {valeu}")

    assert wrong.exit_code == 1
    assert wrong.stderr.splitlines()[1:] == ["  Its {valeu}", "      ^"]
    assert "did you mean {value}?" in wrong.stderr
    assert run(instance, "templates", "show", "limt").exit_code == 1
