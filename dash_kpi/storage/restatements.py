"""Which days of a measure were given another value by a later revision."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import String, func, or_, select, type_coerce

from dash_kpi.kpis.measures import Daily, Floats, Integers
from dash_kpi.kpis.periods import Days
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import KpiData, Revision, Source
from dash_kpi.storage.sources import SAMPLES, State

MOST_REVISIONS = 50
NEVER = 2**31 - 1  # the revision at which what holds now ends
LATELY = timedelta(days=30)  # before the newest revision


def replaced_days(
    database: Database, state: State, measures: Collection[str], span: Days
) -> Mapping[int, frozenset[date]]:
    """Return for each late revision the days of the span on which it replaced or removed a value.

    What is loaded for the first time replaces nothing, nor do samples that step aside.
    """
    with database.reading() as session:
        made: dict[int, datetime] = {
            row.number: row.created_at
            for row in session.execute(
                select(Revision.number, Revision.created_at).where(
                    Revision.workspace_id == state.workspace_id,
                    Revision.number <= state.revision,
                    Revision.number > state.revision - MOST_REVISIONS,
                )
            )
        }
        newest = made.get(state.revision)
        late = [number for number, at in made.items() if newest and at >= newest - LATELY]
        if not late:
            return {}
        rows = session.execute(
            select(KpiData.valid_to, KpiData.day)
            .join(Source, Source.id == KpiData.source_id)
            .where(
                KpiData.workspace_id == state.workspace_id,
                KpiData.valid_to.between(min(late), max(late)),
                KpiData.measure.in_(measures),
                KpiData.day.between(*span),
                ~Source.path.startswith(f"{SAMPLES}/", autoescape=True),
            )
            .distinct()
        ).all()
    found: dict[int, set[date]] = {}
    for revision, day in rows:
        if revision is not None:
            found.setdefault(revision, set()).add(day)
    return {revision: frozenset(days) for revision, days in found.items()}


@dataclass(frozen=True, slots=True)
class History:
    """The daily measures that were valid at a revision or later, each with the revisions it was valid from and to."""

    measures: npt.NDArray[np.str_]
    sources: Integers
    days: Integers
    totals: Floats
    counts: Integers
    valid_from: Integers
    valid_to: Integers

    def at(self, revision: int) -> dict[str, Daily]:
        """Return the daily measures as they were at a revision."""
        was_valid = (self.valid_from <= revision) & (revision < self.valid_to)
        return {
            str(name): Daily(self.sources[at], self.days[at], self.totals[at], self.counts[at])
            for name in np.unique(self.measures[was_valid])
            for at in [was_valid & (self.measures == name)]
        }


def history(
    database: Database, state: State, measures: Collection[str], sources: Collection[int], since: int
) -> History:
    """Return what was valid of some measures from a revision to that of the state, in one query."""
    columns = (
        KpiData.measure, KpiData.source_id, type_coerce(KpiData.day, String), KpiData.total, KpiData.count,
        KpiData.valid_from, func.coalesce(KpiData.valid_to, NEVER),
    )  # fmt: skip
    query = (
        select(*columns)
        .where(
            KpiData.workspace_id == state.workspace_id,
            KpiData.source_id.in_(sources),
            KpiData.measure.in_(measures),
            KpiData.valid_from <= state.revision,
            or_(KpiData.valid_to.is_(None), KpiData.valid_to > since),
        )
        .order_by(KpiData.source_id, KpiData.day)
    )
    with database.reading() as session:
        rows = session.connection().execute(query).all()
    names, owners, days, totals, counts, valid_from, valid_to = zip(*rows, strict=True) if rows else [()] * 7
    return History(
        np.array(names, dtype=np.str_),
        np.array(owners, dtype=np.int64),
        np.array(days, dtype="datetime64[D]").astype(np.int64),
        np.array(totals, dtype=np.float64),
        *(np.array(values, dtype=np.int64) for values in (counts, valid_from, valid_to)),
    )
