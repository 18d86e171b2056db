"""Channels on the command line: secrets come from a variable or the standard input; what fails is exit code 1."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dash_kpi.alerting.channels.store import channel, config_of, found
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.cli import commands
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database
from tests.fakes import pigeon

WORD = "open sesame"
NORTH = ("add", "pigeon", "North", "--set", "loft=#north")


@pytest.fixture(autouse=True)
def pigeons() -> Iterator[None]:
    TRANSPORTS["pigeon"] = pigeon
    yield
    del TRANSPORTS["pigeon"]


def run(*arguments: str, instance: Path, text: str = "", **environment: str) -> Result:
    return CliRunner().invoke(
        commands, ["channels", *arguments, "--instance", str(instance)], input=text, env=environment
    )


def word_of(instance: Path) -> str:
    database = Database(load_settings(instance=instance))
    with database.reading() as session:
        number = 1
        word = config_of(database.settings, found(session, MAIN, number)).values["word"]
    assert channel(database, MAIN, number).name == "North"
    database.close()
    return word


def test_a_channel_is_added_with_a_secret_from_a_variable_listed_tested_and_removed(tmp_path: Path) -> None:
    added = run(*NORTH, "--secret", "word=LOFT_WORD", instance=tmp_path, LOFT_WORD=WORD)
    listed = run("list", instance=tmp_path)

    assert (added.exit_code, added.stdout) == (0, "Channel North added.\n"), added.stderr
    assert "North" in listed.stdout
    assert "works" in listed.stdout
    assert WORD not in listed.stdout + run("list", "--json", instance=tmp_path).stdout
    assert run("test", "north", instance=tmp_path).stdout == "2 pigeons are ready.\n"
    assert run("edit", "north", "--name", "South", "--disable", instance=tmp_path).exit_code == 0
    assert json.loads(run("list", "--json", instance=tmp_path).stdout)["channels"][0]["state"] == "disabled"
    assert run("remove", "South", instance=tmp_path).exit_code == 0


def test_a_secret_comes_from_the_standard_input(tmp_path: Path) -> None:
    assert run(*NORTH, "--secret", "word=-", instance=tmp_path, text=f"{WORD}\n").exit_code == 0
    assert word_of(tmp_path) == WORD


def test_a_secret_among_the_arguments_is_warned_of(tmp_path: Path) -> None:
    added = run(*NORTH, "--set", f"word={WORD}", instance=tmp_path)

    assert added.exit_code == 0
    assert added.stderr.startswith("Warning: other users of this machine can see 'word'")
    assert WORD not in added.stderr + added.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add", "pigeons", "North"), 1, "did you mean 'pigeon'"),
        (NORTH, 1, "Password is missing."),
        ((*NORTH, "--secret", "word=NO_SUCH"), 1, "no environment variable"),
        (("add", "pigeon", "North", "--set", "open sesame"), 2, "like field=value"),
        (("edit", "North"), 1, "No channel named 'North'"),
        (("test", "9"), 1, "No channel named '9'"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    refused = run(*arguments, instance=tmp_path)

    assert refused.exit_code == code
    assert words in refused.stderr
    assert WORD not in refused.stderr


def test_a_test_that_nobody_sends_is_said_so(tmp_path: Path) -> None:
    run(*NORTH, "--secret", "word=-", instance=tmp_path, text=f"{WORD}\n")

    sent = run("test", "North", "--send", "--wait", "0", instance=tmp_path)

    assert sent.exit_code == 1
    assert "#north: waiting to be sent." in sent.stdout
    assert "is the worker running" in sent.stderr


def test_routes_are_added_shown_and_removed(tmp_path: Path) -> None:
    run(*NORTH, "--secret", "word=-", instance=tmp_path, text=f"{WORD}\n")
    assert "every alert goes to every channel" in run("routes", instance=tmp_path).stdout

    loud = ("routes", "add", "Loud", "--to", "North", "--severity", "critical", "--after", "2", "--then", "1")
    added = run(*loud, instance=tmp_path)
    assert added.exit_code == 0, added.stderr
    shown = run("routes", instance=tmp_path).stdout
    assert "Loud: Critical alerts go to North. Not acknowledged for 2 hours: to North too." in shown
    assert "Alerts that are info or warning go nowhere" in shown
    assert run("routes", "remove", "loud", instance=tmp_path).exit_code == 0


def test_checks_name_channels_whose_secrets_another_key_encrypted(tmp_path: Path) -> None:
    run(*NORTH, "--secret", "word=-", instance=tmp_path, text=f"{WORD}\n")
    (tmp_path / "secret_key").write_text("another one", "utf-8")

    checked = CliRunner().invoke(commands, ["db", "check", "--instance", str(tmp_path)])

    assert checked.exit_code == 1
    assert "The secrets of North were encrypted with another key: enter them again." in checked.stderr
    assert "! The secrets of North" in run("list", instance=tmp_path).stdout
