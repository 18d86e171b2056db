"""Daily measures for each value of a dimension at once: one query where a filter for each would be hundreds."""

from collections import defaultdict
from collections.abc import Mapping

from dash_kpi.kpis.measures import Daily, Measures, joined
from dash_kpi.storage.daily import measures_of, selected
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.formula_rows import FormulaRows
from dash_kpi.storage.sources import FILE, State

MOST_SEGMENTS = 200  # the values with the most rows


def measures_by(database: Database, state: State, filters: Filters, dimension: str) -> Mapping[str, Measures]:
    """Return the measures of each value of a dimension, "" for blank, under filters; remembered by revision."""

    def compute() -> dict[str, Measures]:
        if dimension == FILE:
            files = dict.fromkeys(source.file for source in selected(state, filters)[0])
            return {file: measures_of(database, state, _beside(filters, FILE, file)) for file in files}
        return _by_rows(database, state, filters, dimension)

    key = ("measures_by", state.workspace_id, state.revision, filters, dimension)
    return database.answers.get(key, compute)


def _by_rows(database: Database, state: State, filters: Filters, dimension: str) -> dict[str, Measures]:
    whole = measures_of(database, state, ())
    sources, rest = selected(state, filters)
    having = [source for source in sources if dimension in source.dimensions]
    groups: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for source in having:
        groups[tuple(source.aggregations)][source.snapshot] = source.id
    found: dict[str, dict[str, list[Daily]]] = defaultdict(lambda: defaultdict(list))
    for names, files in groups.items():
        for value, columns in database.snapshots.daily_by(files, names, rest, dimension, MOST_SEGMENTS).items():
            for name, column in columns.items():
                found[value][name].append(column)
    kept = sorted(found, key=lambda value: (-_rows_of(found[value]), value))[:MOST_SEGMENTS]
    return {
        value: Measures(
            {name: joined(parts) for name, parts in found[value].items()},
            state.aggregations,
            state.span,
            database.settings.calendar,
            whole.dimensions,
            FormulaRows(database, having, _beside(rest, dimension, value)),
            whole.grains,
            whole.spans,
        )
        for value in sorted(kept)
    }


def _rows_of(columns: Mapping[str, list[Daily]]) -> int:
    """Return how many rows at least a value has: as many as have its most frequent measure."""
    return max((sum(int(part.counts.sum()) for part in parts) for parts in columns.values()), default=0)


def _beside(filters: Filters, dimension: str, value: str) -> Filters:
    """Return filters with one for a value; a filter of the same dimension lets it through already."""
    return (*(one for one in filters if one[0] != dimension), (dimension, (value,)))
