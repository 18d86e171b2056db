"""Binding: from names to measures, dimensions and the formulas of other KPIs."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.kpis.formulas.names import nearest, same
from dash_kpi.kpis.formulas.tree import (
    Aggregate,
    Aggregated,
    Column,
    Condition,
    Count,
    Filtered,
    Name,
    Node,
    children,
    with_children,
    with_conditions,
)

MOST_DEEP = 150  # levels: each is a call within a call when the tree is evaluated
MOST_PARTS = 2000  # of a formula, with those of the KPIs that it uses
MOST_SHOWN = 60  # characters of a name that nobody knows

# How a measure is aggregated, by what its source says: counted cells are ones that are added up.
OF_SOURCES: Mapping[str, Aggregate] = {"mean": "mean", "last": "last"}


@dataclass(frozen=True)
class Vocabulary:
    """What names can mean: measures with their aggregation, dimensions, and the trees of other KPIs."""

    aggregations: Mapping[str, str]
    dimensions: Collection[str] = ()
    kpis: Mapping[str, Node] = field(default_factory=dict)


def bind(node: Node, words: Vocabulary, own: str = "") -> Node:
    """Return a tree whose names are looked up; `own` is the KPI whose formula it is. Raises FormulaError.

    A name is that of a KPI first; within the formula of the KPI itself, and without such a KPI, that of a
    measure.
    """
    return _Binder(words).checked(node, (own,) if own else (), 0)


class _Binder:
    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._known: dict[str, Node] = {}
        self._measured: dict[int, tuple[int, int]] = {}

    def checked(self, node: Node, within: tuple[str, ...], depth: int) -> Node:
        """Bind a whole formula; it must not grow beyond what can be evaluated at once."""
        bound = self._bound(node, within, depth)
        parts, deep = self._measure(bound)
        if parts > MOST_PARTS:
            raise FormulaError(
                f"The formula is too long: with the KPIs it uses it has {parts:,} parts; {MOST_PARTS:,} are the most.",
                names_kpis=True,
            )
        if depth + deep > MOST_DEEP:
            raise _too_deep()
        return bound

    def _bound(self, node: Node, within: tuple[str, ...], depth: int) -> Node:
        if depth > MOST_DEEP:
            raise _too_deep()

        def below(part: Node) -> Node:
            return self._bound(part, within, depth + 1)

        match node:
            case Name(text, at):
                return self._name(text, at, within, depth)
            case Count(of) if of in self._words.aggregations and within[-1:] == (of,):
                return self._measure_named(of)  # the KPI of a measure that is called like a word of formulas
            case Aggregated(aggregate, Name(text, at)):
                return self._aggregated(aggregate, text, at)
            case Filtered(part, where, at):
                conditions = tuple(map(self._condition, where, at))
                return _on_columns(below(part), lambda column: with_conditions(column, conditions))
        return with_children(node, [below(part) for part in children(node)])

    def _name(self, text: str, at: int, within: tuple[str, ...], depth: int) -> Node:
        kpi, measure = same(text, self._words.kpis), same(text, self._words.aggregations)
        if measure and (kpi is None or kpi == next(iter(within[-1:]), None)):
            return self._measure_named(measure)
        if kpi is None:
            raise self._unknown("measure", text, at, (*self._words.aggregations, *self._words.kpis))
        if kpi in within:
            circle = " → ".join((*within[within.index(kpi) :], kpi))
            raise FormulaError(f"The formula goes round in a circle: {circle}.", at, at + len(text), names_kpis=True)
        if kpi not in self._known:
            try:
                self._known[kpi] = self.checked(self._words.kpis[kpi], (*within, kpi), depth + 1)
            except FormulaError as error:  # its place is in another text than the one that is being bound
                raise error.seen_at(at, at + len(text), kpi) from None
        return self._known[kpi]

    def _measure_named(self, name: str) -> Column:
        return Column(name, OF_SOURCES.get(self._words.aggregations[name], "sum"))

    def _measure(self, node: Node) -> tuple[int, int]:
        """Count the parts as if none were shared, for that is the work of evaluating them, and their levels."""
        if id(node) not in self._measured:
            below = [self._measure(part) for part in children(node)]
            self._measured[id(node)] = (
                1 + sum(parts for parts, _ in below),
                1 + max((deep for _, deep in below), default=0),
            )
        return self._measured[id(node)]

    def _aggregated(self, aggregate: Aggregate, text: str, at: int) -> Node:
        measure, dimension = same(text, self._words.aggregations), same(text, self._words.dimensions)
        if measure:
            return Column(measure, aggregate)
        if dimension and aggregate in ("count", "distinct"):
            return Column(dimension, aggregate, is_dimension=True)
        if dimension:
            raise FormulaError(
                f"'{text}' at {at + 1} is a dimension, which can be counted (count, distinct) but has no {aggregate}.",
                at,
                at + len(text),
            )
        known = (*self._words.aggregations, *(self._words.dimensions if aggregate in ("count", "distinct") else ()))
        raise self._unknown("measure", text, at, known)

    def _condition(self, condition: Condition, at: int) -> Condition:
        dimension = same(condition.dimension, self._words.dimensions)
        if dimension is None:
            raise self._unknown("dimension", condition.dimension, at, self._words.dimensions)
        return condition._replace(dimension=dimension)

    def _unknown(self, kind: str, text: str, at: int, known: Collection[str]) -> FormulaError:
        near = nearest(text, known) if len(text) <= MOST_SHOWN else None
        shown = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
        names = ", ".join(sorted(known)[:20])
        hint = f"did you mean '{near}'?" if near else f"there is: {names}." if names else "there is none."
        return FormulaError(f"Unknown {kind} '{shown}' at {at + 1}; {hint}", at, at + len(text), near)


def _too_deep() -> FormulaError:
    return FormulaError(
        f"The formula is nested deeper than {MOST_DEEP} levels, with the KPIs that it uses.", names_kpis=True
    )


def _on_columns(node: Node, change: Callable[[Column], Column]) -> Node:
    """Return the tree with every measure and dimension changed."""
    if isinstance(node, Column):
        return change(node)
    return with_children(node, [_on_columns(part, change) for part in children(node)])
