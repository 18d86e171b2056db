"""Numbers written as text: one notation for the whole column, never cell by cell.

"1.234" is a thousand in one workbook and little more than one in another; only the other values
of the same column can tell.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dash_kpi.ingest.placeholders import is_placeholder

PLAIN = r"-?\d{1,90}(\.\d+)?"  # what DuckDB reads without our help
LARGEST = 1e100  # beyond it a cell is a mistake, and sums could overflow
_PLAIN = re.compile(rf"{PLAIN}\Z")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007]+")
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
_MAGNITUDES = {
    **dict.fromkeys(("k", "thousand", "tsd", "tsd.", "тыс", "тыс."), 1e3),
    **dict.fromkeys(("m", "mn", "mm", "mio", "mio.", "million", "millions", "млн", "млн."), 1e6),
    **dict.fromkeys(("b", "bn", "mrd", "mrd.", "mia", "billion", "млрд", "млрд."), 1e9),
    **dict.fromkeys(("lakh", "lac", "lakhs"), 1e5),
    **dict.fromkeys(("cr", "crore", "crores"), 1e7),
}


@dataclass(frozen=True, slots=True)
class NumberTexts:
    """What the texts of one column mean: `values` holds those that are numbers."""

    values: dict[str, float]
    has_percent: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    digits: str
    factor: float
    is_percent: bool


def read_numbers(texts: Iterable[str], prefers_comma: bool = False, has_number_cells: bool = False) -> NumberTexts:
    """Read every text in the notation that the whole column supports.

    `has_number_cells` says that true numbers are among the texts, printed with a decimal point; they
    then say nothing about the notation of the others.
    """
    shapes: dict[str, _Shape] = {}
    votes: Counter[str] = Counter()
    for text in texts:
        shape = _shape_of(text)
        if shape is None:
            continue
        shapes[text] = shape
        if has_number_cells and _PLAIN.match(text):
            continue
        vote = _decimal_shown_by(shape.digits)
        if vote:
            votes[vote] += 1
    decimal = _winner(votes, prefers_comma)
    values = {}
    for text, shape in shapes.items():
        number = _number(shape, decimal, has_number_cells and bool(_PLAIN.match(text)))
        if number is not None:
            values[text] = number
    return NumberTexts(values, any(shape.is_percent for shape in shapes.values()))


def looks_like_numbers(texts: Iterable[str]) -> bool:
    """Tell whether most of these texts are numbers, placeholders aside."""
    real = [text for text in texts if not is_placeholder(text)]
    return bool(real) and sum(_shape_of(text) is not None for text in real) >= 0.6 * len(real)


def looks_like_codes(texts: Iterable[str]) -> bool:
    """Tell whether digits here are names: leading zeros, as in postal codes."""
    digits = [text for text in texts if text.isdigit()]
    return sum(len(text) > 1 and text.startswith("0") for text in digits) > 0.05 * len(digits)


def _winner(votes: Counter[str], prefers_comma: bool) -> str:
    if votes["."] == votes[","]:
        return "," if prefers_comma else "."
    return "." if votes["."] > votes[","] else ","


def _shape_of(text: str) -> _Shape | None:
    text = text.strip()
    if _PLAIN.match(text):
        return _Shape(text.lstrip("-"), -1.0 if text.startswith("-") else 1.0, False)
    text = _SPACES.sub(" ", text).strip().replace("\u2212", "-").replace("\u2013", "-").replace("’", "'")
    found = _SHAPE.match(text)
    if not found or len(text) > 60:
        # Accounting formats write a zero as a currency and a dash.
        is_zero = text.endswith("-") and text[:-1].strip().lower() in _CURRENCIES
        return _Shape("0", 1.0, False) if is_zero else None
    surroundings = _surroundings(found["before"], found["after"] or "")
    if surroundings is None:
        return None
    factor, is_percent = surroundings
    if found["exponent"]:
        factor *= float(f"1{found['exponent']}")
    return _Shape(found["digits"], factor, is_percent)


@lru_cache(maxsize=4096)
def _surroundings(before: str, after: str) -> tuple[float, bool] | None:
    """Return the factor that signs, brackets, currencies and magnitudes around the digits stand for."""
    signs = before.count("-") + after.count("-")
    opened, closed = before.count("("), after.count(")")
    if signs + opened > 1 or opened != closed or before.count("+") > 1:
        return None
    if "-" in after and not after.replace(" ", "").endswith(("-",)) and not after.startswith("-"):
        return None
    factor = -1.0 if signs or opened else 1.0
    is_percent = False
    for part, is_after in ((before, False), (after, True)):
        word = re.sub(r"[-+()]", " ", part).strip().lower()
        if "%" in word:
            is_percent, word = True, word.replace("%", "").strip()
        for token in word.split():
            if is_after and token in _MAGNITUDES:
                factor *= _MAGNITUDES[token]
            elif token not in _CURRENCIES:
                return None
    return (factor / 100 if is_percent else factor), is_percent


def _decimal_shown_by(digits: str) -> str | None:
    """Return the decimal sign that these digits prove, or None."""
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if not dots and not commas:
        return None
    sign, other, count = (".", ",", dots) if dots else (",", ".", commas)
    if count > 1:
        return other
    whole, _, fraction = digits.rpartition(sign)
    plain_whole = whole.replace(" ", "").replace("'", "")
    if len(fraction) == 3 and plain_whole == whole and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        return None
    return sign


def _number(shape: _Shape, decimal: str, is_number_cell: bool) -> float | None:
    digits = shape.digits
    if "." not in digits and "," not in digits and " " not in digits and "'" not in digits:
        return _finite(float(digits), shape)
    if is_number_cell and len(digits.rpartition(".")[2]) != 3:
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
