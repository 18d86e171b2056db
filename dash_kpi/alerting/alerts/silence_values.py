"""Silences as values: what they are about, and how that is said."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from dash_kpi.errors import Refused
from dash_kpi.kpis.catalogue import label_of


class SilenceRefused(Refused):
    """A silence cannot be kept as it was given; `field` is the part that is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Scope:
    """What a silence is about: everything that is named must fit; nothing named is the whole workspace."""

    threshold_id: int | None = None
    kpi: str = ""
    dimension: str = ""  # with `segment`: one of its values
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Hush:
    """One silence; `ends_at` is when it ends, or ended."""

    id: int
    scope: Scope
    words: str  # what it is about
    comment: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    created_by: str
    is_ended: bool  # by a person, early

    def as_json(self) -> dict[str, Any]:
        """Return the silence as programs are given it."""
        found = asdict(self)
        return {"id": found.pop("id"), **found.pop("scope"), **found}


def scope_words(scope: Scope, threshold: str = "") -> str:
    """Say what a silence is about: 'Revenue, Region North'."""
    parts = []
    if scope.threshold_id is not None:
        name = label_of(threshold) if threshold and threshold == threshold.lower() else threshold
        parts.append(f"threshold {name or scope.threshold_id}")
    if scope.kpi:
        parts.append(label_of(scope.kpi))
    if scope.dimension:
        parts.append(f"{label_of(scope.dimension)} {scope.segment}")
    return ", ".join(parts) or "everything"
