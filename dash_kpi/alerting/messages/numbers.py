"""Numbers and days in messages, as the team's locale writes them. What is missing is "n/a", never 0.

The meaning is that of `ui/format.py`; digits, grouping, signs and the place of a currency are those of the locale.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_minus_sign_symbol,
    get_plus_sign_symbol,
)
from babel.units import format_unit

from dash_kpi.kpis.definition import Unit

MISSING = "n/a"
LARGEST = 1e15  # beyond it no digits are counted
SHORTENED_FROM = 9_999.5
WHOLE_FROM = 999.5
MOST_DECIMALS = 6
MOST_SHORT = 4  # digits of a number that was shortened
ZEROS = {"arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966, "mymr": 0x1040, "olck": 0x1C50, "tibt": 0xF20}
DIGITS = re.compile(r"0(?:\.[0#]+)?")  # of a number pattern: the last digit that is always there, and the decimals


@dataclass(frozen=True, slots=True)
class Numbers:
    """How one team writes numbers; `currency` is the code of amounts, "" for none."""

    locale: str = "en"
    currency: str = ""

    def short(self, unit: Unit, value: float | None, decimals: int | None = None) -> str:
        """Write a value with about three significant digits: € 1.24M."""
        if value is None or not math.isfinite(value):
            return MISSING
        if unit in ("duration", "percent", "ratio") or not SHORTENED_FROM <= abs(value) < LARGEST:
            return self.plain(unit, value, decimals)
        value = float(f"{value:.3g}")  # before its magnitude is named: 999,999 is 1.00M, not 1000K
        compact = format_compact_decimal(value, locale=self.locale, numbering_system=self._system)
        digits = sum(character.isdigit() for character in compact)
        if digits > MOST_SHORT:  # the locale has no word for thousands
            return self.plain(unit, value, 0)
        places = max(0, 3 - digits)
        if unit == "currency" and self.currency:
            compact = format_compact_currency(
                value, self.currency, locale=self.locale, fraction_digits=places, numbering_system=self._system
            )
        else:
            compact = format_compact_decimal(
                value, locale=self.locale, fraction_digits=places, numbering_system=self._system
            )
        return self._in_digits(compact)

    def plain(self, unit: Unit, value: float | None, decimals: int | None = None) -> str:
        """Write a value as a sentence names it: all digits before the point, and few after it."""
        if value is None:
            return MISSING
        return self._written(unit, value, self._usual_places(unit, value) if decimals is None else decimals)

    def exact(self, unit: Unit, value: float | None, decimals: int | None = None) -> str:
        """Write a value with all its digits, or the decimals that a person chose."""
        places = {"percent": 2, "currency": 2, "ratio": 4}.get(unit, 4)
        return MISSING if value is None else self._written(unit, value, places if decimals is None else decimals)

    def pair(
        self, unit: Unit, value: float | None, limit: float | None, decimals: int | None = None
    ) -> tuple[str, str]:
        """Write a value beside its limit, with so many decimals that two different numbers never read the same."""
        if value is None or limit is None or value == limit or not (math.isfinite(value) and math.isfinite(limit)):
            return self.plain(unit, value, decimals), self.plain(unit, limit, decimals)
        places = max(self._usual_places(unit, value), self._usual_places(unit, limit)) if decimals is None else decimals
        shown = [self.plain(unit, one, decimals) for one in (value, limit)]
        while shown[0] == shown[1] and places < MOST_DECIMALS:
            places += 1
            shown = [self._written(unit, one, places) for one in (value, limit)]
        return shown[0], shown[1]

    def share(self, value: float | None, decimals: int = 1) -> str:
        """Write a part of a whole: 12.3 %."""
        return self.plain("percent", value, decimals)

    def change(self, unit: Unit, value: float | None) -> str:
        """Write a change with its sign: +4.2%, or points where the KPI itself is a percentage."""
        if value is None or not math.isfinite(value):
            return MISSING
        places = 0 if abs(value) >= 9.995 else 1
        size = self._points(value) if unit == "percent" else self.share(abs(value), places)
        return self._sign(value) + size

    def signed(self, unit: Unit, value: float | None, decimals: int | None = None) -> str:
        """Write a difference in the units of its KPI, with its sign."""
        if value is None or not math.isfinite(value):
            return MISSING
        if unit == "percent":
            return self._sign(value) + self._points(value)
        sign = get_plus_sign_symbol(self.locale, numbering_system=self._system) if value > 0 else ""
        return sign + self.plain(unit, value, decimals)

    def whole(self, number: int) -> str:
        """Write how many there are: 52,801."""
        return self._in_digits(format_decimal(number, locale=self.locale, numbering_system=self._system))

    def day(self, value: date) -> str:
        """Write a day: 1 Jan 2025."""
        return self._in_digits(format_date(value, "medium", locale=self.locale))

    def moment(self, at: datetime) -> str:
        """Write a moment in the zone it has: 1 Jan 2025, 08:00."""
        return f"{self.day(at.date())}, {self._in_digits(format_time(at, 'short', locale=self.locale))}"

    @property
    def _system(self) -> str:
        """The digits of the locale, Latin ones where those are not known here."""
        usual: str = Locale.parse(self.locale).default_numbering_system
        return usual if usual in ZEROS else "latn"

    def _in_digits(self, text: str) -> str:
        """Write a text that Babel made in the digits of the locale: it gives the signs of them, with Latin digits."""
        zero = ZEROS.get(self._system)
        return text.translate({ord("0") + at: zero + at for at in range(10)}) if zero else text

    def _usual_places(self, unit: Unit, value: float) -> int:
        if unit in ("percent", "duration"):
            return 1
        if unit == "ratio":
            return 2
        if not abs(value) < WHOLE_FROM:
            return 0
        if float(value).is_integer():
            return 0
        return 2 if unit == "currency" else min(MOST_DECIMALS, _places_of_three(abs(value)))

    def _written(self, unit: Unit, value: float, places: int) -> str:
        return self._in_digits(self._formatted(unit, value, places)) if math.isfinite(value) else MISSING

    def _formatted(self, unit: Unit, value: float, places: int) -> str:
        if unit == "duration":
            return self._duration(value, places)
        if abs(value) >= LARGEST:
            return f"{value:.4g}"
        value = 0.0 if round(abs(value) * (100 if unit == "percent" else 1), places) == 0 else value
        locale = Locale.parse(self.locale)
        if unit == "percent":
            pattern = _with_places(locale.percent_formats[None].pattern, places)
            return format_percent(value, pattern, locale=locale, numbering_system=self._system)
        if unit == "currency" and self.currency:
            pattern = _with_places(locale.currency_formats["standard"].pattern, places)
            return format_currency(
                value, self.currency, pattern, locale=locale, currency_digits=False, numbering_system=self._system
            )
        pattern = locale.decimal_formats[None].pattern
        is_fixed = unit in ("currency", "ratio")
        return format_decimal(
            value, _with_places(pattern, places, is_fixed=is_fixed), locale=locale, numbering_system=self._system
        )

    def _points(self, value: float) -> str:
        return f"{self.plain('ratio', abs(value) * 100, 0 if abs(value) >= 9.995 else 1)} points"

    def _sign(self, value: float) -> str:
        if abs(value) < 0.0005:
            return ""
        symbol = get_plus_sign_symbol if value > 0 else get_minus_sign_symbol
        return symbol(self.locale, numbering_system=self._system)

    def _duration(self, hours: float, places: int) -> str:
        """Write hours: 3 hr 25 min; those that nobody counts any more as a number of hours."""
        seconds = round(abs(hours) * 3600, 1)
        if seconds < 60:
            parts: list[tuple[float, str]] = [(seconds if seconds % 1 else int(seconds), "second")]
        elif abs(hours) >= 100:
            parts = [(round(min(abs(hours), LARGEST), 0 if places <= 1 else places), "hour")]
        else:
            whole, minutes = divmod(round(seconds / 60), 60)
            parts = [(number, name) for number, name in ((whole, "hour"), (minutes, "minute")) if number]
        written = [
            format_unit(number, f"duration-{name}", "short", locale=self.locale, numbering_system=self._system)
            for number, name in parts
        ]
        minus = get_minus_sign_symbol(self.locale, numbering_system=self._system) if hours < 0 and seconds else ""
        return minus + " ".join(written)


def _with_places(pattern: str, places: int, *, is_fixed: bool = True) -> str:
    """Return a number pattern of a locale with so many decimals, or at most so many."""
    decimals = ("0" if is_fixed else "#") * places
    return DIGITS.sub("0." + decimals if places else "0", pattern)


def _places_of_three(value: float) -> int:
    return 2 - math.floor(math.log10(value)) if value else 0
