"""Numbers written as text: one notation for the whole column, never cell by cell.

"1.234" is a thousand in one workbook and little more than one in another; only the other values
of the same column can tell.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dash_kpi.ingest.digits import in_ascii
from dash_kpi.ingest.number_words import is_number_word
from dash_kpi.ingest.placeholders import is_placeholder

PLAIN = r"-?\d{1,90}(\.\d+)?"  # what DuckDB reads without our help
DOUBTFUL = r"-?[1-9]\d{0,2}[.,]\d{3}"  # the sign may be before a fraction or between thousands
DOUBTFUL_CELL = r"-?[1-9]\d{0,2}\.\d{3}"
LARGEST = 1e100  # beyond it a cell is a mistake, and sums could overflow
Decimal = Literal[".", ","]
_PLAIN = re.compile(rf"{PLAIN}\Z")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007]+")
_DOUBTFUL = re.compile(rf"{DOUBTFUL}\Z")
_NO_CENTS = re.compile(r"-{1,2}")  # "5,-" is five
_DEBIT = re.compile(r"\d\s?dr\.?\Z", re.IGNORECASE)
_CREDIT = re.compile(r"\d\s?cr\.?\Z", re.IGNORECASE)
_SHAPE = re.compile(
    r"(?P<before>[^\d.,]*)(?P<digits>(?:[.,]?\d)(?:[\d.,' ]*\d)?[.,]?)"
    r"(?P<exponent>[eE][+-]?\d{1,2})?(?P<after>[^\d.,].*)?\Z"
)
_CURRENCY_SIGNS = """
$ € £ ¥ ₹ ₽ ₺ ₩ ₴ ₪ ฿ ₫ ₱ ₦ ¢ zł kr kr. kč ft r$ us$ a$ c$ ca$ nt$ hk$ s$ mx$ nz$ rs rs. tl fr fr. sfr. руб руб. р р.
eur usd gbp inr chf sek nok dkk pln brl rub jpy cny rmb aud cad mxn nzd try zar czk huf sgd hkd krw ars clp cop aed sar
eu euro euros dollars dollar
"""
_CURRENCIES = frozenset(_CURRENCY_SIGNS.split())
_SAME_CURRENCY = {
    sign: code
    for code, signs in {
        "USD": "$ us$ dollar dollars",
        "EUR": "€ eu euro euros",
        "GBP": "£",
        "INR": "₹ rs rs.",
        "BRL": "r$",
        "RUB": "₽ руб руб. р р.",
        "PLN": "zł",
        "TRY": "₺ tl",
        "CNY": "rmb",
        "CHF": "fr fr. sfr.",
        "CAD": "c$ ca$",
        "AUD": "a$",
    }.items()
    for sign in signs.split()
}
_MAGNITUDES = {
    **dict.fromkeys(("k", "thousand", "tsd", "tsd.", "тыс", "тыс."), 1e3),
    **dict.fromkeys(("m", "mn", "mm", "mio", "mio.", "million", "millions", "млн", "млн."), 1e6),
    **dict.fromkeys(("b", "bn", "mrd", "mrd.", "mia", "billion", "млрд", "млрд."), 1e9),
    **dict.fromkeys(("lakh", "lac", "lakhs"), 1e5),
    **dict.fromkeys(("cr", "crore", "crores"), 1e7),
}


@dataclass(frozen=True, slots=True)
class NumberTexts:
    """What the texts of one column mean: `values` holds those that are numbers.

    `decimal` is the sign before the fraction in this column; `ambiguous` are the texts such as "1.234"
    that could mean something else because nothing in the column proves the sign; `contradicting` those
    that prove the other sign, and have no value. `percents` and `plain` count texts with a percent sign
    and numbers above 1 without, `currencies` are those written beside the digits.
    """

    values: dict[str, float]
    decimal: Decimal = "."
    ambiguous: tuple[str, ...] = ()
    contradicting: frozenset[str] = frozenset()
    percents: int = 0
    plain: int = 0
    currencies: tuple[str, ...] = ()

    @property
    def has_percent(self) -> bool:
        """Tell whether percent signs are among the texts."""
        return self.percents > 0


@dataclass(frozen=True, slots=True)
class _Shape:
    digits: str
    factor: float
    is_percent: bool
    currency: str | None = None


def read_numbers(
    texts: Iterable[str],
    prefers_comma: bool = False,
    has_number_cells: bool = False,
    decimal: Decimal | None = None,
) -> NumberTexts:
    """Read every text in the notation that the whole column supports; `decimal` is what a person decided.

    `has_number_cells` says that true numbers are among the texts, printed with a decimal point; they
    then say nothing about the notation of the others. None of them is printed as "1.234", but as "1.2340".
    """
    known = list(texts)
    shapes = {text: shape for text in known if (shape := _shape_of(text)) is not None}
    if any(_DEBIT.search(text) for text in known):
        # Beside debits "5 Cr" is a credit, not five crore; which of them is negative nobody says.
        shapes = {text: shape for text, shape in shapes.items() if not _CREDIT.search(text)}
    cells = {text for text in shapes if has_number_cells and _PLAIN.match(text) and not _DOUBTFUL.match(text)}
    proofs = {text: _decimal_shown_by(shape.digits) for text, shape in shapes.items() if text not in cells}
    votes = Counter(proof for proof in proofs.values() if proof)
    chosen = decimal or _winner(votes, prefers_comma)
    is_decided = decimal is not None or votes["."] != votes[","]
    contradicting = frozenset(text for text, proof in proofs.items() if proof not in (None, chosen))
    values = {}
    for text, shape in shapes.items():
        number = None if text in contradicting else _number(shape, "." if text in cells else chosen)
        if number is not None:
            values[text] = number
    return NumberTexts(
        values,
        chosen,
        () if is_decided else tuple(text for text in proofs if _is_doubtful(shapes[text].digits)),
        contradicting,
        sum(shape.is_percent for shape in shapes.values()),
        sum(not shape.is_percent and abs(values.get(text, 0)) > 1 for text, shape in shapes.items()),
        tuple(sorted({shape.currency for shape in shapes.values() if shape.currency})),
    )


def looks_like_numbers(texts: Iterable[str]) -> bool:
    """Tell whether most of these texts are numbers, placeholders aside."""
    real = [text for text in texts if not is_placeholder(text)]
    numbers = sum(_shape_of(text) is not None for text in real)
    return numbers > 0 and numbers + sum(map(is_number_word, real)) >= 0.6 * len(real)


def looks_like_codes(texts: Iterable[str]) -> bool:
    """Tell whether digits here are names: leading zeros, as in postal codes."""
    digits = [text for text in texts if text.isdigit()]
    return sum(len(text) > 1 and text.startswith("0") for text in digits) > 0.05 * len(digits)


def _winner(votes: Counter[Decimal], prefers_comma: bool) -> Decimal:
    if votes["."] == votes[","]:
        return "," if prefers_comma else "."
    return "." if votes["."] > votes[","] else ","


def _shape_of(text: str) -> _Shape | None:
    text = text.strip()
    if _PLAIN.match(text):
        return _Shape(text.lstrip("-"), -1.0 if text.startswith("-") else 1.0, False)
    text = _SPACES.sub(" ", in_ascii(text)).strip()
    text = text.replace("\u2212", "-").replace("\u2013", "-").replace("’", "'")
    text = text.removeprefix("'")  # a spreadsheet's mark of a text
    found = _SHAPE.match(text)
    if not found or len(text) > 60:
        # Accounting formats write a zero as a currency and a dash.
        is_zero = text.endswith("-") and text[:-1].strip().lower() in _CURRENCIES
        return _Shape("0", 1.0, False) if is_zero else None
    digits, after = found["digits"], found["after"] or ""
    if digits.endswith((",", ".")) and (dash := _NO_CENTS.match(after)):
        after = after[dash.end() :]
    surroundings = _surroundings(found["before"], after)
    if surroundings is None:
        return None
    factor, is_percent, currency = surroundings
    if found["exponent"]:
        factor *= float(f"1{found['exponent']}")
    return _Shape(digits, factor, is_percent, currency)


@lru_cache(maxsize=4096)
def _surroundings(before: str, after: str) -> tuple[float, bool, str | None] | None:
    """Return the factor that signs, brackets, currencies and magnitudes around the digits stand for."""
    signs = before.count("-") + after.count("-")
    opened, closed = before.count("("), after.count(")")
    if signs + opened > 1 or opened != closed or before.count("+") > 1:
        return None
    if "-" in after and not after.replace(" ", "").endswith(("-",)) and not after.startswith("-"):
        return None
    factor = -1.0 if signs or opened else 1.0
    is_percent = False
    currency = None
    for part, is_after in ((before, False), (after, True)):
        word = re.sub(r"[-+()]", " ", part).strip().lower()
        if "%" in word:
            is_percent, word = True, word.replace("%", "").strip()
        for token in word.split():
            if is_after and token in _MAGNITUDES:
                factor *= _MAGNITUDES[token]
            elif token not in _CURRENCIES:
                return None
            else:
                currency = _SAME_CURRENCY.get(token, token.upper().rstrip("."))
    return (factor / 100 if is_percent else factor), is_percent, currency


def _decimal_shown_by(digits: str) -> Decimal | None:
    """Return the decimal sign that these digits prove, or None."""
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if (not dots and not commas) or _is_doubtful(digits):
        return None
    if dots + commas > 1:
        return "," if dots else "."
    return "." if dots else ","


def _is_doubtful(digits: str) -> bool:
    """Tell whether the only sign could separate thousands as well as a fraction: "1.234"."""
    return bool(_DOUBTFUL.match(digits))


def _number(shape: _Shape, decimal: Decimal) -> float | None:
    digits = shape.digits
    if "." not in digits and "," not in digits and " " not in digits and "'" not in digits:
        return _finite(float(digits), shape)
    whole, sign, fraction = digits.partition(decimal)
    if sign and not (fraction.isdigit() or not fraction):
        return None
    plain = _without_groups(whole)
    return None if plain is None else _finite(float(f"{plain or '0'}.{fraction or '0'}"), shape)


def _without_groups(whole: str) -> str | None:
    """Return the digits without thousands separators, or None where the groups are not groups."""
    groups = re.split(r"[.,' ]", whole)
    if len(groups) == 1:
        return whole
    separators = set(re.sub(r"\d", "", whole))
    if len(separators) > 1 or not 1 <= len(groups[0]) <= 3 or len(groups[-1]) != 3:
        return None
    middle = {len(group) for group in groups[1:-1]}
    return "".join(groups) if middle <= {3} or middle <= {2} else None


def _finite(number: float, shape: _Shape) -> float | None:
    number *= shape.factor
    if shape.is_percent:
        number = float(f"{number:.15g}")
    return number if abs(number) < LARGEST else None
