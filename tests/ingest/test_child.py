import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest import child
from dash_kpi.ingest.child import Limits, read_in_child
from tests.ingest.conftest import MakeText, MakeWorkbook

ROWS = "Date,Region,Sales\n" + "".join(f"2024-01-{day:02},North,{day}\n" for day in range(1, 29))
LIMITS = Limits(seconds=60, memory_bytes=2 << 30)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    child.warm_up()


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that holds nothing but snapshots afterwards, and no child lives on."""
    folder = tmp_path / "snapshots"
    folder.mkdir()
    yield folder
    assert [path for path in folder.iterdir() if path.suffix != ".parquet"] == []
    assert multiprocessing.active_children() == []


def silent(phase: str, fraction: float) -> None:
    """Listen to nothing."""


def test_a_file_is_read_and_its_phases_are_told(text: MakeText, directory: Path) -> None:
    heard: list[tuple[str, float]] = []
    (table,) = read_in_child(text(ROWS), directory, LIMITS, lambda *progress: heard.append(progress)).tables

    assert table.rows_loaded == 28
    assert table.snapshot is not None
    assert table.snapshot.parent == directory
    assert table.snapshot.is_file()
    assert list(dict.fromkeys(phase for phase, _ in heard)) == ["opening", "reading", "cleaning", "saving"]


def test_a_refusal_keeps_its_sentence(text: MakeText, directory: Path) -> None:
    with pytest.raises(Refused, match=r"^The file is empty\.$"):
        read_in_child(text(""), directory, LIMITS, silent)


def test_a_file_that_is_gone_is_refused(tmp_path: Path, directory: Path) -> None:
    with pytest.raises(Refused, match="cannot be opened"):
        read_in_child(tmp_path / "gone.xlsx", directory, LIMITS, silent)


def test_a_child_that_takes_too_long_is_stopped(workbook: MakeWorkbook, directory: Path) -> None:
    path = workbook(["Date", "Sales"], *[["2024-01-01", number] for number in range(2_000)])

    with pytest.raises(Refused, match=r"^Reading took longer than 0\.01 seconds and was stopped\.$"):
        read_in_child(path, directory, Limits(seconds=0.01), silent)


def test_a_child_that_needs_too_much_memory_says_so(text: MakeText, directory: Path) -> None:
    path = text("Date,Note,Sales\n" + "".join(f"2024-01-01,{number:0>2000},1\n" for number in range(60_000)))

    with pytest.raises(Refused, match=r"^The file (is damaged, or )?needs more than .* of memory to open\.$"):
        read_in_child(path, directory, Limits(seconds=60, memory_bytes=700 << 20), silent)


def test_files_are_read_side_by_side(text: MakeText, directory: Path) -> None:
    paths = [text(ROWS, name=f"{number}.csv") for number in range(6)]
    with ThreadPoolExecutor(4) as threads:
        readings = list(threads.map(lambda path: read_in_child(path, directory, LIMITS, silent), paths))

    assert [reading.tables[0].rows_loaded for reading in readings] == [28] * 6
    assert len({reading.tables[0].snapshot for reading in readings}) == 6


def test_an_error_of_the_listener_leaves_no_child_behind(text: MakeText, directory: Path) -> None:
    def fail(phase: str, fraction: float) -> None:
        raise RuntimeError("the listener is gone")

    with pytest.raises(RuntimeError, match="listener"):
        read_in_child(text(ROWS), directory, LIMITS, fail)


def test_a_reading_process_does_without_the_database() -> None:
    code = "import sys, dash_kpi.ingest.reader; print('sqlalchemy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
