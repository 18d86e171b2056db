"""Drafts: a definition that is not in the catalogue yet, judged against what is, and which KPIs use which."""

from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from dash_kpi.errors import Refused
from dash_kpi.kpis.catalogue import Kpi, definitions
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.formulas.bind import Vocabulary, bind
from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.kpis.formulas.names import same
from dash_kpi.kpis.formulas.parse import COUNTED, KNOWN, parse
from dash_kpi.kpis.formulas.tree import Aggregated, Name, Node, children

RESERVED = frozenset({*KNOWN, *COUNTED, "and", "or", "not", "in"})


class TargetError(FormulaError):
    """The formula of a target cannot be understood."""


def draft(
    definition: Definition,
    aggregations: Mapping[str, str],
    dimensions: Collection[str] = (),
    defined: Iterable[Definition] = (),
) -> Kpi:
    """Return the KPI that a definition would be, in the place of one with its name.

    Raises FormulaError with the place in its own text, TargetError for the formula of its target.
    """
    others = [one for one in defined if one.name != definition.name]
    every = {one.name: one for one in definitions(aggregations, (*others, definition))}
    whole = every.get(definition.name, definition)
    trees = {one.name: tree for one in every.values() if one is not whole and (tree := _parsed(one.formula))}
    words = Vocabulary(aggregations, dimensions, {**trees, whole.name: parse(whole.formula)})
    tree, target = bind(words.kpis[whole.name], words, whole.name), None
    if whole.target and whole.target.formula:
        try:
            target = bind(parse(whole.target.formula), words)
        except FormulaError as error:
            raise TargetError(str(error), error.start, error.end, error.suggestion) from None
    return Kpi(whole, tree, target)


def check_name(name: str, taken: Iterable[str]) -> None:
    """Refuse a name for a new KPI that formulas could not tell from a word of theirs, or from another KPI."""
    if name.lower() in RESERVED:
        raise Refused(f"'{name}' is a word of formulas and cannot be the name of a KPI; take another one.")
    if other := same(name, taken):
        raise Refused(f"There is a KPI named '{other}' already; change that one, or take another name.")


def users_of(name: str, every: Iterable[Definition]) -> tuple[Definition, ...]:
    """Return the KPIs whose formula or target names a KPI."""
    all_of_them = tuple(every)
    known = [one.name for one in all_of_them]
    return tuple(
        one for one in all_of_them if one.name != name and any(same(text, known) == name for text in _names(one, known))
    )


def _names(definition: Definition, known: Collection[str]) -> Iterable[str]:
    """Return the names by which a definition may mean KPIs: all but those that are aggregated, and its own."""
    texts = (definition.formula, definition.target.formula if definition.target else "")
    mentioned = chain.from_iterable(_mentioned(tree) for text in texts if (tree := _parsed(text)))
    return (text for text in mentioned if same(text, known) != definition.name)


def _mentioned(node: Node) -> Iterable[str]:
    match node:
        case Name(text, _):
            yield text
        case Aggregated():
            return
        case _:
            yield from chain.from_iterable(map(_mentioned, children(node)))


def _parsed(formula: str) -> Node | None:
    """Return the tree of a formula, None where it has none: that is the problem of its own KPI."""
    try:
        return parse(formula)
    except FormulaError:
        return None
