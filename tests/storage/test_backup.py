"""Backups, and the check of what is stored."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dash_kpi.errors import Refused
from dash_kpi.kpis.definition import Definition
from dash_kpi.reporting.ahead import advance
from dash_kpi.reporting.annotations import Wording, add_note, notes_on
from dash_kpi.settings import load_settings
from dash_kpi.storage.backup import back_up, check, restore
from dash_kpi.storage.daily import daily_measures
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Forecast, KpiDefinition
from dash_kpi.storage.sources import state_at
from tests.builders import commit_rows, define, sale

DAY = date(2025, 1, 1)
NOW = datetime(2025, 4, 1, tzinfo=UTC)


def test_a_backup_brings_everything_back_into_an_empty_instance(database: Database, tmp_path: Path) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10, Region="North"), sale(DAY, 5, Region="South")])
    back_up(database, tmp_path / "backup.zip")
    other = Database(load_settings(instance=tmp_path / "other").prepare())

    restore(other, tmp_path / "backup.zip", is_replaced=False)

    state = state_at(other, MAIN)
    assert daily_measures(other, state, ())["revenue"].totals.tolist() == [15]
    assert daily_measures(other, state, (("Region", ("North",)),))["revenue"].totals.tolist() == [10]
    assert check(other) == []
    other.close()


def test_a_backup_brings_definitions_notes_and_forecasts_back(database: Database, tmp_path: Path) -> None:
    commit_rows(database, "a.xlsx", [sale(date(2025, 1 + at // 28, 1 + at % 28), 10) for at in range(84)])
    define(database, Definition("twice", "Twice", "2 * revenue"))
    add_note(database, MAIN, Wording("twice", DAY, DAY, "New prices"), "Ann", NOW)
    assert advance(database, MAIN, NOW)
    back_up(database, tmp_path / "backup.zip")
    other = Database(load_settings(instance=tmp_path / "other").prepare())

    restore(other, tmp_path / "backup.zip", is_replaced=False)

    assert [one.name for one in state_at(other, MAIN).definitions] == ["twice"]
    assert [note.text for note in notes_on(other, MAIN)] == ["New prices"]
    with other.reading() as session:
        assert session.scalar(select(func.count()).select_from(Forecast)) == 1
    assert check(other) == []
    other.close()


def test_data_is_not_replaced_without_a_word(database: Database, tmp_path: Path) -> None:
    back_up(database, tmp_path / "backup.zip")

    with pytest.raises(Refused, match="--replace"):
        restore(database, tmp_path / "backup.zip", is_replaced=False)


def test_a_backup_is_not_written_over_a_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "backup.zip").touch()

    with pytest.raises(Refused, match="exists already"):
        back_up(database, tmp_path / "backup.zip")


@pytest.mark.parametrize("member", ["../evil", "snapshots/../../evil", "/etc/evil", "snapshots/a/b"])
def test_a_backup_with_foreign_members_is_refused_whole(database: Database, tmp_path: Path, member: str) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("dash_kpi.sqlite3", b"")
        archive.writestr(member, b"evil")

    with pytest.raises(Refused, match="none of ours"):
        restore(database, tmp_path / "evil.zip", is_replaced=True)
    assert not list(tmp_path.rglob("evil"))


def test_what_is_no_zip_is_no_backup(database: Database, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("text", "utf-8")

    with pytest.raises(Refused, match="is not a backup"):
        restore(database, tmp_path / "text.zip", is_replaced=True)


def test_the_check_names_a_snapshot_that_is_gone(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10)])
    snapshot = next(database.settings.snapshots.iterdir())
    snapshot.unlink()

    assert check(database) == [f"The snapshot {snapshot.name} is missing."]


def test_the_check_names_a_total_that_its_rows_do_not_give(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10)])
    with database.engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("UPDATE kpi_data SET total = 11")

    assert check(database) == ["a.xlsx: 'revenue' is 11.0 by day but 10.0 by row."]


def test_the_check_names_a_definition_that_cannot_be_read_and_one_that_is_there_twice(database: Database) -> None:
    for _ in range(2):
        define(database, Definition("margin", "Margin", "revenue"))
    with database.writing() as session:
        first = session.scalars(select(KpiDefinition)).first()
        assert first is not None
        first.definition = {"name": "margin", "colour": "red"}

    assert check(database) == [
        f"The definition {first.id} of the KPI 'margin' cannot be read. A KPI has no 'colour'; it has: "
        "decimals, description, direction, formula, is_hidden, label, name, owner, tags, target, unit.",
        "The KPI 'margin' has 2 definitions in force.",
    ]
