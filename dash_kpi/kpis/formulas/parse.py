"""From the text of a formula to its tree, by recursive descent; nothing is ever evaluated as Python."""

from collections.abc import Callable
from typing import cast

from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.kpis.formulas.names import nearest
from dash_kpi.kpis.formulas.tokens import Token, tokens
from dash_kpi.kpis.formulas.tree import (
    Aggregate,
    Aggregated,
    Call,
    Condition,
    Count,
    Counted,
    Filtered,
    Moved,
    Name,
    Node,
    Number,
    Operation,
    Shifted,
    Window,
)

MOST_NESTED = 40
MOST_TERMS = 100  # in a row
MOST_SHOWN = 60  # characters of a name that nobody knows
MOST_PERIODS = 1000  # that a window takes together
AGGREGATES = ("sum", "mean", "min", "max", "count", "distinct", "last")
MOVED = ("previous", "year_ago")
COUNTED = ("days", "working_days")
FUNCTIONS = {"abs": (1, 1), "min": (2, 20), "max": (2, 20), "if": (3, 3), "coalesce": (2, 20)}
KNOWN = (*AGGREGATES, *MOVED, "rolling", *(name for name in FUNCTIONS if name not in AGGREGATES))
JOINING = ("and", "or")  # what ends a name of several words
COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")


def parse(formula: str) -> Node:
    """Return the tree of a formula, its names not yet looked up. Raises FormulaError."""
    return _Parser(tokens(formula)).whole()


class _Parser:
    """The tokens, and how far they have been read."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens, self._at, self._depth = found, 0, 0

    def whole(self) -> Node:
        if len(self._tokens) == 1:
            raise FormulaError("The formula is empty; write one like profit / revenue.")
        node = self._either()
        if self._at < len(self._tokens) - 1:
            raise self._unexpected()
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._now
        self._at += token.kind != "end"
        return token

    def _has(self, *texts: str, kind: str = "sign") -> bool:
        return self._now.kind == kind and self._now.text.lower() in texts

    def _expect(self, sign: str, why: str) -> Token:
        if not self._has(sign):
            raise self._unexpected(why)
        return self._next()

    def _unexpected(self, why: str = "") -> FormulaError:
        token = self._now
        if token.kind == "end":
            return FormulaError(f"The formula ends too early{why and '; ' + why}.", token.start)
        near = token.text.replace("\n", " ")[:40]
        return FormulaError(f"'{near}' at {token.start + 1} is not expected here{why and '; ' + why}.", *token[2:4])

    def _left(self, part: Callable[[], Node], *signs: str, kind: str = "sign") -> Node:
        """Read parts with signs between them, the first two together first."""
        node, terms = part(), 1
        while self._has(*signs, kind=kind):
            token, terms = self._next(), terms + 1
            if terms > MOST_TERMS:
                raise FormulaError(f"More than {MOST_TERMS} terms follow each other.", *token[2:4])
            node = Operation(token.text.lower(), (node, part()))
        return node

    def _either(self) -> Node:
        return self._left(self._both, "or", kind="name")

    def _both(self) -> Node:
        return self._left(self._comparison, "and", kind="name")

    def _comparison(self) -> Node:
        node = self._sum()
        if self._has(*COMPARISONS):
            sign = self._next().text
            node = Operation(sign, (node, self._sum()))
        return node

    def _sum(self) -> Node:
        return self._left(self._product, "+", "-")

    def _product(self) -> Node:
        return self._left(self._signed, "*", "/")

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise FormulaError(f"The formula is nested deeper than {MOST_NESTED} levels.", self._now.start)
        if self._has("+", "-"):
            sign, node = self._next().text, self._signed()
            node = Operation("-", (node,)) if sign == "-" else node
        else:
            node = self._filtered()
        self._depth -= 1
        return node

    def _filtered(self) -> Node:
        node = self._plain()
        while self._has("["):
            self._next()
            conditions, places = [], []
            while True:
                places.append(self._now.start)
                conditions.append(self._condition())
                if not (self._has("and", kind="name") or self._has(",")):
                    break
                self._next()
            self._expect("]", 'a filter is written like [Channel = "Online"]')
            node = Filtered(node, tuple(conditions), tuple(places))
        return node

    def _plain(self) -> Node:
        token = self._now
        if token.kind == "number":
            return Number(float(self._next().text))
        if self._has("("):
            self._next()
            node = self._either()
            self._expect(")", "a bracket is not closed")
            return node
        if token.kind not in ("name", "text"):
            raise self._unexpected("a number, a measure or a KPI should stand here")
        self._next()
        if token.kind == "text":
            return Name(token.text, token.start)
        if self._has("("):
            return self._called(token)
        words = [token.text]
        while self._now.kind == "name" and self._now.text.lower() not in JOINING:
            words.append(self._next().text)
        name = " ".join(words)
        return Count(cast(Counted, name.lower())) if name.lower() in COUNTED else Name(name, token.start)

    def _called(self, token: Token) -> Node:
        name = token.text.lower()
        self._next()
        if name not in KNOWN:
            raise _unknown_function(token)
        if name in MOVED:
            (node,) = self._arguments(token, 1, 1)
            return Shifted(node, cast(Moved, name))
        if name == "rolling":
            return self._window(token)
        arguments = self._arguments(token, 1, 20)
        if name in AGGREGATES and len(arguments) == 1:
            return _aggregated(cast(Aggregate, name), arguments[0], token)
        fewest, most = FUNCTIONS.get(name, (1, 1))
        if not fewest <= len(arguments) <= most:
            raise _wrong_number(token, fewest, most, len(arguments))
        return Call(name, tuple(arguments))

    def _arguments(self, token: Token, fewest: int, most: int) -> list[Node]:
        found = [] if self._has(")") else [self._either()]
        while self._has(","):
            self._next()
            found.append(self._either())
        self._expect(")", f"the bracket of {token.text} is not closed")
        if not fewest <= len(found) <= most:
            raise _wrong_number(token, fewest, most, len(found))
        return found

    def _window(self, token: Token) -> Node:
        node, periods = self._arguments(token, 2, 2)
        if not (isinstance(periods, Number) and periods.value.is_integer() and 1 <= periods.value <= MOST_PERIODS):
            raise FormulaError(
                f"rolling at {token.start + 1} needs a whole number of periods from 1 to {MOST_PERIODS:,}, "
                "like rolling(revenue, 7).",
                *token[2:4],
            )
        return Window(node, int(periods.value))

    def _condition(self) -> Condition:
        dimension = self._dimension()
        is_excluding = False
        if self._has("not", kind="name"):
            self._next()
            is_excluding = True
        if self._has("=", "!=") and not is_excluding:
            is_excluding = self._next().text == "!="
            return Condition(dimension, (self._value(),), is_excluding)
        if self._has("in", kind="name"):
            self._next()
            self._expect("(", 'values are listed like in ("Online", "Retail")')
            values = [self._value()]
            while self._has(","):
                self._next()
                values.append(self._value())
            self._expect(")", "the list of values is not closed")
            return Condition(dimension, tuple(sorted(set(values))), is_excluding)
        raise self._unexpected('a filter is written like [Channel = "Online"]')

    def _dimension(self) -> str:
        """Read a dimension: in quotes, or its words as they are."""
        if self._now.kind == "text":
            return self._next().text
        words = []
        while self._now.kind in ("name", "number") and not self._has("in", "not", kind="name"):
            words.append(self._next().text)
        if not words:
            raise self._unexpected("a dimension should stand here, like Channel")
        return " ".join(words)

    def _value(self) -> str:
        if self._now.kind not in ("text", "number"):
            hint = f' in quotes, like "{self._now.text}"' if self._now.kind == "name" else ' in quotes, like "Online"'
            raise self._unexpected(f"write the value{hint}")
        return self._next().text


def _aggregated(aggregate: Aggregate, node: Node, token: Token) -> Node:
    where: list[Filtered] = []
    while isinstance(node, Filtered):
        where.append(node)
        node = node.node
    if not isinstance(node, Name):
        raise FormulaError(
            f"{token.text} at {token.start + 1} takes one measure or dimension, like {token.text}(revenue); "
            "sums and quotients of measures need none.",
            *token[2:4],
        )
    found: Node = Aggregated(aggregate, node)
    for one in reversed(where):
        found = Filtered(found, one.where, one.at)
    return found


def _wrong_number(token: Token, fewest: int, most: int, there: int) -> FormulaError:
    wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
    return FormulaError(
        f"{token.text} at {token.start + 1} takes {wanted} value{'s' if most > 1 else ''}; {there} stand there.",
        *token[2:4],
    )


def _unknown_function(token: Token) -> FormulaError:
    near = nearest(token.text, KNOWN) if len(token.text) <= MOST_SHOWN else None
    hint = f"did you mean '{near}'?" if near else f"there is: {', '.join(sorted(KNOWN))}."
    return FormulaError(f"Unknown function '{token.text[:MOST_SHOWN]}' at {token.start + 1}; {hint}", *token[2:4], near)
