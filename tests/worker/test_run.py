"""The worker as a real process: it reads, survives what files do to it, and takes up what a crash left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from dash_kpi.reporting.data import data_page
from dash_kpi.storage.database import MAIN, Database
from tests.waiting import wait_for

pytestmark = pytest.mark.service

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(database: Database) -> Iterator[Start]:
    """Start workers on the instance; every one is ended."""
    processes: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {"DASH_KPI_READ_SECONDS": "5", "DASH_KPI_SETTLE_SECONDS": "0.1"}

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dash_kpi", "worker", "--instance", str(database.settings.instance)]
        processes.append(subprocess.Popen(command, env=environment))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def save(path: Path, rows: int, revenue: float = 1) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sales")
    sheet.append(["Date", "Revenue"])
    for number in range(rows):
        sheet.append([f"2025-01-{1 + number % 28:02}", revenue])
    book.save(path)


def status_of(database: Database, file: str) -> str | None:
    return next((row.status for row in data_page(database, MAIN).ingests if row.file == file), None)


def rows_of(database: Database) -> int:
    return sum(source.rows for source in data_page(database, MAIN).sources)


def test_a_file_is_read_and_the_worker_stops_cleanly(database: Database, start: Start) -> None:
    worker = start()
    save(database.settings.inbox / "a.xlsx", 100)
    wait_for(lambda: rows_of(database) == 100)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0


def test_a_worker_killed_while_it_reads_takes_the_file_up_again(database: Database, start: Start) -> None:
    rows = 300_000  # enough to be still read when it is killed
    text = "".join(f"2025-01-{1 + number % 28:02},1\n" for number in range(rows))
    (database.settings.inbox / "a.csv").write_text(f"Date,Revenue\n{text}", "utf-8")
    worker = start()
    wait_for(lambda: status_of(database, "a.csv") == "running")

    worker.kill()
    worker.wait()
    assert data_page(database, MAIN).revision == 0
    start()

    wait_for(lambda: rows_of(database) == rows, seconds=60)
    assert data_page(database, MAIN).revision == 1


def test_what_changed_while_nobody_watched_is_read(database: Database, start: Start) -> None:
    save(database.settings.inbox / "a.xlsx", 10)
    worker = start()
    wait_for(lambda: rows_of(database) == 10)
    worker.kill()
    worker.wait()
    save(database.settings.inbox / "a.xlsx", 20)
    save(database.settings.inbox / "b.xlsx", 5)

    start()

    wait_for(lambda: rows_of(database) == 25)


def test_files_that_cannot_be_read_do_not_harm_those_that_can(database: Database, start: Start) -> None:
    start()
    (database.settings.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04" + os.urandom(5000) + b"PK\x05\x06" + bytes(18))
    (database.settings.inbox / "empty.csv").touch()
    save(database.settings.inbox / "good.xlsx", 10)

    wait_for(lambda: rows_of(database) == 10)
    wait_for(lambda: {status_of(database, name) for name in ("broken.xlsx", "empty.csv")} == {"refused"})
