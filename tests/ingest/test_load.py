"""Loading: the life of a job from a real file to a revision, read in a real child process."""

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import Loaded, load
from dash_kpi.ingest.missing import mark_missing, restore
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.points import Question, points
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Ingest

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def save(path: Path, revenue: float = 10, sheets: tuple[str, ...] = ("Sales",)) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name in sheets:
        sheet = book.create_sheet(name)
        sheet.append(["Date", "Region", "Revenue"])
        for day in range(1, 29):
            sheet.append([date(2025, 1, day), "North", revenue])
    book.save(path)
    return path


def read(database: Database, path: Path) -> Loaded:
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return load(database, job)


def revenue(database: Database) -> float | None:
    kpis = points(database, MAIN, Question())["kpis"]
    return kpis[0]["points"][0]["value"] if kpis else None


def test_a_workbook_becomes_a_revision(database: Database) -> None:
    result = read(database, save(database.settings.inbox / "a.xlsx"))

    assert (result.outcome, result.revision) == ("loaded", 1)
    assert revenue(database) == 280


def test_the_same_content_is_not_read_again(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    os.utime(path, (1, 1))

    assert read(database, path).outcome == "unchanged"
    assert data_page(database, MAIN).revision == 1


def test_a_changed_file_replaces_its_own_numbers_alone(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx", 10))
    read(database, save(database.settings.inbox / "b.xlsx", 1))

    read(database, save(database.settings.inbox / "a.xlsx", 20))

    assert revenue(database) == 28 * 21


def test_the_same_content_under_two_names_is_counted_once(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    copy = database.settings.inbox / "copy of a.xlsx"
    copy.write_bytes(path.read_bytes())

    result = read(database, copy)

    assert (result.outcome, result.reason) == ("unchanged", "The same content as a.xlsx, which is counted already.")
    assert revenue(database) == 280


def test_a_renamed_file_stays_one_source(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    path.rename(database.settings.inbox / "b.xlsx")

    result = read(database, database.settings.inbox / "b.xlsx")

    assert (result.outcome, result.reason) == ("unchanged", "Renamed from a.xlsx.")
    assert [source.file for source in data_page(database, MAIN).sources] == ["b.xlsx"]
    read(database, save(database.settings.inbox / "b.xlsx", 20))
    assert revenue(database) == 560


def test_a_file_moved_over_another_one_is_counted_once(database: Database) -> None:
    first, second = database.settings.inbox / "a.xlsx", database.settings.inbox / "b.xlsx"
    read(database, save(first, 10))
    read(database, save(second, 1))

    first.replace(second)

    assert read(database, second).outcome == "loaded"
    assert revenue(database) == 280
    assert [(source.file, source.status) for source in data_page(database, MAIN).sources] == [
        ("a.xlsx", "retired"),
        ("b.xlsx", "ok"),
    ]


def test_a_file_that_returns_unchanged_is_no_longer_missing(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    content = path.read_bytes()
    path.unlink()
    mark_missing(database, 1, "inbox/a.xlsx")

    path.write_bytes(content)

    assert read(database, path).outcome == "unchanged"
    assert data_page(database, MAIN).sources[0].status == "ok"


def test_a_version_that_cannot_be_read_leaves_the_last_good_one(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    path.write_bytes(b"PK\x03\x04 not a workbook any more")

    result = read(database, path)

    assert result.outcome == "refused"
    source = data_page(database, MAIN).sources[0]
    assert (source.status, source.reason) == ("refused", result.reason)
    assert revenue(database) == 280


def test_a_sheet_that_is_gone_keeps_its_data_and_says_so(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx", sheets=("North", "South")))

    read(database, save(database.settings.inbox / "a.xlsx", sheets=("North",)))

    assert [(s.sheet, s.status) for s in data_page(database, MAIN).sources] == [("North", "ok"), ("South", "missing")]
    assert revenue(database) == 560


def test_a_file_that_is_gone_before_it_is_read_is_refused_in_words(database: Database) -> None:
    assert read(database, database.settings.inbox / "absent.xlsx").reason == "The file is not there any more."


def test_one_open_job_a_file(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")

    assert jobs.enqueue(database, MAIN, path, NOW) == jobs.enqueue(database, MAIN, path, NOW)


def test_a_job_is_claimed_once(database: Database) -> None:
    job_id = jobs.enqueue(database, MAIN, save(database.settings.inbox / "a.xlsx"), NOW)

    assert jobs.claim(database, job_id, NOW) is not None
    assert jobs.claim(database, job_id, NOW) is None


def test_a_refused_reading_leaves_no_file_behind(database: Database) -> None:
    path = database.settings.inbox / "a.csv"
    path.write_text("name;colour\na;b\n", "utf-8")

    assert read(database, path).outcome == "refused"
    assert list(database.settings.snapshots.iterdir()) == []


KILLED_IN_PHASE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import Database

def on_progress(phase, fraction):
    if phase == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    database = Database(load_settings(instance=sys.argv[1]))
    job_id = jobs.enqueue(database, "main", database.settings.inbox / "a.xlsx", datetime.now(UTC))
    load(database, jobs.claim(database, job_id, datetime.now(UTC)), on_progress)
"""


@pytest.mark.service
@pytest.mark.parametrize("phase", ["opening", "reading", "cleaning", "saving"])
def test_a_worker_killed_in_any_phase_loses_nothing_and_the_file_is_read_after(
    database: Database, tmp_path: Path, phase: str
) -> None:
    read(database, save(database.settings.inbox / "a.xlsx", 1))
    save(database.settings.inbox / "a.xlsx", 10)
    script = tmp_path / "killed.py"
    script.write_text(KILLED_IN_PHASE, "utf-8")

    killed = subprocess.run(
        [sys.executable, str(script), str(database.settings.instance), phase], timeout=60, check=False
    )

    assert killed.returncode == -signal.SIGKILL
    assert (revenue(database), data_page(database, MAIN).revision) == (28, 1)
    recovered = jobs.recover(database, datetime.now(UTC))
    job = jobs.claim(database, recovered[0], NOW)
    assert job is not None
    assert load(database, job).outcome == "loaded"
    assert (revenue(database), data_page(database, MAIN).revision) == (280, 2)


def test_a_file_that_ends_its_process_again_and_again_is_given_up(database: Database) -> None:
    job_id = jobs.enqueue(database, MAIN, save(database.settings.inbox / "a.xlsx"), NOW)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(database, job_id, NOW) is not None
        with database.writing() as session:
            session.get_one(Ingest, job_id).owner = jobs.process_name().replace(str(os.getpid()), str(dead.pid))
        jobs.recover(database, NOW)

    with database.reading() as session:
        row = session.get_one(Ingest, job_id)
        assert (row.status, row.reason) == ("refused", "Reading it was interrupted 3 times; it was given up.")


def test_a_process_thought_dead_cannot_commit(database: Database) -> None:
    job_id = jobs.enqueue(database, MAIN, save(database.settings.inbox / "a.xlsx"), NOW)
    job = jobs.claim(database, job_id, NOW)
    assert job is not None
    with database.writing() as session:
        session.get_one(Ingest, job_id).owner = "another:1:1"

    assert load(database, job).outcome == "again"
    assert revenue(database) is None
    assert list(database.settings.snapshots.iterdir()) == []


def test_two_processes_read_and_write_at_the_same_time(database: Database) -> None:
    files = [save(database.settings.inbox / f"{number}.xlsx", number) for number in range(8)]
    command = [sys.executable, "-m", "dash_kpi", "ingest", "--instance", str(database.settings.instance), "--json"]
    processes = [subprocess.Popen([*command, *map(str, part)], stdout=subprocess.PIPE) for part in (files, files[::-1])]
    outputs = [process.communicate(timeout=120)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert all(outputs)
    assert revenue(database) == 28 * sum(range(8))
    with database.reading() as session:
        assert set(session.scalars(select(Ingest.status))) == {"done"}


def test_the_samples_step_aside_for_the_first_file_of_somebodys_own(database: Database) -> None:
    (database.settings.inbox / "sample").mkdir()
    read(database, save(database.settings.inbox / "sample" / "sample.xlsx", 10))

    read(database, save(database.settings.inbox / "own.xlsx", 1))

    assert revenue(database) == 28
    sample = next(source for source in data_page(database, MAIN).sources if source.file == "sample.xlsx")
    assert (sample.status, sample.reason) == ("retired", "Set aside when own.xlsx arrived.")
    restore(database, MAIN, sample.id, NOW)
    assert revenue(database) == 308
    read(database, save(database.settings.inbox / "own.xlsx", 2))
    assert revenue(database) == 308 + 28


def test_files_with_the_same_headings_are_of_one_family(database: Database) -> None:
    for number in (1, 2):
        read(database, save(database.settings.inbox / f"{number}.xlsx", number))
    (database.settings.inbox / "other.csv").write_text("Day;Amount\n2025-01-01;1\n", "utf-8")
    read(database, database.settings.inbox / "other.csv")

    one, two, other = (source.family for source in data_page(database, MAIN).sources)

    assert one == two is not None
    assert other not in (one, None)
