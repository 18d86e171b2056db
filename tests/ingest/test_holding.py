"""Versions that break their contract: held, published, declined, replaced; from real files."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from dash_kpi.errors import Conflict
from dash_kpi.ingest import jobs
from dash_kpi.ingest.decisions import decline, publish, publish_file, reconsider
from dash_kpi.ingest.load import Loaded, load
from dash_kpi.ingest.missing import mark_missing, retire
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.points import Question, points
from dash_kpi.storage.backup import back_up, check
from dash_kpi.storage.backup import restore as restore_backup
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Ingest, Revision, Source
from dash_kpi.worker.tasks import Tasks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHOLE = ("Date", "Region", "Revenue", "Cost")
WITHOUT_COST = ("Date", "Region", "Revenue")


def save(path: Path, revenue: float, headings: tuple[str, ...] = WHOLE, **sheets: tuple[str, ...]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, names in (sheets or {"Sales": headings}).items():
        sheet = book.create_sheet(name)
        sheet.append(names)
        for day in range(1, 29):
            cells = {"Date": date(2025, 1, day), "Region": "North", "Revenue": revenue, "Cost": revenue / 2}
            sheet.append([cells[name] for name in names])
    book.save(path)
    return path


def read(database: Database, path: Path) -> Loaded:
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return load(database, job)


def revenue(database: Database) -> float | None:
    return points(database, MAIN, Question(kpis=("revenue",)))["kpis"][0]["points"][0]["value"]


def source(database: Database, place: int = 0) -> Source:
    with database.reading() as session:
        return session.scalars(select(Source).order_by(Source.id)).all()[place]


@pytest.fixture
def held(database: Database) -> Path:
    """A file whose second version has lost a column."""
    path = save(database.settings.inbox / "a.xlsx", 10)
    read(database, path)
    save(path, 20, WITHOUT_COST)
    read(database, path)
    return path


def test_a_version_that_lost_a_column_is_held_and_the_one_before_stays(database: Database, held: Path) -> None:
    found = source(database)

    assert revenue(database) == 280
    assert found.status == "held"
    assert found.reason == (
        "This version is held, the one before is still counted: "
        "Column 'Cost', which was the measure cogs, is gone."
    )  # fmt: skip
    assert data_page(database, MAIN).revision == 1
    last = data_page(database, MAIN).ingests[0]
    assert (last.outcome, last.reason) == ("refused", found.reason)


def test_its_reading_is_listed_as_held(database: Database, held: Path) -> None:
    newest, first = data_page(database, MAIN).ingests

    assert (newest.is_held, first.is_held) == (True, False)


def test_the_first_version_of_a_source_breaks_nothing(database: Database) -> None:
    assert read(database, save(database.settings.inbox / "a.xlsx", 10, WITHOUT_COST)).outcome == "loaded"


def test_it_is_not_read_again_while_it_waits(database: Database, held: Path) -> None:
    os.utime(held, (1, 1))

    assert read(database, held).outcome == "refused"
    assert source(database).status == "held"


def test_published_anyway_it_is_a_revision_of_its_own(database: Database, held: Path) -> None:
    found = source(database)

    number = publish(database, MAIN, found.id, found.held_ingest_id or 0, NOW)

    assert (number, revenue(database)) == (2, 560)
    assert (source(database).status, source(database).reason) == ("ok", None)
    with database.reading() as session:
        revision = session.get_one(Revision, (found.workspace_id, 2))
    assert (revision.actor, revision.summary) == ("published anyway", "a.xlsx: 28 rows, published anyway")
    assert check(database) == []
    assert read(database, held).outcome == "unchanged"


def test_declined_it_is_not_asked_about_again(database: Database, held: Path) -> None:
    found = source(database)

    decline(database, MAIN, found.id, found.held_ingest_id or 0, NOW)

    assert (source(database).status, revenue(database)) == ("ok", 280)
    assert "declined" in (source(database).reason or "")
    os.utime(held, (1, 1))
    assert read(database, held).outcome == "unchanged"
    assert source(database).status == "ok"


def test_a_decision_to_decline_can_be_undone(database: Database, held: Path) -> None:
    found = source(database)
    decline(database, MAIN, found.id, found.held_ingest_id or 0, NOW)

    reconsider(database, MAIN, found.id, found.held_ingest_id or 0, NOW)

    assert source(database).status == "held"
    assert publish(database, MAIN, found.id, found.held_ingest_id or 0, NOW) == 2


def test_the_second_of_two_decisions_hears_of_the_first(database: Database, held: Path) -> None:
    found = source(database)
    publish(database, MAIN, found.id, found.held_ingest_id or 0, NOW)

    for decide in (publish, decline):
        with pytest.raises(Conflict, match=r"a\.xlsx: somebody has decided"):
            decide(database, MAIN, found.id, found.held_ingest_id or 0, NOW)
    assert data_page(database, MAIN).revision == 2


def test_a_newer_version_replaces_the_one_that_is_held(database: Database, held: Path) -> None:
    first = source(database).held_ingest_id or 0
    save(held, 30, WITHOUT_COST)
    read(database, held)

    found = source(database)

    assert found.held_ingest_id != first
    with pytest.raises(Conflict):
        publish(database, MAIN, found.id, first, NOW)
    publish(database, MAIN, found.id, found.held_ingest_id or 0, NOW)
    assert revenue(database) == 840


def test_a_newer_version_that_keeps_the_contract_is_counted(database: Database, held: Path) -> None:
    read(database, save(held, 30))

    assert (source(database).status, source(database).held_ingest_id, revenue(database)) == ("ok", None, 840)


def test_the_former_content_put_back_ends_the_waiting(database: Database, held: Path) -> None:
    path = database.settings.inbox / "b.xlsx"
    read(database, save(path, 1))
    good = path.read_bytes()
    read(database, save(path, 2, WITHOUT_COST))
    assert source(database, 1).status == "held"

    path.write_bytes(good)

    assert read(database, path).outcome == "unchanged"
    assert (source(database, 1).status, source(database, 1).held_ingest_id) == ("ok", None)


def test_of_a_workbook_with_one_broken_sheet_the_others_are_counted(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx", 10, North=WHOLE, South=WHOLE)
    read(database, path)
    save(path, 20, North=WHOLE, South=WITHOUT_COST)

    result = read(database, path)

    assert (result.outcome, result.revision) == ("loaded", 2)
    assert revenue(database) == 28 * (20 + 10)
    assert [source(database, place).status for place in (0, 1)] == ["ok", "held"]
    assert read(database, path).outcome == "unchanged"
    south = source(database, 1)
    assert south.status == "held"
    publish(database, MAIN, south.id, south.held_ingest_id or 0, NOW)
    assert revenue(database) == 28 * (20 + 20)


def test_the_same_content_read_anew_breaks_nothing(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx", 10)
    read(database, path)
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    with database.writing() as session:
        session.scalars(select(Source)).one().contract = {
            "is_kept": True, "refused_percent": 1, "fewer_rows_percent": 1,
        }  # fmt: skip

    assert load(database, job, is_forced=True).outcome == "loaded"


def test_a_held_file_that_is_renamed_stays_held(database: Database, held: Path) -> None:
    held.rename(database.settings.inbox / "b.xlsx")

    assert read(database, database.settings.inbox / "b.xlsx").outcome == "refused"

    assert [(row.file, row.status) for row in data_page(database, MAIN).sources] == [("b.xlsx", "held")]
    assert revenue(database) == 280


def test_a_copy_of_a_held_file_is_not_counted(database: Database, held: Path) -> None:
    copy = database.settings.inbox / "copy.xlsx"
    copy.write_bytes(held.read_bytes())

    result = read(database, copy)

    assert result.reason == "The same content as a.xlsx, which is held until somebody decides."
    assert revenue(database) == 280


def test_a_held_file_that_goes_away_and_comes_back_is_held(database: Database, held: Path) -> None:
    workspace_id = source(database).workspace_id
    mark_missing(database, workspace_id, jobs.path_key(database.settings, held))
    assert source(database).status == "missing"

    read(database, held)

    assert source(database).status == "held"


def test_a_retired_source_holds_nothing(database: Database, held: Path) -> None:
    retire(database, MAIN, source(database).id, NOW)

    assert source(database).held_ingest_id is None


def test_what_is_held_outlives_the_sweep_and_a_backup(database: Database, held: Path, tmp_path: Path) -> None:
    long_ago = (NOW - timedelta(days=9)).timestamp()
    for file in database.settings.snapshots.iterdir():
        os.utime(file, (long_ago, long_ago))
    (database.settings.snapshots / "orphan.parquet").touch()
    os.utime(database.settings.snapshots / "orphan.parquet", (long_ago, long_ago))

    Tasks(database, lambda job: None).sweep()
    back_up(database, tmp_path / "backup.zip")
    for file in database.settings.snapshots.iterdir():
        assert file.name != "orphan.parquet"
        file.unlink()
    restore_backup(database, tmp_path / "backup.zip", is_replaced=True)

    assert publish_file(database, MAIN, source(database).path, NOW) is not None
    assert revenue(database) == 560


def test_a_commit_that_is_cut_off_is_done_again(database: Database, held: Path) -> None:
    save(held, 40, WITHOUT_COST)
    job_id = jobs.enqueue(database, MAIN, held, NOW)
    with database.writing() as session:  # a process that was killed while it read
        row = session.get_one(Ingest, job_id)
        row.status, row.owner, row.attempts = "running", "elsewhere:1:1", 1

    assert jobs.recover(database, NOW) == [job_id]
    read(database, held)

    assert source(database).held_ingest_id == job_id


def test_a_new_version_says_what_changed_since_the_one_before(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx", 10)
    read(database, path)
    save(path, -10)
    read(database, path)

    (row,) = data_page(database, MAIN).sources
    assert "became_negative" in {warning.code for warning in row.warnings}
