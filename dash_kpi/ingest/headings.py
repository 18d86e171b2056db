"""What a column's heading says: which measure, which date, or a code that only looks like a number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dash_kpi.ingest import vocabulary as words
from dash_kpi.ingest.months import plain

CANONICAL = (
    "revenue",
    "cogs",
    "profit",
    "expenses",
    "units",
    "orders",
    "customers",
    "unit_price",
    "discount",
    "tax",
    "budget",
)
SIGNED = frozenset({"profit", "margin", "discount", "tax", "budget", "cogs", "expenses"})  # negative now and then
AVERAGED = frozenset({"unit_price", "unit_cost", "margin"})

_TRANSLITERATION = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        _TRANSLITERATION.split(),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What one heading says.

    `measure` is a canonical name, or `margin` or `unit_cost`; `strength` is 0 (says nothing) to 3.
    `date_rank` is 0 for no date, 1 for a date of another event, 2 for a date, 3 for the booked date.
    """

    text: str
    measure: str | None
    strength: int
    is_averaged: bool
    is_code: bool
    date_rank: int
    names_entity: bool = False  # a code only because it names things: fractions below it are amounts


@dataclass(frozen=True, slots=True)
class _Rule:
    measure: str
    strength: int
    words: str
    unless: str = ""
    only: str = ""


_RULES = (
    _Rule("discount", 3, words.DISCOUNT),
    _Rule("budget", 3, words.BUDGET, unless="haben"),
    _Rule("margin", 3, words.MARGIN),
    _Rule("unit_cost", 3, words.UNIT_COST),
    _Rule("revenue", 2, words.TOTAL_PRICE),
    _Rule("unit_price", 3, words.PRICE, unless="fuel oil gas stock share close open high low adj index"),
    _Rule("expenses", 3, words.EXPENSES, only=words.EXPENSE_COMPANIONS),
    _Rule("tax", 3, words.TAX, unless=words.TAX_STATUS),
    _Rule("cogs", 3, words.COGS, only=words.COGS_COMPANIONS),
    _Rule("profit", 3, words.PROFIT),
    _Rule("units", 3, words.UNITS, unless=words.UNITS_FALSE_FRIENDS),
    _Rule("orders", 3, words.ORDERS, unless=words.COUNT_FALSE_FRIENDS),
    _Rule("customers", 3, words.CUSTOMERS, unless=words.COUNT_FALSE_FRIENDS),
    _Rule("revenue", 3, words.REVENUE, unless=words.REVENUE_FALSE_FRIENDS),
    _Rule("revenue", 1, words.AMOUNT, only=words.AMOUNT_COMPANIONS),
)
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_CERTAIN = 3
_RATE_MAY_BE = frozenset({"discount", "margin", "unit_cost", "unit_price"})


@lru_cache(maxsize=4096)
def normalised(heading: str) -> str:
    """Return the heading in lower case words without accents or punctuation: "OrderDate" is "order date"."""
    spaced = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])", " ", heading).replace("№", " no ")
    spaced = re.sub(r"(?<!\d)\s?%", " percent ", spaced)  # "Tax 5%" is an amount
    return " ".join(re.findall(r"[^\W_]+", plain(spaced)))


@lru_cache(maxsize=4096)
def understand(heading: str) -> Heading:
    """Return what a heading says about its column."""
    text = normalised(heading)
    counted = next((text[len(start) :].strip() for start in words.COUNT_OF if text.startswith(start + " ")), None)
    is_code = counted is None and _is_code(text)
    is_rate = has(text, words.MEANS)
    rule = None if is_code else _rule_for(counted or text, is_rate) or _rule_for(text, is_rate)
    measure = rule.measure if rule else None
    is_averaged = measure in AVERAGED if rule and not is_rate else is_rate and measure not in ("budget",)
    strength = _strength(rule, text) if rule else 0
    names_entity = is_code and not has(text, words.CODES) and not has(text.split()[-1], words.TIME_CODES)
    return Heading(heading, measure, strength, is_averaged, is_code, _date_rank(text), names_entity)


def is_english(headings: Iterable[str]) -> bool:
    """Tell whether these headings are English, or in a language that writes numbers alike, or that we do not know."""
    english = foreign = 0
    for heading in headings:
        meaning, text = understand(heading), normalised(heading)
        if has(text, words.ENGLISH) or _EAST_ASIAN.search(text):
            english += 1
        elif meaning.measure or meaning.date_rank:
            foreign += 1
    return english >= foreign


def slug(heading: str) -> str:
    """Return the heading as an ASCII name in snake_case, Cyrillic transliterated."""
    letters = (_CYRILLIC.get(letter, letter).replace("-", "") for letter in normalised(heading))
    name = re.sub(r"[^a-z0-9]+", "_", "".join(letters)).strip("_")[:60].rstrip("_")
    return f"n_{name}" if name[:1].isdigit() else name


def has(text: str, vocabulary: str) -> bool:
    """Tell whether the normalised text holds a word or phrase of the vocabulary."""
    return bool(_pattern(vocabulary).search(f" {text} "))


@lru_cache(maxsize=128)
def _pattern(vocabulary: str) -> re.Pattern[str]:
    entries = (re.escape(entry).replace(r"\*", r"\S*").replace("_", " ") for entry in vocabulary.split())
    return re.compile(rf" (?:{'|'.join(sorted(entries, key=len, reverse=True))})(?= )")


def _has_only(text: str, vocabulary: str) -> bool:
    return all(has(word, vocabulary) for word in text.split() if not word.isdigit())


def _rule_for(text: str, is_rate: bool) -> _Rule | None:
    for rule in _RULES:
        if not has(text, rule.words) or (rule.unless and has(text, rule.unless)):
            continue
        if rule.only and not _has_only(text, rule.only):
            continue
        is_amount = rule.strength == 1 or rule.words is words.TOTAL_PRICE
        return None if is_rate and rule.measure not in _RATE_MAY_BE and not is_amount else rule
    return None


def _strength(rule: _Rule, text: str) -> int:
    """Return how well the heading fits: 10 a class, less for every further word."""
    words_over = min(len(text.split()) - 1, 7)
    strength = rule.strength * 10 - words_over
    if rule.measure == "revenue":
        strength += has(text, words.NET) - has(text, words.NOT_NET)
        strength += 2 * has(text, words.TOTAL) * (rule.strength == _CERTAIN)
    if rule.measure == "unit_price":
        strength += has(text, words.NET_PRICE) - has(text, words.LIST_PRICE)
    return strength


def _is_code(text: str) -> bool:
    tokens = text.split()
    if not tokens:
        return False
    if has(text, words.CODES):
        return True
    is_short = len(tokens) <= 2
    return (
        is_short
        and (has(tokens[-1], words.TIME_CODES) or has(tokens[-1], words.ENTITIES))
        and not has(tokens[0], "per price average avg delivery lead wait waiting handle response talk hold")
    )


def _date_rank(text: str) -> int:
    if not has(text, words.DATES):
        return 0
    if has(text, words.OTHER_DATES):
        return 1
    return 3 if has(text, words.BOOKED_DATES) else 2


# Compiled with the module, so that a forked child does not pay for it.
understand("Sales Date")
