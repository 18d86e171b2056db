"""Binding formulas: what names mean, and what is wrong with those that mean nothing."""

import pytest

from dash_kpi.kpis.formulas.bind import Vocabulary, bind
from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.kpis.formulas.parse import parse
from dash_kpi.kpis.formulas.tree import Column, Condition, Node, Operation, is_additive, ratio

MEASURES = {"revenue": "sum", "cogs": "sum", "unit_price": "mean", "stock": "last"}
DIMENSIONS = ("Channel", "Customer")
REVENUE, COGS = Column("revenue", "sum"), Column("cogs", "sum")


def bound(formula: str, own: str = "", **kpis: str) -> Node:
    words = Vocabulary(MEASURES, DIMENSIONS, {name: parse(text) for name, text in kpis.items()})
    return bind(parse(formula), words, own)


def test_a_measure_aggregates_as_its_source_says() -> None:
    assert bound("unit_price") == Column("unit_price", "mean")
    assert bound("stock") == Column("stock", "last")
    assert bound("sum(unit_price)") == Column("unit_price", "sum")


def test_names_are_found_whatever_their_case_and_blanks() -> None:
    assert bound('Unit_Price[channel = "Online"]').where == (Condition("Channel", ("Online",)),)  # type: ignore[union-attr]


def test_another_kpi_stands_for_its_formula() -> None:
    assert bound("profit / revenue", profit="revenue - cogs") == Operation(
        "/", (Operation("-", (REVENUE, COGS)), REVENUE)
    )


def test_within_its_own_formula_a_name_is_the_measure() -> None:
    assert bound("revenue - cogs", own="revenue", revenue="revenue - cogs") == Operation("-", (REVENUE, COGS))
    assert bound("revenue", revenue="revenue - cogs") == Operation("-", (REVENUE, COGS))


def test_a_filter_reaches_every_measure_of_what_it_stands_behind() -> None:
    online = (Condition("Channel", ("Online",)),)
    assert bound('(revenue - cogs)[Channel = "Online"]') == Operation(
        "-", (Column("revenue", "sum", online), Column("cogs", "sum", online))
    )


@pytest.mark.parametrize(
    ("formula", "sentence", "suggestion"),
    [
        ("1 + 2 + revnue", "Unknown measure 'revnue' at 9; did you mean 'revenue'?", "revenue"),
        ("distinct(Custmer)", "Unknown measure 'Custmer' at 10; did you mean 'Customer'?", "Customer"),
        ('revenue[Chanel = "Online"]', "Unknown dimension 'Chanel' at 9; did you mean 'Channel'?", "Channel"),
        ("sum(Channel)", "'Channel' at 5 is a dimension, which can be counted (count, distinct) but has no sum.", None),
        ("Channel", "Unknown measure 'Channel' at 1; there is: cogs, revenue, stock, unit_price.", None),
    ],
)
def test_an_unknown_name_is_answered_with_what_was_meant(formula: str, sentence: str, suggestion: str | None) -> None:
    with pytest.raises(FormulaError) as error:
        bound(formula)

    assert str(error.value) == sentence
    assert error.value.suggestion == suggestion


def test_a_circle_is_named() -> None:
    with pytest.raises(FormulaError, match="goes round in a circle: a → b → a"):
        bound("b", own="a", a="b", b="a")


def test_formulas_that_double_each_other_are_too_long() -> None:
    doubling = {f"k{n}": f"k{n + 1} + k{n + 1}" for n in range(60)} | {"k60": "revenue"}

    with pytest.raises(FormulaError, match="2,000 are the most"):
        bound("k0", **doubling)


def test_formulas_that_lean_on_each_other_are_too_deep() -> None:
    with pytest.raises(FormulaError, match="nested deeper"):
        bound("k0", **{f"k{n}": f"-k{n + 1}" for n in range(400)}, k400="revenue")


@pytest.mark.parametrize(
    ("formula", "adds_up"),
    [
        ("revenue - cogs", True),
        ("revenue * 2 / 3", True),
        ("-revenue", True),
        ("count(unit_price)", True),
        ("revenue - 5", False),
        ("unit_price", False),
        ("stock", False),
        ("revenue / cogs", False),
        ("revenue * cogs", False),
        ("distinct(Customer)", False),
        ("rolling(revenue, 2)", False),
    ],
)
def test_it_is_known_whether_parts_add_up(formula: str, adds_up: bool) -> None:
    assert is_additive(bound(formula)) is adds_up


def test_a_ratio_of_sums_is_taken_apart() -> None:
    assert ratio(bound("(revenue - cogs) / revenue")) == (Operation("-", (REVENUE, COGS)), REVENUE)
    assert ratio(bound("revenue / days")) is None
    assert ratio(bound("revenue / 2")) is None
