"""Laws of notations: whatever a column is written in, reading gives back what was written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.ingest.dates import calendar_of, looks_like_dates, read_dates
from dash_kpi.ingest.numbers import looks_like_numbers, read_numbers


@dataclass(frozen=True)
class Notation:
    """How a number is written: between groups, before the fraction, around all, and when it is negative."""

    group: str = ","
    decimal: str = "."
    positive: str = "{}"
    negative: str = "-{}"
    decimals: int = 2
    is_indian: bool = False

    def write(self, number: float) -> str:
        digits = f"{abs(number):.{self.decimals}f}"
        whole, _, fraction = digits.partition(".")
        grouped = self.group.join(_groups(whole, 2 if self.is_indian else 3)) + (fraction and self.decimal + fraction)
        return (self.negative if number < 0 else self.positive).format(grouped)


def _groups(whole: str, size: int) -> list[str]:
    head, tail = whole[:-3], whole[-3:]
    parts = [tail]
    while head:
        head, part = head[:-size], head[-size:]
        parts.insert(0, part)
    return parts


EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WIDE = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
NUMBERS: dict[str, Notation] = {
    "english": Notation(),
    "english-currency": Notation(positive="${}", negative="-${}"),
    "accounting": Notation(positive="${}", negative="$({})"),
    "brackets": Notation(negative="({})"),
    "trailing-minus": Notation(negative="{}-"),
    "minus-sign": Notation(negative="\u2212{}"),
    "german": Notation(".", ",", "{} €", "-{} €"),
    "brazilian": Notation(".", ",", "R$\u00a0{}", "R$\u00a0-{}"),
    "french": Notation("\u202f", ",", "{}\u00a0€", "-{}\u00a0€"),
    "russian": Notation("\u00a0", ",", "{} руб.", "-{} руб."),
    "swiss": Notation("'", ".", "CHF {}", "CHF -{}"),
    "swiss-typographic": Notation("’", "."),
    "spaces-and-points": Notation(" ", "."),
    "indian": Notation(",", ".", "₹{}", "-₹{}", is_indian=True),
    "rupees": Notation(",", ".", "Rs {}", "Rs -{}", is_indian=True),
    "no-groups": Notation(""),
    "no-groups-comma": Notation("", ","),
    "four-decimals": Notation(".", ",", decimals=4),
    "iso-currency": Notation(positive="USD {}", negative="USD -{}"),
}

amounts = st.lists(st.floats(-1e9, 1e9).map(lambda number: round(number, 2)), min_size=1, max_size=20)


@given(amounts, st.sampled_from(sorted(NUMBERS)), st.booleans())
def test_numbers_in_any_notation_are_read_back(numbers: list[float], name: str, prefers_comma: bool) -> None:
    texts = [NUMBERS[name].write(number) for number in numbers]
    found = read_numbers(texts, prefers_comma)

    assert [found.values[text] for text in texts] == numbers
    assert found.ambiguous == ()
    assert looks_like_numbers(texts)


@pytest.mark.parametrize("digits", [EASTERN, WIDE], ids=["arabic-indic", "full-width"])
@given(numbers=amounts)
def test_digits_of_other_scripts_are_read_back(digits: dict[int, int], numbers: list[float]) -> None:
    texts = [NUMBERS["english"].write(number).translate(digits) for number in numbers]

    assert [read_numbers(texts).values[text] for text in texts] == numbers


@given(st.lists(st.floats(-1, 1).map(lambda number: round(number, 4)), min_size=1, max_size=20))
def test_percents_are_read_back_as_fractions(numbers: list[float]) -> None:
    texts = [f"{100 * number:.2f}%" for number in numbers]

    assert [read_numbers(texts).values[text] for text in texts] == pytest.approx(numbers)


@given(st.lists(st.integers(1_000, 999_999), min_size=1, max_size=20), st.sampled_from(".,"))
def test_whole_numbers_in_groups_are_read_by_the_language_and_reported(numbers: list[int], group: str) -> None:
    texts = [f"{number:,}".replace(",", group) for number in numbers]
    found = read_numbers(texts, prefers_comma=group == ".")

    assert [found.values[text] for text in texts] == numbers
    assert set(found.ambiguous) == set(texts)


@given(amounts, amounts)
def test_two_notations_in_one_column_never_give_a_wrong_number(english: list[float], german: list[float]) -> None:
    written = {NUMBERS["english"].write(number): number for number in english}
    written |= {NUMBERS["german"].write(number): number for number in german}
    found = read_numbers(list(written))

    assert all(written[text] == number for text, number in found.values.items())
    assert written.keys() == found.values.keys() | found.contradicting


# Dates

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "en-short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "de-short": "Jan. Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
    "de-at": "Jänner Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr-short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "es-short": "ene feb mar abr may jun jul ago sept oct nov dic",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pt-short": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "it-short": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "nl-short": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru-short": "янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.",
    "ru-nominative": "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь Декабрь",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "pl-short": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "tr-short": "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
}
WRITE_NAMED: dict[str, Callable[[date, str], str]] = {
    "day-month-year": lambda day, name: f"{day.day} {name} {day.year}",
    "month-day-year": lambda day, name: f"{name} {day.day}, {day.year}",
    "dashes": lambda day, name: f"{day.day:02}-{name}-{day:%y}",
    "de": lambda day, name: f"{day.day} de {name} de {day.year}",
    "points": lambda day, name: f"{day.day}. {name} {day.year}",
    "weekday": lambda day, name: f"{day:%A}, {day.day} {name} {day.year}",
    "time": lambda day, name: f"{day.day} {name} {day.year} 10:20",
}
WRITE_PERIOD: dict[str, tuple[str, Callable[[date], str]]] = {
    "iso-week": ("week", lambda day: f"{day.isocalendar().year}-W{day.isocalendar().week:02}"),
    "kw": ("week", lambda day: f"KW {day.isocalendar().week} {day.isocalendar().year}"),
    "week": ("week", lambda day: f"Week {day.isocalendar().week} {day.isocalendar().year}"),
    "q": ("quarter", lambda day: f"Q{_quarter(day)} {day.year}"),
    "year-q": ("quarter", lambda day: f"{day.year} Q{_quarter(day)}"),
    "t": ("quarter", lambda day: f"{_quarter(day)}T{day.year}"),
    "quartal": ("quarter", lambda day: f"{_quarter(day)}. Quartal {day.year}"),
    "q-short": ("quarter", lambda day: f"Q{_quarter(day)}'{day:%y}"),
    "q-fiscal": ("quarter", lambda day: f"Q{_quarter(day)}-FY{day:%y}"),
    "month": ("month", lambda day: f"{day.month}/{day.year}"),
    "iso-month": ("month", lambda day: f"{day:%Y-%m}"),
    "compact-month": ("month", lambda day: f"{day:%Y%m}"),
    "short-month": ("month", lambda day: f"{day:%b-%y}"),
    "fiscal": ("month", lambda day: f"FY{day:%y} P{day.month:02}"),
    "fiscal-first": ("month", lambda day: f"P{day.month:02} FY{day.year}"),
    "fiscal-dash": ("month", lambda day: f"FY{day.year}-P{day.month:02}"),
    "year": ("year", lambda day: f"{day.year}"),
    "fiscal-year": ("year", lambda day: f"FY{day.year}"),
}
PLAIN = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S+02:00", "%Y年%m月%d日"]
ORDERED = ["%{}/%{}/%Y", "%{}.%{}.%Y", "%{}-%{}-%y", "%{} %{} %Y", "%{}/%{}/%Y 10:20", "%{}.%{}.%y 10:20:30"]

days = st.lists(st.dates(date(1970, 1, 1), date(2069, 12, 31)), min_size=1, max_size=30)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _start(day: date, grain: str) -> date:
    if grain == "week":
        return day - timedelta(days=day.weekday())
    months = {"month": day.month, "quarter": 3 * _quarter(day) - 2, "year": 1}
    return date(day.year, months[grain], 1)


@given(days, st.sampled_from(sorted(MONTHS)), st.sampled_from(sorted(WRITE_NAMED)))
def test_days_with_names_of_months_are_read_back(wanted: list[date], language: str, notation: str) -> None:
    names = MONTHS[language].split()
    texts = [WRITE_NAMED[notation](day, names[day.month - 1]) for day in wanted]
    found = read_dates(texts)

    assert [found.values[text] for text in texts] == wanted
    assert looks_like_dates(texts, is_named_date=False)


@given(days, st.sampled_from(sorted(WRITE_PERIOD)))
def test_periods_are_read_back_with_their_grain(wanted: list[date], notation: str) -> None:
    grain, write = WRITE_PERIOD[notation]
    texts = [write(day) for day in wanted]
    found = read_dates(texts)

    assert [found.values[text] for text in texts] == [_start(day, grain) for day in wanted]
    assert found.grain == grain


@given(days, st.sampled_from(PLAIN))
def test_days_with_the_year_first_are_read_back(wanted: list[date], notation: str) -> None:
    texts = [datetime(day.year, day.month, day.day, 10, 20).strftime(notation) for day in wanted]

    assert [read_dates(texts).values[text] for text in texts] == wanted


@given(days, st.sampled_from(ORDERED), st.booleans())
def test_days_with_the_year_last_are_read_by_the_column_or_reported(
    wanted: list[date], notation: str, month_first: bool
) -> None:
    written = notation.format(*("md" if month_first else "dm"))
    texts = [day.strftime(written) for day in wanted]
    found = read_dates(texts, month_first=not month_first)

    if any(day.day > 12 for day in wanted):
        assert [found.values[text] for text in texts] == wanted
        assert found.ambiguous == 0
    else:
        assert found.ambiguous == len({text for text, day in zip(texts, wanted, strict=True) if day.day != day.month})


@given(days, st.integers(1, 12))
def test_fiscal_periods_are_read_back_wherever_the_year_starts(wanted: list[date], start: int) -> None:
    def write(day: date) -> str:
        months = day.year * 12 + day.month - 1 - (start - 1)
        return f"FY{months // 12 + (start > 1)} P{months % 12 + 1:02}"

    texts = [write(day) for day in wanted]
    found = read_dates(texts, calendar=calendar_of(fiscal_year_start=start))

    assert [found.values[text] for text in texts] == [day.replace(day=1) for day in wanted]


@given(days, st.booleans())
def test_serial_numbers_are_read_back_in_both_systems(wanted: list[date], is_1904: bool) -> None:
    zero = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    texts = [str((day - zero).days) for day in wanted if (day - zero).days > 9_999]
    found = read_dates(texts, calendar=calendar_of(is_1904))

    assert all(found.values[text] == zero + timedelta(days=int(text)) for text in texts)


@given(days)
def test_swapped_days_are_found_and_swapped_back(wanted: list[date]) -> None:
    cells = {str(day.replace(month=day.day, day=day.month)): day for day in wanted if day.day <= 12}
    left = {day.strftime("%d/%m/%Y"): day for day in wanted if day.day > 12}
    found = read_dates([*cells, *left])
    repaired = read_dates([*cells, *left], repairs=True)

    assert set(found.swapped) == (set(cells) if len(cells) > 1 and left else set())
    assert repaired.values == cells | left
