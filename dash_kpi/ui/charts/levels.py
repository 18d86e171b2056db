"""The level of a line that has more points than a screen has pixels: averages of stretches, and their extremes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dash_kpi.reporting.chart_values import Line

MOST_STRETCHES = 366  # drawn at the most
WEEK = 7  # stretches of days are whole weeks, so that weekdays do not show as waves


@dataclass(frozen=True, slots=True)
class Level:
    """A line by stretches of some periods; a stretch without a value is a gap."""

    stride: int
    starts: tuple[date, ...]
    low: tuple[float | None, ...]
    mean: tuple[float | None, ...]
    high: tuple[float | None, ...]
    tips: tuple[str, ...]  # the periods of each stretch

    def at(self, values: Sequence[float | None]) -> list[float | None]:
        """Return what a line that is smooth already has at the end of each stretch."""
        return [values[min((at + 1) * self.stride, len(values)) - 1] for at in range(len(self.starts))]


def level(line: Line, most: int = MOST_STRETCHES) -> Level:
    """Cut a line into at most so many equal stretches, the last one possibly shorter."""
    stride = max(1, -(-len(line.values) // most))
    if line.grain == "day" and stride > 1:
        stride = -(-stride // WEEK) * WEEK
    stretches = [range(at, min(at + stride, len(line.values))) for at in range(0, len(line.values), stride)]
    known = [[value for at in stretch if (value := line.values[at]) is not None] for stretch in stretches]
    return Level(
        stride=stride,
        starts=tuple(line.starts[stretch[0]] for stretch in stretches),
        low=tuple(min(found, default=None) for found in known),
        mean=means(known),
        high=tuple(max(found, default=None) for found in known),
        tips=tuple(_between(line.labels[stretch[0]], line.labels[stretch[-1]]) for stretch in stretches),
    )


def condensed(line: Line, found: Level) -> Line:
    """Return the line of the averages, its labels the days of each stretch."""
    return replace(line, starts=found.starts, labels=found.tips, values=found.mean, incomplete=frozenset())


def means(stretches: Sequence[Sequence[float]]) -> tuple[float | None, ...]:
    """Return the average of each stretch, None for an empty one."""
    return tuple(sum(found) / len(found) if found else None for found in stretches)


def _between(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"
