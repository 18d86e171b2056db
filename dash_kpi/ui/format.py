"""Numbers, days and ages as people read them. What is missing is "n/a", never 0.

Spaces inside a number are no-break spaces, so that "1.24 M" never stands on two lines.
"""

import re
from datetime import date, datetime

from dash_kpi.kpis.catalogue import label_of
from dash_kpi.reporting.values import Direction, Unit

MISSING = "n/a"
SPACE = "\u00a0"
MINUS = "\u2212"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "UAH": "₴", "VND": "₫"}
MAGNITUDES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
SHORTENED_FROM = 9_999.5  # below, all digits fit: 1,243 says more than 1.24 k
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNCHANGED = 0.0005  # a smaller change would be written as 0.0 %


def short(unit: Unit, value: float | None, currency: str = "", decimals: int | None = None) -> str:
    """Write a value with three significant digits, as on a card: 1.24 M.

    `decimals` are those that a person chose for the KPI; a value that is shortened to thousands has its three digits.
    """
    if value is None:
        return MISSING
    if unit == "duration":
        return _signed(value, _duration(abs(value), exact=False))
    if unit == "percent":
        return _signed(value, f"{abs(value) * 100:,.{1 if decimals is None else decimals}f}{SPACE}%")
    if unit == "ratio":
        return _signed(value, f"{abs(value):,.{2 if decimals is None else decimals}f}")
    digits = _magnitude(abs(value))
    if decimals is not None and abs(value) < SHORTENED_FROM:
        digits = f"{abs(value):,.{decimals}f}"
    return _signed(value, _prefix(unit, currency) + digits)


def exact(unit: Unit, value: float | None, currency: str = "", decimals: int | None = None) -> str:
    """Write a value with all its digits, or the decimals that a person chose, as in a table or on hover."""
    if value is None:
        return MISSING
    if unit == "duration":
        return _signed(value, _duration(abs(value), exact=True))
    if unit == "percent":
        return _signed(value, f"{abs(value) * 100:,.{2 if decimals is None else decimals}f}{SPACE}%")
    if unit == "ratio":
        return _signed(value, f"{abs(value):,.{4 if decimals is None else decimals}f}")
    if unit == "currency":
        return _signed(value, f"{_prefix(unit, currency)}{abs(value):,.{2 if decimals is None else decimals}f}")
    if decimals is not None:
        return _signed(value, f"{abs(value):,.{decimals}f}")
    return _signed(value, _trimmed(f"{abs(value):,.4f}"))


def change(unit: Unit, value: float | None) -> str:
    """Write a change with its sign: +4.2 %, or points where the KPI itself is a percentage."""
    if value is None:
        return MISSING
    name = "points" if unit == "percent" else "%"
    sign = "" if is_unchanged(value) else "+" if value > 0 else MINUS
    digits = 0 if abs(value) >= 9.995 else 1
    return f"{sign}{abs(value) * 100:,.{digits}f}{SPACE}{name}"


def is_unchanged(value: float) -> bool:
    """Tell whether a change is too small to be written with one decimal."""
    return abs(value) < UNCHANGED


def way(value: float) -> str:
    """Name the way a change points; `assets/app.css` draws it as an arrow."""
    return "same" if is_unchanged(value) else "up" if value > 0 else "down"


def judgement(direction: Direction, value: float | None) -> str:
    """Say in one word what a change means: better, worse, unchanged; empty where nobody can say."""
    if value is None:
        return ""
    if is_unchanged(value):
        return "unchanged"
    if direction == "neutral":
        return ""
    return "better" if (value > 0) == (direction == "higher") else "worse"


def share(value: float | None) -> str:
    """Write a part of a whole; nothing where parts do not add up to a whole."""
    return "" if value is None else _signed(value, f"{abs(value) * 100:,.1f}{SPACE}%")


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Write how many there are: 1 row, 52,801 rows."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def heading(name: str) -> str:
    """Write the name of a dimension as a heading: sales_region becomes Sales region."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def formula(text: str) -> str:
    """Write the formula of a measure with what people call its parts: Units × Unit price."""
    words = re.sub(r"[a-z_]+", lambda name: label_of(name.group()), text)
    return words.replace(" * ", " × ").replace(" - ", f" {MINUS} ")


def day(value: date) -> str:
    """Write a day: 1 Jan 2025."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def days(first: date | None, last: date | None) -> str:
    """Write a span of days without saying anything twice: 1 Jan – 31 Dec 2025."""
    if first is None or last is None:
        return MISSING
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} – {day(last)}"
    return f"{first.day} – {day(last)}"


def age(at: datetime, now: datetime) -> str:
    """Write how long ago a moment was: 3 min ago."""
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    return f"{count(minutes // (24 * 60), 'day')} ago"


def _prefix(unit: Unit, currency: str) -> str:
    if unit != "currency" or not currency:
        return ""
    return SYMBOLS.get(currency, currency + SPACE)


def _duration(hours: float, *, exact: bool) -> str:
    """Write hours as people say them: 3 h 25 min; seconds below a minute, and where every digit counts."""
    seconds = round(hours * 3600, 1 if hours * 60 < 1 else 0)
    if seconds < 60:
        return f"{_trimmed(f'{seconds:.1f}')}{SPACE}s"
    if not exact:
        seconds = round(seconds / 60) * 60
    minutes, rest = divmod(int(seconds), 60)
    whole, minutes = divmod(minutes, 60)
    if not exact and whole >= 100:  # nobody reads minutes of days
        return f"{_magnitude(hours)}{SPACE}h"
    parts = [(f"{whole:,}", "h", whole), (str(minutes), "min", minutes), (str(rest), "s", rest)]
    return SPACE.join(f"{number}{SPACE}{name}" for number, name, is_there in parts if is_there)


def _signed(value: float, text: str) -> str:
    is_zero = not any(character in "123456789" for character in text)
    return text if value >= 0 or is_zero else MINUS + text


def _magnitude(value: float) -> str:
    if value < SHORTENED_FROM:
        return f"{value:,.0f}" if value >= 999.5 else _trimmed(_three_digits(value))
    for position, (size, letter) in enumerate(MAGNITUDES):
        if value >= size:
            text = _three_digits(value / size)
            if text == "1000" and position:
                return f"1.00{SPACE}{MAGNITUDES[position - 1][1]}"
            return f"{text}{SPACE}{letter}"
    return f"{value:,.0f}"


def _three_digits(value: float) -> str:
    if value >= 99.95:
        return f"{value:.0f}"
    if value >= 9.995:
        return f"{value:.1f}"
    if value >= 0.995 or value == 0:
        return f"{value:.2f}"
    return f"{value:.3g}" if value >= 0.0001 else f"{value:.4f}"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
