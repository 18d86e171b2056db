"""The tokens of a formula: numbers, names, texts in quotes and signs, each with its place."""

import re
from typing import Literal, NamedTuple

from dash_kpi.kpis.formulas.errors import FormulaError

MOST_CHARACTERS = 2000
ALIKE = {"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "<>": "!=", "==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<text>"[^"]*"|'[^']*'|“[^”]*”)
    |(?P<sign><=|>=|<>|!=|==|[-+*/()\[\],=<>×·÷−–≤≥≠])""",
    re.VERBOSE,
)

Kind = Literal["number", "name", "text", "sign", "end"]


class Token(NamedTuple):
    """A piece of the formula; `text` is without quotes, signs have one spelling."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(formula: str) -> list[Token]:
    """Cut a formula into tokens, the last of kind "end". Raises FormulaError."""
    if len(formula) > MOST_CHARACTERS:
        raise FormulaError(f"The formula has {len(formula):,} characters; {MOST_CHARACTERS:,} are the most.")
    found, at = [], 0
    while at < len(formula):
        match = _TOKEN.match(formula, at)
        if match is None:
            raise FormulaError(_stranger(formula, at), at)
        at = match.end()
        kind: Kind | Literal["space"] = match.lastgroup  # type: ignore[assignment]
        if kind == "space":
            continue
        text = match.group()
        text = text[1:-1] if kind == "text" else ALIKE.get(text, text)
        found.append(Token(kind, text, match.start(), match.end()))
    return [*found, Token("end", "", len(formula), len(formula))]


def _stranger(formula: str, at: int) -> str:
    character = formula[at]
    if character in "\"'“":
        return f"The text in quotes that begins at {at + 1} does not end."
    if character in "^%":
        return f"'{character}' at {at + 1} is no sign that formulas know; they have + - * / and brackets."
    return f"'{character}' at {at + 1} does not belong into a formula."
