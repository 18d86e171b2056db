"""Reading a large workbook up to the committed revision, beside the parser alone and beside pandas."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.instances import temporary
from benchmarks.processes import end, peak_of, resident_mb
from benchmarks.sales import sales
from benchmarks.table import Comparison, say
from benchmarks.workbooks import write_workbook

MOST_RATIO, LEAST_SPEEDUP, MOST_MEMORY_MB = 2.0, 10.0, 500.0


@dataclass(frozen=True, slots=True)
class Reading:
    """How long a reading took, and the most memory that all its processes had at once."""

    seconds: float
    peak_mb: float


def rows(is_quick: bool) -> list[Comparison]:
    """Measure the reading of one workbook."""
    size, times = (30_000, 3) if is_quick else (300_000, 5)
    with temporary() as folder:
        say(f"writing a workbook of {size:,} rows")
        path = write_workbook(folder / "sales.xlsx", sales(size))
        say("reading it")
        rounds = [(_read("ours", path), _read("fastexcel", path)) for _ in range(times)]
        slow = _read("pandas", path)
    ours, bare = (_median([one[at] for one in rounds]) for at in (0, 1))
    what = f"reading {size:,} rows × 10 columns"
    memory = "peak memory of it (RSS of all its processes)"
    return [
        Comparison(what, "s", ours.seconds, "fastexcel alone", bare.seconds, most_ratio=MOST_RATIO),
        Comparison(what, "s", ours.seconds, "pandas, openpyxl", slow.seconds, least_speedup=LEAST_SPEEDUP),
        Comparison(memory, "MB", ours.peak_mb, "fastexcel alone", bare.peak_mb, most=MOST_MEMORY_MB),
        Comparison(memory, "MB", ours.peak_mb, "pandas, openpyxl", slow.peak_mb),
    ]


def _median(readings: list[Reading]) -> Reading:
    return Reading(median(one.seconds for one in readings), median(one.peak_mb for one in readings))


def _read(way: str, path: Path) -> Reading:
    # Not `-m`: children of a main module import it again, which children of `dash-kpi serve` do not.
    command = [sys.executable, "-c", f"import sys, benchmarks.readers as r; r.{way}(sys.argv[1])", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    try:
        with peak_of(process.pid, resident_mb, every_seconds=0.02) as peak:
            output, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{way} failed with exit code {process.returncode}")
    finally:
        if process.poll() is None:
            end(process)
    return Reading(float(output.split()[0]), peak.mb)
