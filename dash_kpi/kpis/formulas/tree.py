"""The tree of a formula: what the text of a KPI means, before anything is computed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Aggregate = Literal["sum", "mean", "min", "max", "count", "distinct", "last"]
Moved = Literal["previous", "year_ago"]
Counted = Literal["days", "working_days"]


class Condition(NamedTuple):
    """What lets a row through: one of the values of a dimension, or none of them; "" stands for a blank cell."""

    dimension: str
    values: tuple[str, ...]
    is_excluding: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in the formula."""

    value: float


@dataclass(frozen=True, slots=True)
class Column:
    """A measure or a dimension over a period; without an aggregate as the measure itself aggregates."""

    name: str
    aggregate: Aggregate | None = None
    where: tuple[Condition, ...] = ()
    is_dimension: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A name whose meaning is not known before the measures and the other KPIs are: `at` is its place."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and what it stands between; `-` with one operand is a sign."""

    sign: str
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of values, period by period: `min`, `max`, `abs`, `if`."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Aggregated:
    """An aggregate of a name that is not known yet."""

    aggregate: Aggregate
    name: Name


@dataclass(frozen=True, slots=True)
class Filtered:
    """A part of the formula, over the rows that conditions let through."""

    node: "Node"
    where: tuple[Condition, ...]
    at: tuple[int, ...]  # the place of each dimension


@dataclass(frozen=True, slots=True)
class Shifted:
    """A part of the formula over another period."""

    node: "Node"
    to: Moved


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the formula over the last periods together."""

    node: "Node"
    periods: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many days a period has that the data covers, or how many of them are worked on."""

    of: Counted


Node = Number | Column | Name | Operation | Call | Aggregated | Filtered | Shifted | Window | Count


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node."""
    match node:
        case Operation(operands=parts) | Call(arguments=parts):
            return parts
        case Filtered(node=part) | Shifted(node=part) | Window(node=part):
            return (part,)
        case Aggregated(name=name):
            return (name,)
    return ()


def with_children(node: Node, parts: Sequence[Node]) -> Node:
    """Return the node with other parts in the place of its own."""
    match node:
        case Operation():
            return replace(node, operands=tuple(parts))
        case Call():
            return replace(node, arguments=tuple(parts))
        case Filtered() | Shifted() | Window():
            return replace(node, node=parts[0])
    return node


def walk(node: Node) -> Iterator[Node]:
    """Yield every node once, however often the tree shares it."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += reversed(children(one))


def columns(node: Node) -> tuple[Column, ...]:
    """Return the measures and dimensions that a bound tree takes, in their order, each once."""
    return tuple(dict.fromkeys(one for one in walk(node) if isinstance(one, Column)))


def is_additive(node: Node) -> bool:
    """Tell whether the parts of a value, by days or by the values of a dimension, add up to it."""
    match node:
        case Column(aggregate=aggregate):
            return aggregate in ("sum", "count")
        case Operation("+" | "-", operands):
            return all(is_additive(part) for part in operands)
        case Operation("*", (part, Number()) | (Number(), part)) | Operation("/", (part, Number())):
            return is_additive(part)
    return False


def ratio(node: Node) -> tuple[Node, Node] | None:
    """Return numerator and denominator where a formula is a ratio of two sums, else None."""
    match node:
        case Operation("/", (part, whole)) if is_additive(part) and is_additive(whole) and columns(whole):
            return part, whole
        case Operation("*", (part, Number() as factor)) | Operation("*", (Number() as factor, part)):
            found = ratio(part)
            return found and (Operation("*", (found[0], factor)), found[1])
    return None


def uses_earlier(node: Node) -> bool:
    """Tell whether a value takes days outside its own period."""
    return any(isinstance(one, Shifted | Window) for one in walk(node))


def with_conditions(column: Column, where: tuple[Condition, ...]) -> Column:
    """Narrow a column to the rows that further conditions let through."""
    return replace(column, where=tuple(sorted({*column.where, *where}))) if where else column
