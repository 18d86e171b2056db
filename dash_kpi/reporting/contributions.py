"""What each value of a dimension, and each combination of values, brought to the change of a KPI."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.drivers.combination import Combination, best_combination
from dash_kpi.kpis.drivers.contributions import Contribution, Method, of_absence, of_ratio, of_sums
from dash_kpi.kpis.evaluate import Cell, Cells, basis_of, cells_for, over_values, sequence, values_over
from dash_kpi.kpis.formulas.tree import Node
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Days
from dash_kpi.kpis.spans import one
from dash_kpi.reporting.frame import Frame
from dash_kpi.storage.breakdown import by_value
from dash_kpi.storage.cube import frequent, sums_by, sums_by_several, without_each
from dash_kpi.storage.daily import selected
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import FILE, SourceState

MOST_VALUES = 300  # told apart in one dimension
MOST_WITHOUT = 12  # values left out one by one
CUBE_DIMENSIONS, CUBE_VALUES = 4, 12


@dataclass(frozen=True, slots=True)
class Moved:
    """A KPI before and after."""

    frame: Frame
    reference: Days
    before: float
    after: float

    @property
    def spans(self) -> tuple[Days, Days]:
        """The spans before and after."""
        return self.reference, self.frame.span


def method_of(kpi: Kpi) -> Method:
    """Say how the change of a KPI can be divided."""
    return "sum" if kpi.is_additive else "ratio" if kpi.ratio else "without"


def contributions_of(kpi: Kpi, moved: Moved, dimension: str) -> tuple[Contribution, ...]:
    """Return what each value of a dimension brought; empty where no source has it.

    Sums and ratios add up to the change: values beyond the largest few hundred, and the sources that lack the
    dimension, are one contribution without a name. For any other KPI, the values with the most rows.
    """
    sources, filters = _sources(kpi, moved.frame, (dimension,))
    if not sources:
        return ()
    if method_of(kpi) == "without":
        return _without(kpi, moved, dimension, sources, filters)
    cells, measures = _cells(kpi, moved), moved.frame.measures
    names, found = sums_by(moved.frame.database, sources, dimension, cells, filters, measures, MOST_VALUES)
    return _divided(kpi, moved, names, found)


def contributions_of_all(asked: Sequence[tuple[Kpi, Moved]], dimension: str) -> dict[str, tuple[Contribution, ...]]:
    """Return what each value brought to each of several KPIs by name, from one query for those of the same sources.

    Of sums and ratios only; where there are more than a few hundred values, those with the largest sums of all.
    """
    groups: dict[tuple[int, ...], list[tuple[Kpi, Moved]]] = defaultdict(list)
    for kpi, moved in asked:
        sources = _sources(kpi, moved.frame, (dimension,))[0]
        if sources and method_of(kpi) != "without":
            groups[tuple(source.id for source in sources)].append((kpi, moved))
    answers = {}
    for members in groups.values():
        kpi, moved = members[0]
        sources, filters = _sources(kpi, moved.frame, (dimension,))
        cells = tuple(dict.fromkeys(cell for member in members for cell in _cells(*member)))
        frame = moved.frame
        names, found = sums_by(frame.database, sources, dimension, cells, filters, frame.measures, MOST_VALUES)
        answers.update({one.name: _divided(one, its, names, found) for one, its in members})
    return answers


def combination_of(
    kpi: Kpi, moved: Moved, dimensions: Sequence[str], parts: Mapping[str, Sequence[Contribution]]
) -> Combination | None:
    """Return the combination that explains most: of the four best dimensions, the twelve values that moved most."""
    if method_of(kpi) == "without":
        return None
    names = [name for name in dimensions if len(parts[name]) > 1][:CUBE_DIMENSIONS]
    sources, filters = _sources(kpi, moved.frame, names)
    if not names or not sources:
        return None
    kept = {name: _moving(parts[name]) for name in names}
    cells = _cells(kpi, moved)
    groups, found = sums_by_several(moved.frame.database, sources, kept, cells, filters, moved.frame.measures)
    contributions = _divided(kpi, moved, [None] * len(groups), found)
    rest: list[tuple[str | None, ...]] = [(None,) * len(names)] * (len(contributions) - len(groups))
    if not contributions:
        return None
    return best_combination(names, [*groups, *rest], contributions, moved.after - moved.before)


def without_dimension(kpi: Kpi, moved: Moved, dimension: str) -> list[str]:
    """Name the files that count but lack the dimension."""
    frame = moved.frame
    with_it = {source.id for source in _sources(kpi, frame, (dimension,))[0]}
    every = _sources(kpi, frame, ())[0]
    files = sorted({source.file for source in every if source.id not in with_it})
    word = "are in 'everything else'" if method_of(kpi) != "without" else "are in none of the values"
    return [f"Files without {dimension} {word}: {', '.join(files)}."] if files else []


def _sources(kpi: Kpi, frame: Frame, dimensions: Sequence[str]) -> tuple[list[SourceState], Filters]:
    possible, filters = selected(frame.state, frame.view.filters)
    basis, wanted = basis_of(kpi, frame.measures).sources, set(dimensions) - {FILE}
    return [source for source in possible if source.id in basis and wanted <= set(source.dimensions)], filters


def _trees(kpi: Kpi) -> tuple[Node, ...]:
    """Return the sums that a KPI is made of."""
    return kpi.ratio or ((kpi.tree,) if kpi.tree else ())


def _cells(kpi: Kpi, moved: Moved) -> tuple[Cell, ...]:
    asked = (
        cell
        for tree in _trees(kpi)
        for span in moved.spans
        for cell in cells_for(replace(kpi, tree=tree), moved.frame.measures, span)
    )
    return tuple(dict.fromkeys(asked))


def _divided(kpi: Kpi, moved: Moved, names: Sequence[str | None], cells: Cells) -> tuple[Contribution, ...]:
    """Divide the change among groups of rows, and what is in none of them as one more."""
    table = {tree: [_sums(kpi, tree, moved, span, cells) for span in moved.spans] for tree in _trees(kpi)}
    has_more = _sources(kpi, moved.frame, ())[0] != [] and any(
        abs(values[-1]) > 1e-9 * max(1.0, float(np.nansum(np.abs(values))))
        for pair in table.values()
        for values in pair
    )
    every = [*names, None] if has_more else list(names)
    cut = None if has_more else -1
    parts = [[values[:cut] for values in pair] for pair in table.values()]
    if kpi.is_additive:
        before, after = parts[0]
        found = of_sums(every, before, after)
    else:
        (n0, n1), (d0, d1) = parts
        found = of_ratio(every, (n0, d0), (n1, d1))
    return found


def _sums(kpi: Kpi, tree: Node, moved: Moved, span: Days, cells: Cells) -> Floats:
    """Return a sum for each group, NaN where it has no row, and last what the whole has beyond them all."""
    own = replace(kpi, tree=tree)
    measures = moved.frame.measures
    needed = [cells[cell] for cell in cells_for(own, measures, span)]
    is_absent = np.all(np.isnan(needed), axis=0) if needed else np.ones(0, dtype=bool)
    filled = {cell: np.nan_to_num(values) for cell, values in cells.items()}
    values = sequence(over_values(own, measures, span, filled))
    whole = float(np.nan_to_num(values_over(kpi, measures, one(span, calendar=measures.calendar), tree))[0])
    return np.append(np.where(is_absent, np.nan, values), whole - float(np.nansum(values)))


def _moving(parts: Sequence[Contribution]) -> list[str]:
    named = [part for part in parts if part.value is not None]
    return [part.value or "" for part in sorted(named, key=lambda part: -abs(part.change))[:CUBE_VALUES]]


def _without(
    kpi: Kpi, moved: Moved, dimension: str, sources: list[SourceState], filters: Filters
) -> tuple[Contribution, ...]:
    """Ask what the KPI is of each value, and of all rows but those of it."""
    database, measures = moved.frame.database, moved.frame.measures
    values = frequent(database, sources, dimension, filters, MOST_WITHOUT)
    cells = tuple(dict.fromkeys(cell for span in moved.spans for cell in cells_for(kpi, measures, span)))
    if not cells:
        return ()
    every = _sources(kpi, moved.frame, ())[0]
    rest = without_each(database, every, dimension, values, cells, filters, measures)
    narrowed = filters if dimension == FILE else (*filters, (dimension, tuple(values)))
    names, found = by_value(database, sources, dimension, cells, narrowed, measures)
    at = {name: place for place, name in enumerate(names)}
    places = [at[value] for value in values]
    own = {cell: array[places] for cell, array in found.items()}
    alone_before, alone_after = (over_values(kpi, measures, span, own) for span in moved.spans)
    rest_before, rest_after = (over_values(kpi, measures, span, rest) for span in moved.spans)
    change = moved.after - moved.before
    return of_absence(values, (alone_before, alone_after), (rest_before, rest_after), change)
