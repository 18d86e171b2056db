"""The command line: what it prints, and how it exits."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from msoffcrypto.format.ooxml import OOXMLFile

from dash_kpi.cli import commands
from tests.builders import commit_rows, sale


def run(*arguments: str | Path, instance: Path) -> Result:
    return CliRunner().invoke(commands, [*map(str, arguments), "--instance", str(instance)])


def answer(*arguments: str | Path, instance: Path) -> Any:
    done = run(*arguments, "--json", instance=instance)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["Datum", "Region", "Umsatz", "Kosten"],
        [date(2025, 1, 1), "Nord", 100, 60],
        [date(2025, 2, 1), "Süd", 50, 20],
    ):
        book.active.append(row)
    book.save(tmp_path / "umsatz.xlsx")
    return tmp_path / "umsatz.xlsx"


def test_a_file_is_read_and_its_kpis_are_printed(workbook: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"

    read = answer("ingest", workbook, instance=instance)
    table = read["files"][0]["tables"][0]
    kpis = {kpi["name"]: kpi["points"][0]["value"] for kpi in answer("kpis", instance=instance)["kpis"]}

    assert (read["revision"], read["files"][0]["status"], table["rows_loaded"]) == (1, "loaded", 2)
    assert table["measures"]["revenue"] == {"column": "Umsatz", "aggregation": "sum", "total": 150.0, "derived": None}
    assert (kpis["revenue"], kpis["profit"], kpis["profit_margin"]) == (150, 70, pytest.approx(70 / 150))


def test_reading_the_same_file_again_says_unchanged_and_what_it_holds(workbook: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    first = answer("ingest", workbook, instance=instance)

    again = answer("ingest", workbook, instance=instance)

    assert (again["revision"], again["files"][0]["status"]) == (1, "unchanged")
    assert again["files"][0]["tables"] == first["files"][0]["tables"]
    assert answer("ingest", workbook, "--force", instance=instance)["revision"] == 2


def test_kpis_can_be_narrowed_and_cut(workbook: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    answer("ingest", workbook, instance=instance)

    by_month = answer("kpis", "--kpi", "revenue", "--by", "month", instance=instance)
    north = answer("kpis", "--kpi", "revenue", "--where", "Region=Nord", "--compare", "previous", instance=instance)

    assert by_month["kpis"][0]["points"] == [{"period": "2025-01", "value": 100}, {"period": "2025-02", "value": 50}]
    assert north["filters"] == {"Region": ["Nord"]}
    assert north["kpis"][0]["points"][0]["value"] == 100
    assert north["kpis"][0]["compare"]["points"][0]["value"] is None


def test_a_refused_file_exits_with_1_and_its_sentence_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").touch()

    done = run("ingest", tmp_path / "empty.xlsx", "--json", instance=tmp_path / "instance")

    assert done.exit_code == 1
    assert done.stderr.splitlines() == ["empty.xlsx: The file is empty."]
    assert json.loads(done.stdout)["files"][0]["status"] == "refused"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["kpis", "--kpi", "revnue"], 1, "No KPI named 'revnue'"),
        (["kpis", "--workspace", "mian"], 1, "No workspace named 'mian'; did you mean 'main'?"),
        (["kpis", "--as-of", "9"], 1, "There is no revision 9; the newest is 0."),
        (["kpis", "--where", "Region"], 2, "has no '='"),
        (["kpis", "--by", "hour"], 2, "'hour' is not one of"),
        (["ingest", "absent.xlsx"], 2, "does not exist"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_what_is_wrong_is_said_on_stderr(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    done = run(*arguments, instance=tmp_path / "instance")

    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_sources_and_revisions_are_listed(workbook: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    answer("ingest", workbook, instance=instance)

    assert answer("sources", instance=instance)["sources"][0]["file"] == "umsatz.xlsx"
    assert answer("revisions", instance=instance)["revisions"][0]["summary"] == "umsatz.xlsx: 2 rows"
    assert "umsatz.xlsx" in run("sources", instance=instance).stdout


def test_a_wrong_setting_ends_every_command(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("port = 'many'\n", "utf-8")

    done = run("kpis", instance=tmp_path)

    assert (done.exit_code, "Setting port = 'many'" in done.stderr) == (1, True)


def test_the_database_is_backed_up_checked_and_brought_back(workbook: Path, tmp_path: Path) -> None:
    answer("ingest", workbook, instance=tmp_path / "a")

    assert run("db", "backup", tmp_path / "backup.zip", instance=tmp_path / "a").exit_code == 0
    assert run("db", "restore", tmp_path / "backup.zip", instance=tmp_path / "b").exit_code == 0
    assert run("db", "check", instance=tmp_path / "b").exit_code == 0
    assert answer("kpis", "--kpi", "revenue", instance=tmp_path / "b")["kpis"][0]["points"][0]["value"] == 150


def test_the_doctor_finds_nothing_wrong_with_a_new_instance(tmp_path: Path) -> None:
    done = run("doctor", instance=tmp_path / "instance")

    assert done.exit_code == 0, done.stdout
    assert "!!" not in done.stdout


def test_the_doctor_says_what_to_do(database: Any) -> None:
    commit_rows(database, "a.xlsx", [sale(date(2025, 1, 1), 1)])
    next(database.settings.snapshots.iterdir()).unlink()
    _ = database.settings.secret_key
    (database.settings.instance / "secret_key").chmod(0o644)

    done = run("doctor", instance=database.settings.instance)

    assert done.exit_code == 1
    assert "is missing" in done.stdout
    assert "chmod 600" in done.stdout


def test_the_rows_behind_a_number_are_printed_with_what_they_come_to(workbook: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    answer("ingest", workbook, instance=instance)

    found = answer("rows", "--kpi", "profit", "--where", "Region=Nord", instance=instance)
    printed = run("rows", "--limit", "1", instance=instance).stdout

    assert (found["foot"]["value"], found["rows"][0]["file"], found["rows"][0]["row"]) == (40, "umsatz.xlsx", 2)
    assert "2 rows, the first 1, 2025-01-01 to 2025-02-28" in printed
    assert "2025-01-01           100.00  umsatz.xlsx [Sheet] 2  Nord" in printed
    assert run("rows", "--as-of", "9", instance=instance).exit_code == 1


def test_the_difference_between_two_revisions_is_printed(database: Any) -> None:
    instance = database.settings.instance
    commit_rows(database, "a.xlsx", [sale(date(2025, 1, 1), 1), sale(date(2025, 2, 1), 2)])
    commit_rows(database, "a.xlsx", [sale(date(2025, 1, 1), 1), sale(date(2025, 2, 1), 9)])

    found = answer("diff", "1", "2", instance=instance)
    printed = run("diff", "1", "2", instance=instance).stdout

    assert [(kpi["period"], kpi["before"], kpi["after"]) for kpi in found["kpis"] if kpi["name"] == "revenue"] == [
        ("2025-02", 2, 9)
    ]
    assert "a.xlsx: 0 rows added, 0 removed, 1 altered" in printed
    assert "2025-02-01, revenue 2.0 -> 9.0" in printed
    assert "Nothing differs" in run("diff", "2", "2", instance=instance).stdout
    assert "There is no revision 3" in run("diff", "2", "3", instance=instance).stderr


def test_months_across_the_columns_are_traced_to_their_cells(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    for revenue in (200, 250):
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(["Product", *(date(2025, month, 1) for month in (1, 2, 3))])
        book.active.append(["Beans", 100, revenue, 300])
        book.save(tmp_path / "plan.xlsx")
        answer("ingest", tmp_path / "plan.xlsx", instance=instance)

    rows = answer("rows", "--from", "2025-02-01", "--to", "2025-02-28", instance=instance)["rows"]
    altered = answer("diff", "1", "2", instance=instance)["sources"][0]["altered"]

    (name,) = rows[0]["measures"]
    assert [(row["row"], row["cells"][name], row["measures"][name]) for row in rows] == [(2, "C2", 250)]
    assert [row["cells"][name] for row in altered] == [{"before": 200, "after": 250, "cell": "C2"}]


def test_a_version_that_breaks_its_contract_is_refused_until_it_is_published(workbook: Path, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    answer("ingest", workbook, instance=instance)
    book = openpyxl.load_workbook(workbook)
    book.worksheets[0].delete_cols(4)
    book.save(workbook)

    held = run("ingest", workbook, "--json", instance=instance)
    published = answer("ingest", workbook, "--publish", instance=instance)

    (file,) = json.loads(held.stdout)["files"]
    assert (held.exit_code, file["status"]) == (1, "refused")
    assert "Column 'Kosten', which was the measure cogs, is gone." in held.stderr
    assert (published["revision"], published["files"][0]["status"]) == (2, "loaded")
    assert list(published["files"][0]["tables"][0]["measures"]) == ["revenue"]


def test_the_quality_of_a_file_lists_its_refused_cells(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    rows = "".join(f"2025-01-{day:02},{day}\n" for day in range(1, 29))
    (tmp_path / "a.csv").write_text(f"Date,Sales\n{rows}soon,4\n", "utf-8")
    answer("ingest", tmp_path / "a.csv", instance=instance)

    (source,) = answer("quality", "a.csv", instance=instance)["sources"]
    printed = run("quality", tmp_path / "a.csv", instance=instance).stdout

    assert (source["rows_loaded"], source["reasons"]) == (28, {"unreadable_date": 1})
    assert source["cells"] == [{"address": "A30", "heading": "Date", "content": "soon", "code": "unreadable_date"}]
    assert "A30" in printed
    assert "no cadence learnt yet" in printed
    assert run("quality", "b.csv", instance=instance).exit_code == 1


def test_the_password_of_a_file_comes_through_stdin_or_is_asked_for(workbook: Path, tmp_path: Path) -> None:
    protected = tmp_path / "secret.xlsx"
    with protected.open("wb") as file:
        OOXMLFile(io.BytesIO(workbook.read_bytes())).encrypt("s3cret", file)
    where = ["--instance", str(tmp_path / "instance")]

    piped = CliRunner().invoke(commands, ["ingest", str(protected), "--password-stdin", *where], input="s3cret\n")
    asked = CliRunner().invoke(commands, ["ingest", str(protected), "--force", "--password", *where], input="wrong\n")

    assert (piped.exit_code, "2 rows loaded" in piped.stdout) == (0, True)
    assert (asked.exit_code, "The password is not right." in asked.stderr) == (1, True)
    assert "s3cret" not in piped.output


def test_rows_in_two_places_are_listed_with_the_sources(database: Any) -> None:
    rows = [sale(date(2025, 1, day), day * 1.5, Region="N") for day in range(1, 29)]
    commit_rows(database, "a.xlsx", rows)
    commit_rows(database, "b.xlsx", [*rows, sale(date(2025, 2, 1), 1, Region="N")])

    shown = answer("sources", instance=database.settings.instance)

    (pair,) = shown["overlaps"]
    assert (pair["source"], pair["other"], pair["rows"], pair["counted"]) == ("b.xlsx", "a.xlsx", 28, "once")
    assert shown["sources"][1]["warnings"][-1]["code"] == "shared_rows"
    assert (
        "28 rows  both in b.xlsx and in a.xlsx: counted once, in a.xlsx"
        in run("sources", instance=database.settings.instance).stdout
    )
