"""People's notes on the command line."""

from pathlib import Path

from tests.cli.test_commands import answer, run


def test_a_note_is_added_listed_and_removed(tmp_path: Path) -> None:
    added = answer("annotations", "add", "Strike", "--from", "2025-03-14", "--author", "Ada", instance=tmp_path)

    assert (added["from"], added["to"], added["kpi"], added["author"]) == ("2025-03-14", "2025-03-14", None, "Ada")
    listed = answer("annotations", "list", "--from", "2025-03-14", instance=tmp_path)
    assert listed == {"workspace": "main", "annotations": [added]}
    assert "14 Mar 2025" in run("annotations", "list", instance=tmp_path).stdout
    assert answer("annotations", "list", "--to", "2025-03-13", instance=tmp_path)["annotations"] == []

    assert run("annotations", "remove", "1", instance=tmp_path).exit_code == 0
    assert answer("annotations", "list", instance=tmp_path)["annotations"] == []


def test_what_is_refused_exits_with_1_and_its_sentence(tmp_path: Path) -> None:
    unknown = run("annotations", "add", "Strike", "--from", "2025-03-14", "--kpi", "reveneu", instance=tmp_path)
    missing = run("annotations", "remove", "7", instance=tmp_path)

    assert (unknown.exit_code, missing.exit_code) == (1, 1)
    assert "No KPI named 'reveneu'" in unknown.stderr
    assert "No note named '7'" in missing.stderr
    assert run("annotations", "add", "Strike", instance=tmp_path).exit_code == 2
