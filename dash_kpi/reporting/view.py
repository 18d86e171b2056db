"""The state of the bar: what a person looks at, as it stands in the URL."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self
from urllib.parse import parse_qs, urlencode

from dash_kpi.errors import Refused
from dash_kpi.kpis.periods import GRAINS, PERIODS, Comparison, Days, Grain

DEFAULT_PERIOD = "12m"
CUSTOM = "custom"
MOST_FIELDS = 500  # of a query
YEARS = range(1600, 2401)  # that a view can name: beyond them calendars end, and spans have millions of days
Compared = Comparison | Literal["fixed", "target"]
COMPARED: tuple[Compared, ...] = ("previous", "year", "fixed", "target", "none")
Filters = tuple[tuple[str, tuple[str, ...]], ...]  # (dimension, values that are let through), sorted


@dataclass(frozen=True, slots=True)
class View:
    """One view of the data; two equal views at one revision show the same numbers.

    In the URL: `period`, `from` and `to` (custom period, both included), `compare`, `against_from` and
    `against_to` (the period that `compare=fixed` names), `grain`, `kpi` (the chosen KPI, the first of several),
    `by` (the dimension of the breakdown), `as_of` (a past revision) and one `where=Dimension=value` for each value
    let through. Whatever is not understood has its default: a URL is typed by people.
    """

    period: str = DEFAULT_PERIOD
    start: date | None = None
    end: date | None = None
    compare: Compared = "previous"
    against: Days | None = None  # the fixed period that is compared with
    grain: Grain | None = None  # None: whichever suits the length of the period
    kpi: str | None = None
    by: str | None = None
    as_of: int | None = None
    filters: Filters = ()

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Read a view from a URL's query, with or without its question mark."""
        given = fields_of(query)

        def last(name: str) -> str:
            return given.get(name, [""])[-1]

        start, end = _day(last("from")), _day(last("to"))
        period = last("period") or (CUSTOM if start and end else DEFAULT_PERIOD)
        if (period == CUSTOM and (start is None or end is None)) or (period != CUSTOM and period not in PERIODS):
            period = DEFAULT_PERIOD
        if start and end and start > end:
            start, end = end, start
        compare: Compared = next((known for known in COMPARED if known == last("compare")), "previous")
        first, final = _day(last("against_from")), _day(last("against_to"))
        against = Days(min(first, final), max(first, final)) if compare == "fixed" and first and final else None
        return cls(
            period=period,
            start=start if period == CUSTOM else None,
            end=end if period == CUSTOM else None,
            compare=compare if against or compare != "fixed" else "previous",
            against=against,
            grain=next((known for known in GRAINS if known == last("grain")), None),
            kpi=(given.get("kpi") or [""])[0] or None,
            by=last("by") or None,
            as_of=_whole(last("as_of")),
            filters=parse_filters(given.get("where", [])),
        )

    def to_query(self) -> str:
        """Return the query that `from_query` reads back to this view, without defaults."""
        pairs: list[tuple[str, str]] = []
        if self.period != DEFAULT_PERIOD:
            pairs.append(("period", self.period))
        if self.start and self.end:
            pairs += [("from", self.start.isoformat()), ("to", self.end.isoformat())]
        if self.compare != "previous":
            pairs.append(("compare", self.compare))
        if self.against:
            pairs += [("against_from", self.against.start.isoformat()), ("against_to", self.against.end.isoformat())]
        for name in ("grain", "kpi", "by", "as_of"):
            value = getattr(self, name)
            if value is not None:
                pairs.append((name, str(value)))
        pairs += [("where", f"{name}={value}") for name, values in self.filters for value in values]
        return urlencode(pairs)

    @property
    def before(self) -> Comparison:
        """What a KPI such as growth sets the period against, whatever the cards are compared with."""
        return "year" if self.compare == "year" else "previous"

    def without(self, dimension: str) -> Self:
        """Return this view with no filter on the dimension."""
        return replace(self, filters=tuple(item for item in self.filters if item[0] != dimension))


def check_days(start: date | None, end: date | None) -> None:
    """Raise Refused for half a period, or one that ends before it begins."""
    if (start is None) != (end is None):
        raise Refused("A period has two ends: give both its first and its last day.")
    if start and end and start > end:
        raise Refused(f"The period ends on {end}, before it begins on {start}.")


def fields_of(query: str) -> dict[str, list[str]]:
    """Return what a URL's query gives, with or without its question mark. Raises Refused where it is too much."""
    try:
        return parse_qs(query.removeprefix("?"), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused(f"The address has more than {MOST_FIELDS:,} parts; choose fewer values to filter by.") from None


def page_in(query: str) -> int:
    """Return the page of a table that a URL's query asks for, 1 where it does not say."""
    given = fields_of(query).get("page", ["1"])[-1]
    return max(1, _whole(given) or 1)


def parse_filters(texts: list[str]) -> Filters:
    """Gather `Dimension=value` texts into filters; a text without `=` is passed over."""
    gathered: dict[str, set[str]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if sign and name:
            gathered.setdefault(name, set()).add(value)
    return tuple((name, tuple(sorted(values))) for name, values in sorted(gathered.items()))


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
