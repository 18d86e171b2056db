"""Columns that say what the amounts beside them mean: a debit or a credit, and which currency."""

from collections.abc import Iterable

from dash_kpi.ingest import headings
from dash_kpi.ingest import vocabulary as words
from dash_kpi.ingest.cleaning import CleanTable
from dash_kpi.ingest.columns import Mapping
from dash_kpi.ingest.months import plain
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.reading import Warning as Finding


def flag_doubts(mapping: Mapping, cleaned: CleanTable) -> Iterable[Finding]:
    """Yield the dimensions that tell amounts of two directions, or of several currencies, apart."""
    amount = next((one.profile for one in mapping.measures if one.name == "revenue"), None)
    if amount is None or amount.lowest is None:
        return
    heading = amount.column.heading
    for name, one in mapping.dimensions.items():
        values = cleaned.values[name]
        if values == 2 and amount.lowest >= 0 and _is_direction(one):
            first, second = sorted({text.strip() for text in one.sample})[:2]
            yield Finding(
                "unsigned_amounts",
                f"Column '{one.column.heading}' tells '{first}' from '{second}', but the numbers of column '{heading}' "
                f"have no sign: the total adds both. Filter by '{one.column.heading}' to see one of them.",
            )
        if values > 1 and headings.has(headings.normalised(one.column.heading), words.CURRENCY):
            yield Finding(
                "mixed_currencies",
                f"Column '{one.column.heading}' names {values:,} currencies; the numbers of column '{heading}' "
                "were not converted.",
                count=values,
            )


def _is_direction(one: Profile) -> bool:
    found = {plain(text).strip(" .") for text in one.sample}
    return len(found) == 2 and any(found <= set(pair) for pair in words.DIRECTIONS)
