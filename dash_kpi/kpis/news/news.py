"""News: one thing that is unusual about a KPI in a period, and which news come first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log2
from typing import Literal

Kind = Literal["target", "risk", "move", "shift", "anomaly", "gap", "record", "streak"]
Way = Literal["up", "down"]

ALLOWED = 0.1  # of periods in which nothing changed may have news
MOST = 8
LARGEST = 64.0  # beyond so many times the usual, size says nothing more
WEIGHTS: dict[Kind, float] = {
    "target": 1.2, "risk": 1.1, "move": 1.0, "shift": 0.9, "anomaly": 0.9, "gap": 0.9, "record": 0.8, "streak": 0.7,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class News:
    """One finding. `value`, `before` and `change` are of the KPI: what it is, what it is set against, and the
    relative change (of percentages the difference); None where there is none.

    `chance` is how likely noise alone shows as much somewhere in the period; facts, such as a missed target,
    have 0. `size` is how many times its usual variation. `recency` is 1 at the end of the period and 0.5 at its
    start. `periods` is how long a streak is, or how many periods back nothing was as high or as low; `is_ever`
    tells that nothing ever was.
    """

    kind: Kind
    kpi: str
    start: date
    last: date
    way: Way
    size: float
    chance: float
    recency: float = 1.0
    value: float | None = None
    before: float | None = None
    change: float | None = None
    periods: int = 0
    is_ever: bool = False
    also: tuple["News", ...] = ()  # what says the same in another way

    @property
    def confidence(self) -> float:
        """How sure it is that this is no noise, 0 to 1."""
        return 1 - self.chance

    @property
    def score(self) -> float:
        """Its place in the ranking; see `ranked`."""
        return log2(1 + min(self.size, LARGEST)) * self.confidence * self.recency * WEIGHTS[self.kind]


def ranked(found: Sequence[News], looks: int, most: int = MOST) -> tuple[News, ...]:
    """Return the news worth telling, the most important first.

    First what noise can explain is dropped: of so many looks (KPIs times kinds) the smallest chances are kept
    by the rule of Benjamini & Hochberg (1995, "Controlling the false discovery rate"), so that where nothing
    changed at most one period in ten has any news. Then what says the same of one KPI, in the same direction
    and at the same time, becomes one. What is left is ordered by size relative to what is usual (each doubling
    counts as much) x confidence x recency (half as much at the start of the period as at its end) x a weight of
    its kind: a missed target before a move, that before a shift or a single period, that before a record or a
    streak. Limits: the looks are taken to be independent or to depend positively; KPIs that move together
    against one another can give news slightly more often.
    """
    believed = _believed(found, looks)
    by_score = sorted(believed, key=lambda one: (-one.score, one.kpi, one.kind, one.start))
    kept: list[News] = []
    for one in by_score:
        same = next((at for at, other in enumerate(kept) if _says_the_same(one, other)), None)
        if same is not None:
            kept[same] = replace(kept[same], also=(*kept[same].also, one))
        elif not any((other.kpi, other.kind) == (one.kpi, one.kind) for other in kept):
            kept.append(one)
    return tuple(kept[:most])


def _believed(found: Sequence[News], looks: int) -> list[News]:
    ordered = sorted(found, key=lambda one: one.chance)
    passing = [at for at, one in enumerate(ordered, 1) if one.chance <= ALLOWED * at / max(looks, 1)]
    return ordered[: passing[-1]] if passing else []


def _says_the_same(one: News, other: News) -> bool:
    if one.kpi != other.kpi or "target" in (one.kind, other.kind) or "gap" in (one.kind, other.kind):
        return False
    return one.way == other.way and one.start <= other.last and other.start <= one.last
