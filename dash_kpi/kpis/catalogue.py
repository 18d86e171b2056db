"""The catalogue: which KPIs there are, built in or defined by people, and what each is computed from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from dash_kpi.kpis.definition import Definition, Direction, Target, Unit
from dash_kpi.kpis.formulas.bind import Vocabulary, bind
from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.kpis.formulas.parse import parse
from dash_kpi.kpis.formulas.tree import Column, Node, columns, is_additive, ratio, uses_earlier

# Revenue and cost may stand in different sources, so that no row has both and no profit can be read.
PROFIT_ACROSS = {"profit": "revenue - cogs", "profit_margin": "(revenue - cogs) / revenue"}

BUILT_IN: tuple[Definition, ...] = (
    Definition("revenue", "Revenue", "revenue", "currency", "higher", "What was sold."),
    Definition("cogs", "Cost", "cogs", "currency", "lower", "What the goods sold cost."),
    Definition("profit", "Profit", "profit", "currency", "higher", "Revenue less cost."),
    Definition("profit_margin", "Profit margin", "profit / revenue", "percent", "higher", "Profit / revenue."),
    Definition(
        "growth_rate", "Growth", "revenue / previous(revenue) - 1", "percent", "higher",
        "Revenue against the period before.",
    ),
    Definition(
        "revenue_per_day", "Revenue per day", "revenue / days", "currency", "higher",
        "Revenue / calendar days of the period that the data covers.",
    ),
    Definition("efficiency_ratio", "Efficiency ratio", "revenue / cogs", "ratio", "higher", "Revenue / cost."),
)  # fmt: skip

# What the canonical measures are, beyond their name.
_KNOWN: dict[str, tuple[str, Unit, Direction]] = {
    "expenses": ("Expenses", "currency", "lower"),
    "units": ("Units", "number", "higher"),
    "orders": ("Orders", "number", "higher"),
    "customers": ("Customers", "number", "higher"),
    "unit_price": ("Unit price", "currency", "neutral"),
    "unit_cost": ("Unit cost", "currency", "lower"),
    "discount": ("Discount", "number", "lower"),
    "tax": ("Tax", "currency", "neutral"),
    "budget": ("Budget", "currency", "neutral"),
}


@dataclass(frozen=True)
class Kpi:
    """A definition that the data can answer, or the reason why it cannot; `tree` is its bound formula."""

    definition: Definition
    tree: Node | None = None
    target_tree: Node | None = None
    problem: str | None = None  # why there is no tree
    is_built_in: bool = False

    @property
    def name(self) -> str:
        """The name in formulas, addresses and files."""
        return self.definition.name

    @property
    def label(self) -> str:
        """What people call it."""
        return self.definition.label

    @property
    def unit(self) -> Unit:
        """What its values are."""
        return self.definition.unit

    @property
    def direction(self) -> Direction:
        """Which way is better."""
        return self.definition.direction

    @property
    def description(self) -> str:
        """What it is, in a sentence."""
        return self.definition.description

    @property
    def target(self) -> Target | None:
        """What it should come to."""
        return self.definition.target

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The measures and dimensions it takes, each with its filter."""
        return columns(self.tree) if self.tree else ()

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The measures it takes, in their order."""
        return tuple(dict.fromkeys(column.name for column in self.columns if not column.is_dimension))

    @cached_property
    def dimensions(self) -> frozenset[str]:
        """The dimensions that a source must have to count."""
        filtered = {condition.dimension for column in self.columns for condition in column.where}
        return frozenset(filtered | {column.name for column in self.columns if column.is_dimension})

    @cached_property
    def is_additive(self) -> bool:
        """Whether parts of it add up to the whole."""
        return self.tree is not None and is_additive(self.tree)

    @cached_property
    def uses_earlier(self) -> bool:
        """Whether it takes days before its period."""
        return self.tree is not None and uses_earlier(self.tree)

    @cached_property
    def is_of_days(self) -> bool:
        """Whether sums by day answer it: no filter of its own, and nothing that only rows can count."""
        plain = ("sum", "mean", "count", "last")
        return all(not one.where and not one.is_dimension and one.aggregate in plain for one in self.columns)

    @property
    def ratio(self) -> tuple[Node, Node] | None:
        """Numerator and denominator, where it is a ratio of two sums."""
        return ratio(self.tree) if self.tree else None


def is_shown(kpi: Kpi) -> bool:
    """Tell whether people see a KPI; others lend it to formulas."""
    return not kpi.definition.is_hidden


def catalogue(
    aggregations: Mapping[str, str], dimensions: Collection[str] = (), defined: Iterable[Definition] = ()
) -> tuple[Kpi, ...]:
    """Return every KPI: the built-in ones that the measures allow, one for each further measure, those of people."""
    own = {one.name for one in built_in(aggregations)}
    every = definitions(aggregations, defined)
    trees: dict[str, Node] = {}
    wrong: dict[str, str] = {}
    for one in every:
        try:
            trees[one.name] = parse(one.formula)
        except FormulaError as error:
            wrong[one.name] = str(error)
    words = Vocabulary(aggregations, dimensions, trees)
    return tuple(_kpi(one, words, wrong.get(one.name), one.name in own) for one in every)


def definitions(aggregations: Mapping[str, str], defined: Iterable[Definition] = ()) -> tuple[Definition, ...]:
    """Return the definition of every KPI, those of people in the place of the built-in ones of the same name.

    One without a formula has that of the built-in KPI, whatever the measures make of it; without such a KPI
    there is nothing to compute.
    """
    given = {one.name: one for one in defined}
    own = []
    for one in built_in(aggregations):
        mine = given.pop(one.name, one)
        own.append(mine if mine.formula else replace(mine, formula=one.formula))
    return (*own, *(one for one in given.values() if one.formula))


def label_of(measure: str) -> str:
    """Return what people call a measure: its canonical label, or its own name as a sentence begins."""
    built_in = next((one.label for one in BUILT_IN if one.formula == one.name == measure), None)
    return built_in or (_KNOWN[measure][0] if measure in _KNOWN else measure.replace("_", " ").capitalize())


def of_measure(name: str) -> Definition:
    """Return the KPI that is a measure and nothing else."""
    _, unit, direction = _KNOWN.get(name, ("", "number", "neutral"))
    return Definition(name, label_of(name), name, unit, direction)


def built_in(aggregations: Mapping[str, str]) -> Iterable[Definition]:
    """Yield what needs no person: the formulas that the measures allow, then a KPI for each further measure."""
    for one in BUILT_IN:
        across = PROFIT_ACROSS.get(one.name) if "profit" not in aggregations else None
        fitting = replace(one, formula=across) if across else one
        try:
            bind(parse(fitting.formula), Vocabulary(aggregations))
        except FormulaError:
            continue
        yield fitting
    covered = {one.name for one in BUILT_IN}
    for name in sorted(aggregations):
        if name not in covered:
            yield of_measure(name)


def _kpi(definition: Definition, words: Vocabulary, problem: str | None, is_built_in: bool) -> Kpi:
    if problem:
        return Kpi(definition, problem=problem, is_built_in=is_built_in)
    try:
        bound = bind(words.kpis[definition.name], words, definition.name)
        target = None
        if definition.target and definition.target.formula:
            target = bind(parse(definition.target.formula), words)
    except FormulaError as error:
        return Kpi(definition, problem=str(error), is_built_in=is_built_in)
    return Kpi(definition, bound, target, is_built_in=is_built_in)
