"""Parsing formulas: the tree they mean, and what is wrong with those that mean nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.kpis.formulas.parse import parse
from dash_kpi.kpis.formulas.tree import Aggregated, Condition, Count, Filtered, Name, Number, Operation, Shifted, Window

A, B, C = Name("a", 0), Name("b", 4), Name("c", 8)


@pytest.mark.parametrize(
    ("formula", "tree"),
    [
        ("a - b - c", Operation("-", (Operation("-", (A, B)), C))),
        ("a + b * c", Operation("+", (A, Operation("*", (B, C))))),
        ("a * b + c", Operation("+", (Operation("*", (A, B)), C))),
        ("a × b ÷ c", Operation("/", (Operation("*", (A, B)), C))),
        ("-a", Operation("-", (Name("a", 1),))),
        ("1.5e3", Number(1500.0)),
        ("days", Count("days")),
        ("previous(a)", Shifted(Name("a", 9), "previous")),
        ("rolling(a, 7)", Window(Name("a", 8), 7)),
        ("distinct(Customer)", Aggregated("distinct", Name("Customer", 9))),
        ("distinct(Order ID)", Aggregated("distinct", Name("Order ID", 9))),
        ('distinct("Order-ID")', Aggregated("distinct", Name("Order-ID", 9))),
        (
            "Unit price > 1 and a",
            Operation("and", (Operation(">", (Name("Unit price", 0), Number(1.0))), Name("a", 19))),
        ),
        ('a[Channel = "Online"]', Filtered(A, (Condition("Channel", ("Online",)),), (2,))),
        ('a[Sales region in ("N", "S")]', Filtered(A, (Condition("Sales region", ("N", "S")),), (2,))),
        ("a[Channel != 'Online']", Filtered(A, (Condition("Channel", ("Online",), True),), (2,))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_formula_has_the_tree_of_arithmetic(formula: str, tree: object) -> None:
    assert parse(formula) == tree


@pytest.mark.parametrize(
    ("formula", "sentence", "start"),
    [
        ("", "The formula is empty", 0),
        ("revenue +", "The formula ends too early", 9),
        ("revenue * / cogs", "'/' at 11 is not expected here", 10),
        ("(revenue", "a bracket is not closed", 8),
        ("revenue)", "')' at 8 is not expected here", 7),
        ("revenue ^ 2", "'^' at 9 is no sign that formulas know", 8),
        ("sqrt(revenue)", "Unknown function 'sqrt' at 1", 0),
        ("roling(revenue, 7)", "did you mean 'rolling'?", 0),
        ("rolling(revenue, 0)", "a whole number of periods from 1 to 1,000", 0),
        ("rolling(revenue)", "rolling at 1 takes 2 values; 1 stand there", 0),
        ("if(revenue, 1)", "if at 1 takes 3 values; 2 stand there", 0),
        ("sum(revenue - cogs)", "sum at 1 takes one measure or dimension", 0),
        ("revenue[Channel = Online]", 'write the value in quotes, like "Online"', 18),
        ("revenue[Channel]", "a filter is written like", 15),
        ('revenue[Channel = "Online"', "a filter is written like", 26),
        ('revenue["', "The text in quotes that begins at 9 does not end.", 8),
        ("1,5 * revenue", "',' at 2 is not expected here", 1),
        ("revenue; import os", "';' at 8 does not belong into a formula.", 7),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_answered_at_its_place(formula: str, sentence: str, start: int) -> None:
    with pytest.raises(FormulaError, match=re.escape(sentence)) as error:
        parse(formula)

    assert error.value.start == start


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "(" * 900 + "1" + ")" * 900,
        "-" * 1900 + "1",
        "1" + "+1" * 950,
        "abs(" * 300 + "1" + ")" * 300,
        "a" + '[b="c"]' * 280,
        "if(1," * 380 + "1",
        "9" * 1999,
        "__import__('os').system('true')",
        "a.b.c",
        "\x00\x01",
        "ａ＋ｂ" * 400,
    ],
    ids=[
        "too long",
        "brackets",
        "signs",
        "terms",
        "calls",
        "filters",
        "ifs",
        "digits",
        "python",
        "dots",
        "nul",
        "wide",
    ],
)
def test_a_malicious_formula_is_a_sentence_and_no_crash(formula: str) -> None:
    try:
        parse(formula)
    except FormulaError as error:
        assert str(error).endswith((".", "?"))  # noqa: PT017


@given(st.text(alphabet="ab1.+-*/()[]=,<>!\"' \nif", max_size=60))
def test_any_text_is_a_formula_or_a_sentence(text: str) -> None:
    try:
        parse(text)
    except FormulaError as error:
        assert 0 <= error.start <= len(text)  # noqa: PT017
