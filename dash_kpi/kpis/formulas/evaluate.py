"""The value of a bound formula, in whatever context: by period, or by the values of a dimension."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Protocol, Self

import numpy as np

from dash_kpi.kpis.formulas.tree import (
    Call,
    Column,
    Count,
    Counted,
    Node,
    Number,
    Operation,
    Shifted,
    Window,
)
from dash_kpi.kpis.measures import Floats

# Of no row they are zero where there are rows of which none passes a filter.
COUNTING = ("sum", "count", "distinct")


class Context(Protocol):
    """What a formula is evaluated over: so many values, each with a span of days."""

    def __len__(self) -> int: ...

    def column(self, column: Column) -> Floats:
        """Return a measure or a dimension, NaN where there is no value."""

    def count(self, of: Counted) -> Floats:
        """Return how many days, or working days, the data covers."""

    def moved(self, to: str) -> Self:
        """Return the context over what each span is set against."""

    def window(self, periods: int) -> Self:
        """Return the context over so many periods that end where each span ends."""


def evaluate(node: Node, context: Context) -> Floats:
    """Return the values of a bound formula, NaN where one is no finite number: a division by zero, an overflow."""
    with np.errstate(all="ignore"):
        return _value(node, context)


def _value(node: Node, context: Context) -> Floats:
    match node:
        case Number(value):
            return _finite(np.full(len(context), value))
        case Column():
            return _column(node, context)
        case Count(of):
            return context.count(of)
        case Shifted(part, to):
            return _value(part, context.moved(to))
        case Window(part, periods):
            return _value(part, context.window(periods))
        case Operation(sign, (part,)) if sign == "-":
            return -_value(part, context)
        case Operation(sign, parts):
            return _finite(OPERATIONS[sign](*(_value(part, context) for part in parts)))
        case Call(function, parts):
            return FUNCTIONS[function](*(_value(part, context) for part in parts))
    raise TypeError(f"{node} is not bound")


def _finite(values: Floats) -> Floats:
    finite: Floats = np.where(np.isfinite(values), values, np.nan)
    return finite


def _column(column: Column, context: Context) -> Floats:
    values = context.column(column)
    if not column.where or column.aggregate not in COUNTING:
        return values
    has_rows = ~np.isnan(context.column(replace(column, where=())))
    return np.where(np.isnan(values) & has_rows, 0.0, values)


def _truth(compare: Callable[[Floats, Floats], Floats]) -> Callable[[Floats, Floats], Floats]:
    """Compare to 1 or 0, and to nothing where one side has no value."""

    def compared(left: Floats, right: Floats) -> Floats:
        return np.where(np.isnan(left) | np.isnan(right), np.nan, compare(left, right).astype(np.float64))

    return compared


def _chosen(condition: Floats, yes: Floats, no: Floats) -> Floats:
    return np.where(np.isnan(condition), np.nan, np.where(condition != 0, yes, no))


OPERATIONS: Mapping[str, Callable[..., Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "<": _truth(np.less),
    "<=": _truth(np.less_equal),
    ">": _truth(np.greater),
    ">=": _truth(np.greater_equal),
    "=": _truth(np.equal),
    "!=": _truth(np.not_equal),
    "and": _truth(lambda left, right: (left != 0) & (right != 0)),
    "or": _truth(lambda left, right: (left != 0) | (right != 0)),
}
FUNCTIONS: Mapping[str, Callable[..., Floats]] = {
    "abs": np.abs,
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "if": _chosen,
    "coalesce": lambda *values: reduce(lambda first, other: np.where(np.isnan(first), other, first), values),
}
