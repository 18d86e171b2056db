"""Formulas by a malicious author: one sentence, and nothing that takes long."""

import pytest

from dash_kpi.errors import Refused
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.drafts import draft

MEASURES = {"revenue": "sum", "cogs": "sum"}
LONGEST_SENTENCE = 600

HOSTILE = {
    "nested brackets": "(" * 900 + "1" + ")" * 900,
    "nested signs": "-" * 1900 + "1",
    "nested calls": "abs(" * 400 + "revenue" + ")" * 400,
    "nested windows": "rolling(" * 150 + "revenue" + ", 9)" * 150,
    "nested shifts": "year_ago(" * 200 + "revenue" + ")" * 200,
    "a power": "9 ** 9 ** 9",
    "a hat": "9^9^9",
    "a long sum": "1" + "+1" * 900,
    "too many characters": "1" * 10_000,
    "a thousand names": "+".join(f"n{number}" for number in range(350)),
    "a long name": "n" * 1990,
    "a call of a long name": "n" * 1980 + "(1)",
    "a huge window": "rolling(revenue, 1e300)",
    "a window without end": "rolling(revenue, 999999999999999999999)",
    "python": "__import__('os').system('true')",
    "an attribute": "revenue.__class__",
    "a nul": "revenue\x00",
    "right to left": "revenue\u202e + cogs",
    "an invisible sign": "reve\u200bnue",
    "a letter of another script": "r\u0435venue",  # looks like revenue
    "half a character": "revenue + '\ud800'",
    "an open quote": 'revenue[Channel = "',
    "an open filter": "revenue[" * 200,
    "many filters": "revenue" + "[Channel = 1]" * 150,
    "many values": "revenue[Channel in (" + ",".join(["1"] * 800) + ")]",
    "only blanks": " \n\t ",
    "emoji": "💰 / 2",
}


@pytest.mark.parametrize("formula", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_formula_gets_one_sentence(formula: str) -> None:
    with pytest.raises(Refused) as caught:
        draft(Definition("own", "Own", formula), MEASURES)

    assert 0 < len(str(caught.value)) < LONGEST_SENTENCE


HARMLESS = {
    "a huge number": "revenue * 1e308 * 1e308",
    "an endless number": "9" * 1999,
    "a division by zero": "revenue / 0",
    "other digits": "revenue * \u0663",
}


@pytest.mark.parametrize("formula", HARMLESS.values(), ids=HARMLESS)
def test_an_odd_formula_is_understood(formula: str) -> None:
    assert draft(Definition("own", "Own", formula), MEASURES).tree is not None


def test_kpis_that_double_each_other_are_refused_before_they_grow() -> None:
    chain = [Definition("k0", "K0", "revenue")]
    chain += [Definition(f"k{number}", "K", f"k{number - 1} + k{number - 1}") for number in range(1, 60)]

    with pytest.raises(Refused, match="The formula is too long: with the KPIs it uses"):
        draft(Definition("last", "Last", "k59 + 1"), MEASURES, (), chain)


def test_a_long_chain_of_kpis_is_refused_as_too_deep() -> None:
    chain = [Definition("k0", "K0", "revenue")]
    chain += [Definition(f"k{number}", "K", f"k{number - 1} + 1") for number in range(1, 1000)]

    with pytest.raises(Refused, match="nested deeper than 150 levels"):
        draft(Definition("last", "Last", "k999 + 1"), MEASURES, (), chain)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "x" * 10_000}, "The name has 10,000 characters"),
        ({"name": "own", "description": "a\x00b"}, "The description has a character that cannot be shown"),
        ({"name": "own", "label": "\ud800"}, "The label has a character that cannot be shown"),
        ({"name": "own", "target": {"value": 10**400}}, "no number that can be computed with"),
        ({"name": "own", "target": {"value": float("nan")}}, "no number that can be computed with"),
        ({"name": "own", "target": {"formula": "1" * 10_000}}, "The formula has 10,000 characters"),
        ({"name": "own", "target": {"formula": 5}}, "is a text"),
        ({"name": "own", "target": [1]}, "A target has a value, or a formula"),
        ({"name": "own", "tags": ["t"] * 3 + [f"t{number}" for number in range(30)]}, "31 tags; 20 are the most"),
        ({"name": "own", "tags": ["\ud800"]}, "The tag has a character"),
        ({"name": "own", "decimals": 10**9}, "Decimals are a whole number from 0 to 6"),
        ({"name": "own", "unit": {"a": 1}}, "is none of currency"),
        ({"name": ["own"]}, "The name of a KPI is a text"),
    ],
)
def test_a_hostile_definition_gets_one_sentence(given: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        Definition.from_json(given)
