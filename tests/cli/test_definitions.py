"""The definitions on the command line: listed, set, exported to another workspace, removed."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dash_kpi.cli import commands
from dash_kpi.settings import load_settings
from tests.builders import commit_rows, sale
from tests.databases import new_database

TWO = [
    {"name": "half_share", "formula": "share / 2"},
    {"name": "share", "formula": 'revenue[Channel = "Online"] / revenue'},
]


def run(*arguments: str | Path, instance: Path, text: str = "") -> Result:
    return CliRunner().invoke(commands, ["definitions", *map(str, arguments), "--instance", str(instance)], input=text)


@pytest.fixture
def instances(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        database = new_database(load_settings(instance=tmp_path / name))
        commit_rows(database, "sales.xlsx", [sale(date(2025, 1, 1), 100, 60, Channel="Online")])
        database.close()
    return tmp_path / "one", tmp_path / "two"


def test_what_is_exported_is_set_in_another_workspace_whatever_comes_first(
    instances: tuple[Path, Path], tmp_path: Path
) -> None:
    one, two = instances
    (tmp_path / "kpis.json").write_text(json.dumps(TWO), "utf-8")

    first = run("set", tmp_path / "kpis.json", instance=one)
    exported = run("export", instance=one).stdout
    second = run("set", "-", instance=two, text=exported)

    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr + second.stderr
    assert "KPI Half share added." in second.stdout
    listed = json.loads(run("list", "--json", instance=two).stdout)["definitions"]
    assert {found["name"] for found in listed if found["version"]} == {"share", "half_share"}
    assert json.loads(run("show", "share", instance=two).stdout)["formula"] == TWO[1]["formula"]


def test_what_is_used_is_not_removed_and_a_mistake_is_one_line(instances: tuple[Path, Path]) -> None:
    run("set", "-", instance=instances[0], text=json.dumps(TWO))

    used = run("remove", "share", instance=instances[0])
    wrong = run("set", "-", instance=instances[0], text='{"name": "own", "formula": "revnue"}')
    nothing = run("set", "-", instance=instances[0], text="[]")

    assert (used.exit_code, used.stderr) == (1, "Error: Share cannot be removed: Half share uses it.\n")
    assert (wrong.exit_code, "did you mean 'revenue'?" in wrong.stderr) == (1, True)
    assert (nothing.exit_code, "There is no definition in it" in nothing.stderr) == (1, True)
    assert run("remove", "half_share", instance=instances[0]).stdout == "KPI Half share removed.\n"


def test_the_list_tells_what_is_hidden_or_changed(instances: tuple[Path, Path]) -> None:
    run("set", "-", instance=instances[0], text='{"name": "profit", "formula": "revenue - 1"}')

    assert "(changed)" in run("list", instance=instances[0]).stdout
