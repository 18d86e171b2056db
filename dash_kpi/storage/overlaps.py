"""What is known of the rows that two sources share, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from dash_kpi.storage.models import Overlap, Source
from dash_kpi.storage.sources import file_name

Decision = Literal["once", "both"]


@dataclass(frozen=True, slots=True)
class SharedRows:
    """Rows that two sources share; where they are counted once, `other` counts them."""

    id: int
    source_id: int
    other_id: int
    source: str  # in words: the file, or the sheet of it
    other: str
    rows: int
    is_certain: bool
    decision: str | None

    @property
    def counted(self) -> Decision:
        """How often the rows are counted: as somebody decided, else once where they cannot be alike by chance."""
        return counted(self.decision, is_certain=self.is_certain)

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has decided yet."""
        return self.decision is None

    def warning(self, source_id: int) -> tuple[str, str]:
        """Return the code and the sentence of the warning that one of the two sources gets."""
        there = self.other if source_id == self.source_id else self.source
        rows = "1 row is" if self.rows == 1 else f"{self.rows:,} rows are"
        if self.counted == "once":
            where = "there" if source_id == self.source_id else "here"
            return "shared_rows", f"{rows} also in {there} and counted once, {where}."
        if self.is_open:
            return "maybe_shared_rows", f"{rows} also in {there} and counted in both; decide on the page Data."
        return "shared_rows", f"{rows} also in {there} and counted in both, as somebody decided."


def counted(decision: str | None, *, is_certain: bool) -> Decision:
    """Return how often shared rows are counted."""
    if decision is None:
        return "once" if is_certain else "both"
    return "once" if decision == "once" else "both"


def shared_rows_of(session: Session, workspace_id: int) -> tuple[SharedRows, ...]:
    """Return the rows that sources of a workspace share now, the open ones and the most rows first."""
    other = aliased(Source)
    rows = session.execute(
        select(Overlap, Source, other)
        .join(Source, Source.id == Overlap.source_id)
        .join(other, other.id == Overlap.other_id)
        .where(Overlap.workspace_id == workspace_id, Overlap.rows > 0)
        .order_by(Overlap.decision.is_not(None), Overlap.rows.desc(), Overlap.id)
    )
    found = rows.all()
    paths = Counter(session.scalars(select(Source.path).where(Source.workspace_id == workspace_id)) if found else ())
    return tuple(
        SharedRows(
            id=row.id,
            source_id=row.source_id,
            other_id=row.other_id,
            source=_place(one, two, paths[one.path]),
            other=_place(two, one, paths[two.path]),
            rows=row.rows,
            is_certain=row.is_certain,
            decision=row.decision,
        )
        for row, one, two in found
    )


def warnings_of(shared: Iterable[SharedRows], source_id: int) -> list[tuple[str, str, int]]:
    """Return code, sentence and number of rows of each warning that a source gets."""
    return [(*one.warning(source_id), one.rows) for one in shared if source_id in (one.source_id, one.other_id)]


def _place(source: Source, other: Source, sheets: int) -> str:
    """Name a source as briefly as tells it from the other: by its sheet, its file, or both."""
    if source.path == other.path:
        return f"sheet '{source.sheet}'"
    file = file_name(source.path)
    return f"sheet '{source.sheet}' of {file}" if sheets > 1 else file
