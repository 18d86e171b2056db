"""Tables of measurements: printed as Markdown, kept as JSON."""

import os
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Literal

import click

NOTHING = "–"
Verdict = Literal["met", "missed"] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of the first table: ours, a reference measured between our own repetitions, and the goal.

    The goal is a most or a least of ours, or of the ratio ours / reference (reference / ours for a least).
    """

    what: str
    unit: str
    ours: float
    reference_name: str = ""
    reference: float | None = None
    most: float | None = None
    most_ratio: float | None = None
    least_speedup: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return how many times the reference ours is."""
        return self.ours / self.reference if self.reference else None

    @property
    def verdict(self) -> Verdict:
        """Tell whether the goal is met; None where there is none."""
        tests = []
        if self.most is not None:
            tests.append(self.ours <= self.most)
        if self.most_ratio is not None and self.ratio is not None:
            tests.append(self.ratio <= self.most_ratio)
        if self.least_speedup is not None and self.ratio is not None:
            tests.append(1 / self.ratio >= self.least_speedup)
        return _verdict(tests)

    @property
    def goal(self) -> str:
        """Return the goal as people read it."""
        if self.most is not None:
            return f"≤ {shown(self.most, self.unit)}"
        if self.most_ratio is not None:
            return f"≤ {self.most_ratio:g} ×"
        return NOTHING if self.least_speedup is None else f"≤ {1 / self.least_speedup:g} ×"

    def cells(self) -> list[str]:
        """Return the row."""
        reference = f"{shown(self.reference, self.unit)} {self.reference_name}" if self.reference else NOTHING
        ratio = f"{self.ratio:.2f} ×" if self.ratio else NOTHING
        return [self.what, shown(self.ours, self.unit), reference, ratio, self.goal, self.verdict or NOTHING]

    def as_json(self) -> dict[str, Any]:
        """Return the row for programs."""
        return asdict(self) | {"ratio": self.ratio, "verdict": self.verdict}


COMPARISON_HEADS = ("what", "ours", "reference", "ratio", "goal", "")


@dataclass(frozen=True, slots=True)
class Meeting:
    """One row of the second table: the same for each subject, None where it cannot be measured."""

    what: str
    unit: str
    values: dict[str, float | None]
    most: float | None = None
    least: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Tell whether ours meets the goal."""
        ours = self.values.get("ours")
        if ours is None:
            return None
        tests = []
        if self.most is not None:
            tests.append(ours <= self.most)
        if self.least is not None:
            tests.append(ours >= self.least)
        return _verdict(tests)

    def cells(self) -> list[str]:
        """Return the row."""
        goal = NOTHING
        if self.most is not None:
            goal = f"≤ {shown(self.most, self.unit)}"
        elif self.least is not None:
            goal = f"≥ {shown(self.least, self.unit)}"
        values = [shown(self.values.get(name), self.unit) for name in SUBJECTS]
        return [self.what, *values, goal, self.verdict or NOTHING]

    def as_json(self) -> dict[str, Any]:
        """Return the row for programs."""
        return asdict(self) | {"verdict": self.verdict}


SUBJECTS = ("ours", "streamlit", "vizro")
MEETING_HEADS = ("what", *SUBJECTS, "goal", "")


def _verdict(tests: Sequence[bool]) -> Verdict:
    if not tests:
        return None
    return "met" if all(tests) else "missed"


def shown(value: float | None, unit: str) -> str:
    """Return a measurement with its unit, with as many digits as it deserves."""
    if value is None:
        return NOTHING
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f} {unit}".rstrip()


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose columns are aligned in plain text too."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads))]
    rule = ["-" * max(width, 3) for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in [lines[0], rule, *lines[1:]]
    )


def machine() -> str:
    """Say where and with what this was measured."""
    names = ("dash-kpi", "dash", "duckdb", "fastexcel", "pandas", "gunicorn", "playwright")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    now = datetime.now(UTC).date()
    return f"{now}, {os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}, {found}"


def disturbance(seconds: float = 0.5) -> str:
    """Say how much of a core a thread that never waits gets now: what else runs takes the rest."""
    wall, cpu = time.perf_counter(), time.thread_time()
    while time.perf_counter() - wall < seconds:
        pass
    share = (time.thread_time() - cpu) / (time.perf_counter() - wall)
    return f"{share:.0%} (load {os.getloadavg()[0]:.1f})"


def say(text: str) -> None:
    """Tell how far the run is, on stderr: the table alone goes to stdout."""
    click.echo(f"… {text}", err=True)
