"""`dash-kpi thresholds`, and the same over HTTP."""

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from dash_kpi.cli import commands
from dash_kpi.settings import load_settings
from tests.alerting.thresholds.test_backtest import monthly
from tests.builders import commit_rows
from tests.databases import new_database


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    database = new_database(load_settings(instance=tmp_path))
    commit_rows(database, "a.xlsx", monthly())
    database.close()
    return tmp_path


def run(instance: Path, *words: str, given: str | None = None) -> tuple[int, str]:
    found = CliRunner().invoke(commands, ["thresholds", *words, "--instance", str(instance)], input=given)
    return found.exit_code, found.output


def test_a_limit_may_be_typed_as_a_percentage(instance: Path) -> None:
    run(instance, "add", "--kpi", "growth_rate", "--below", "40%")

    assert '"value": 0.4' in run(instance, "show", "1")[1]
    assert "'much' is no number such as 100 or 40%." in run(instance, "edit", "1", "--below", "much")[1]


def test_a_threshold_is_added_listed_changed_and_removed(instance: Path) -> None:
    assert run(instance, "add", "--kpi", "revenue", "--below", "80", "--pending", "2", "--severity", "critical") == (
        0,
        "Threshold 1: Added: Revenue by month below 80, 2 months in a row.\n",
    )
    assert "1  new      critical  Revenue by month below 80, 2 months in a row" in run(instance, "list")[1]
    assert run(instance, "edit", "1", "--below", "70", "--off")[1] == (
        "Threshold 1: Below 80 → below 70; switched on yes → no.\n"
    )
    assert run(instance, "remove", "1")[1] == "Threshold 1: Removed.\n"
    assert run(instance, "undo", "1")[1] == "Threshold 1: Last change undone.\n"
    text = run(instance, "history", "1")[1]
    assert [line.split(": ", 1)[1] for line in text.splitlines()] == [
        "last change undone",
        "removed",
        "below 80 → below 70; switched on yes → no",
        "added",
    ]


def test_a_backtest_says_when_it_would_have_fired(instance: Path) -> None:
    code, text = run(instance, "backtest", "--kpi", "revenue", "--below", "80")

    assert code == 0
    assert text.splitlines()[0] == "fired Mar 2024, resolved May 2024"
    assert "It would have fired" in text


def test_a_backtest_is_printed_for_programs(instance: Path) -> None:
    run(instance, "add", "--kpi", "revenue", "--below", "80")

    found = orjson.loads(run(instance, "backtest", "1", "--pending", "2", "--json")[1])

    assert found["rule"]["pending"] == 2
    assert [one["fired"] for one in found["firings"]] == ["Apr 2024"]


def test_a_whole_rule_comes_as_json(instance: Path) -> None:
    rule = '{"kpi": "revenue", "conditions": [{"kind": "change", "low": -0.2}]}'

    assert run(instance, "add", "--json-rule", "-", given=rule)[0] == 0
    assert orjson.loads(run(instance, "show", "1")[1]) == orjson.loads(rule) | {
        "conditions": [{"kind": "change", "low": {"value": -0.2}}]
    }


def test_a_new_limit_leaves_the_other_condition_as_it_was(instance: Path) -> None:
    rule = '{"kpi": "revenue", "conditions": [{"kind": "below", "low": 80}, {"kind": "change", "low": -0.2}]}'
    run(instance, "add", "--json-rule", "-", given=rule)

    run(instance, "edit", "1", "--below", "70")

    found = orjson.loads(run(instance, "show", "1")[1])["conditions"]
    assert found == [{"kind": "below", "low": {"value": 70.0}}, {"kind": "change", "low": {"value": -0.2}}]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "--kpi", "revenu", "--below", "1"], "No KPI named 'revenu'; did you mean 'revenue'?"),
        (["add", "--kpi", "revenue"], "A threshold has one condition, or two."),
        (["remove", "4"], "There is no threshold 4."),
    ],
)
def test_what_is_refused_is_one_sentence_and_exit_code_1(instance: Path, words: list[str], sentence: str) -> None:
    assert run(instance, *words) == (1, f"Error: {sentence}\n")
