"""Several columns with a claim to be the revenue: one that sums the others, or a choice that a person is told of."""

from collections.abc import Iterable, Mapping, Sequence

from dash_kpi.ingest import headings
from dash_kpi.ingest import vocabulary as words
from dash_kpi.ingest.columns import Mapping as Parts
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.reasons import DECIDED
from dash_kpi.ingest.tables.totals import sums_to
from dash_kpi.storage.identifiers import quoted

_SAMPLE_ROWS = 500
_FEWEST_ROWS = 3
_STRONG = 25  # of a heading such as "Sales", as against "Amount"
_ALONE = 30  # "Sales" itself, "Net sales", "Total sales": no other column fits better
_NEARLY = 1


def sum_of_others(table: RawTable, profiles: Sequence[Profile]) -> dict[int, str]:
    """Return "revenue" for the column that is called a total and sums all others that are called revenue."""
    claims = [one for one in profiles if one.is_number and not one.heading.is_code and one.heading.measure == "revenue"]
    parts = [one for one in claims if one.heading.strength >= _STRONG and not _is_total(one)]
    wholes = [one for one in claims if _is_total(one)]
    if len(parts) < 2 or not wholes:
        return {}
    names = ", ".join(one.column.name for one in (*parts, *wholes))
    rows = table.rows(f"SELECT {names} FROM raw LIMIT {_SAMPLE_ROWS}")  # noqa: S608
    for place, whole in enumerate(wholes, start=len(parts)):
        judged = [
            (_number(whole, row[place]), [_number(one, cell) for one, cell in zip(parts, row, strict=False)])
            for row in rows
            if row[place] is not None
        ]
        if len(judged) >= _FEWEST_ROWS and all(sums_to(total, found) for total, found in judged):
            return {whole.column.index: "revenue"}
    return {}


def rival_doubts(table: RawTable, mapping: Parts, known: Mapping[int, str]) -> Iterable[Finding]:
    """Yield the columns that could be the revenue as well as the one that was taken, and hold other numbers."""
    chosen = next((one for one in mapping.measures if one.name == "revenue"), None)
    if chosen is None or chosen.profile.column.index in known or _is_decided(mapping, chosen.profile):
        return
    rivals = [
        one
        for one in mapping.measures
        if one.aggregation == "sum"
        and one.profile.heading.measure == "revenue"
        and _is_as_good(one.profile, chosen.profile)
        and _differs(table, one.name)
    ]
    if rivals:
        names = " and ".join(f"'{one.profile.column.heading}'" for one in rivals)
        yield Finding(
            "ambiguous_measure",
            f"Column '{chosen.profile.column.heading}' was taken for the revenue; {names} could be it as well. "
            "Choose in the mapping.",
            count=len(rivals),
        )


def _is_total(one: Profile) -> bool:
    return headings.has(headings.normalised(one.column.heading), words.TOTAL)


def _is_decided(mapping: Parts, one: Profile) -> bool:
    return mapping.reasons.get(one.column.index) == DECIDED


def _is_as_good(rival: Profile, chosen: Profile) -> bool:
    """Tell whether only the order of the columns, or a word of little weight, speaks for the chosen one."""
    ours, theirs = chosen.heading.strength, rival.heading.strength
    if ours < _STRONG:
        return theirs >= ours - _NEARLY
    is_other_kind = headings.has(headings.normalised(rival.column.heading), words.NOT_NET)
    return theirs == ours or (theirs >= _STRONG and ours < _ALONE and not is_other_kind)


def _differs(table: RawTable, name: str) -> bool:
    query = f"SELECT 1 FROM clean WHERE is_loaded AND revenue IS DISTINCT FROM {quoted(name)} LIMIT 1"  # noqa: S608
    return bool(table.rows(query))


def _number(one: Profile, cell: object) -> float | None:
    if isinstance(cell, str):
        if one.numbers is not None:
            return one.numbers.values.get(cell)
        try:
            return float(cell)
        except ValueError:
            return None
    return None if cell is None else float(cell)  # type: ignore[arg-type]
