"""The watch: what real programs do to folders, and what it makes of that."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from dash_kpi.ingest import jobs
from dash_kpi.reporting.data import data_page
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Ingest
from dash_kpi.worker.watch import Watch
from tests.builders import commit_rows, sale
from tests.databases import new_database
from tests.waiting import wait_for


class Recorder:
    """Remembers, in order, the files that the watch wants read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.files: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, job_id: int) -> None:
        with self._lock, self._database.reading() as session:
            self.files.append(Path(session.get_one(Ingest, job_id).path).name)


@pytest.fixture(params=["native", "polling"])
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Watch, Recorder]]:
    settings = load_settings(instance=tmp_path / "instance", watch=request.param, poll_seconds=0.1, settle_seconds=0.1)
    database = new_database(settings)
    recorder = Recorder(database)
    watch = Watch(database, MAIN, recorder)
    yield database, watch, recorder
    watch.stop()
    database.close()


Watched = tuple[Database, Watch, Recorder]


def workbook(path: Path, value: int = 1) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([value])
    book.save(path)
    return path


def status_of(database: Database, file: str) -> str | None:
    return next((source.status for source in data_page(database, MAIN).sources if source.file == file), None)


def test_a_file_that_appears_is_read_once(watched: Watched) -> None:
    database, watch, recorder = watched
    watch.start()

    workbook(database.settings.inbox / "a.xlsx")

    wait_for(lambda: recorder.files == ["a.xlsx"])


def test_what_was_there_before_is_read_at_the_start(watched: Watched) -> None:
    database, watch, recorder = watched
    workbook(database.settings.inbox / "a.xlsx")

    watch.start()

    wait_for(lambda: recorder.files == ["a.xlsx"])


def test_saving_by_a_temporary_file_and_a_rename_reads_the_file_alone(watched: Watched) -> None:
    database, watch, recorder = watched
    inbox = database.settings.inbox
    watch.start()
    (inbox / "~$a.xlsx").write_bytes(b"owner")

    workbook(inbox / "0A1B2C3D.tmp").rename(inbox / "a.xlsx")
    (inbox / "~$a.xlsx").unlink()

    wait_for(lambda: "a.xlsx" in recorder.files)
    assert set(recorder.files) == {"a.xlsx"}


def test_a_file_that_is_still_copied_is_read_when_it_is_whole(watched: Watched, tmp_path: Path) -> None:
    database, watch, recorder = watched
    whole = workbook(tmp_path / "whole.xlsx").read_bytes()
    watch.start()
    target = database.settings.inbox / "a.xlsx"

    target.write_bytes(whole[:100])
    wait_for(lambda: data_page(database, MAIN).ingests, what="the job, at once")
    time.sleep(5 * database.settings.settle_seconds)  # a stall of the copy, longer than the settling
    assert recorder.files == []
    target.write_bytes(whole)

    wait_for(lambda: recorder.files == ["a.xlsx"])


def test_a_burst_of_200_files_is_read_whole(watched: Watched) -> None:
    database, watch, recorder = watched
    watch.start()

    for number in range(200):
        (database.settings.inbox / f"{number:03}.csv").write_text(f"Date,Revenue\n2025-01-01,{number}\n", "utf-8")

    wait_for(lambda: len(set(recorder.files)) == 200, seconds=60)


def test_a_file_that_goes_away_is_marked_and_its_return_is_noticed(watched: Watched) -> None:
    database, watch, recorder = watched
    commit_rows(database, "a.csv", [sale(date(2025, 1, 1), 10)])
    watch.start()
    wait_for(lambda: recorder.files == ["a.csv"])  # the builder wrote no version of it

    (database.settings.inbox / "a.csv").unlink()
    wait_for(lambda: status_of(database, "a.csv") == "missing")
    (database.settings.inbox / "a.csv").write_text("back", "utf-8")

    wait_for(lambda: recorder.files == ["a.csv", "a.csv"])


def test_a_folder_that_vanishes_and_returns_is_watched_again(watched: Watched) -> None:
    database, watch, recorder = watched
    inbox = database.settings.inbox
    (inbox / "sub").mkdir()
    commit_rows(database, "a.csv", [sale(date(2025, 1, 1), 10)])
    watch.start()
    wait_for(lambda: recorder.files == ["a.csv"])

    shutil.rmtree(inbox)
    wait_for(lambda: status_of(database, "a.csv") == "missing")
    (inbox / "sub").mkdir(parents=True)
    (inbox / "sub" / "b.csv").write_text("new", "utf-8")
    wait_for(lambda: "b.csv" in recorder.files)
    (inbox / "sub" / "c.csv").write_text("newer", "utf-8")

    wait_for(lambda: "c.csv" in recorder.files)


def test_a_folder_that_is_moved_in_brings_its_files(watched: Watched, tmp_path: Path) -> None:
    database, watch, recorder = watched
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.csv").write_text("x", "utf-8")
    watch.start()
    wait_for(lambda: watch.is_watching)

    (tmp_path / "outside").rename(database.settings.inbox / "inside")

    wait_for(lambda: recorder.files == ["a.csv"])


def test_an_unchanged_file_is_not_queued_again(watched: Watched) -> None:
    database, watch, recorder = watched
    path = workbook(database.settings.inbox / "a.xlsx")
    stat = path.stat()
    commit_rows(database, "b.csv", [sale(date(2025, 1, 1), 10)])
    with database.writing() as session:
        for row in session.scalars(select(Ingest)):
            row.path, row.size, row.modified_ns = "inbox/a.xlsx", stat.st_size, stat.st_mtime_ns
    (database.settings.inbox / "b.csv").unlink()
    watch.start()
    wait_for(lambda: watch.is_watching)

    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # an event, but no change
    workbook(database.settings.inbox / "c.xlsx")

    wait_for(lambda: recorder.files == ["c.xlsx"])


@pytest.mark.parametrize("watched", ["native"], indirect=True)
def test_a_file_that_a_person_asked_for_is_handed_over_once_without_an_event(watched: Watched) -> None:
    database, watch, recorder = watched
    watch.start()
    with database.writing() as session:
        jobs.ask_for(session, 1, "elsewhere/a.xlsx", datetime.now(UTC))

    wait_for(lambda: recorder.files == ["a.xlsx"])
    time.sleep(1.5)
    assert recorder.files == ["a.xlsx"]
