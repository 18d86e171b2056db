"""The worker computes forecasts after a load, for the newest revision, and lets readings go first."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dash_kpi.ingest import jobs
from dash_kpi.storage import models
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.worker.tasks import LAST, Tasks
from tests.builders import commit_rows, sale

MONDAY = date(2025, 1, 6)


@pytest.fixture
def tasks(database: Database) -> Iterator[Tasks]:
    tasks = Tasks(database, lambda _job: None)
    yield tasks
    tasks.queue.storage.close()


def save(path: Path, days: int) -> Path:
    lines = [f"{MONDAY + timedelta(at)},{100 + at % 7}" for at in range(days)]
    path.write_text("\n".join(["Date,Revenue", *lines]), "utf-8")
    return path


def enqueue(database: Database, days: int, name: str = "a.csv") -> int:
    path = save(database.settings.inbox / name, days)
    return jobs.enqueue(database, MAIN, path, datetime.now(UTC), jobs.COMMANDED)


def run_queued(tasks: Tasks) -> list[str]:
    """Do what is queued now and what that queues, and return the names of it all."""
    done = []
    while (task := tasks.queue.dequeue()) is not None:
        done.append(task.name)
        tasks.queue.execute(task)
    return done


def forecasts(database: Database) -> dict[int, int]:
    table = models.Forecast
    with database.reading() as session:
        found = session.execute(select(table.revision, func.count()).group_by(table.revision))
        return {row[0]: row[1] for row in found}


def test_a_load_is_followed_by_the_forecasts_of_every_kpi(database: Database, tasks: Tasks) -> None:
    tasks.read(enqueue(database, 60))
    done = run_queued(tasks)
    kpis = 3  # revenue, its growth, and by day
    assert forecasts(database) == {1: kpis * 4}
    assert done == ["read", *["forecast"] * (kpis * 4 + 1)]


def test_readings_go_before_forecasts_and_only_the_newest_revision_is_computed(
    database: Database, tasks: Tasks
) -> None:
    first, second = enqueue(database, 60), enqueue(database, 70, "b.csv")
    tasks.read(first)
    tasks.forecast()
    tasks.read(second)
    assert run_queued(tasks)[:3] == ["read", "read", "forecast"]
    assert forecasts(database) == {2: 12}


def test_while_a_file_waits_to_be_read_nothing_is_computed(database: Database, tasks: Tasks) -> None:
    commit_rows(database, "a.xlsx", [sale(MONDAY + timedelta(at), 5.0) for at in range(30)])
    enqueue(database, 60, "b.csv")
    tasks.forecast()
    assert run_queued(tasks) == ["forecast", "forecast"]
    assert forecasts(database) == {}
    assert [task.name for task in tasks.queue.scheduled()] == ["forecast"]


def test_the_sweep_computes_what_a_crash_left_out(database: Database, tasks: Tasks) -> None:
    commit_rows(database, "a.xlsx", [sale(MONDAY + timedelta(at), 5.0) for at in range(30)])
    tasks.sweep()
    run_queued(tasks)
    assert forecasts(database) == {1: 12}


def test_forecasts_wait_behind_everything_else(tasks: Tasks) -> None:
    tasks.forecast()
    task = tasks.queue.dequeue()
    assert task.priority == LAST
