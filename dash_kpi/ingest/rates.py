"""Whether discounts and margins are fractions, percents or amounts of money."""

from typing import Literal

from dash_kpi.ingest import headings
from dash_kpi.ingest import vocabulary as words
from dash_kpi.ingest.profile import Profile

RATES = ("discount", "margin")
Scale = Literal["fraction", "percent", "amount"]


def scale_of(one: Profile, may_be_negative: bool = False) -> Scale:
    """Return what 15 in this column means; a margin may be negative, a discount may not."""
    low, high = one.lowest, one.highest
    if low is None or high is None:
        return "amount"
    most_negative = -1.5 if may_be_negative else 0.0
    if most_negative <= low and high <= (1.5 if may_be_negative else 1.0):
        return "fraction"
    if not 100 * most_negative <= low <= high <= 100 or (one.numbers and one.numbers.has_percent):
        return "amount"
    return "percent" if says_percent(one) or (one.is_whole and not _says_amount(one)) else "amount"


def says_percent(one: Profile) -> bool:
    """Tell whether the heading itself says that the numbers are percents."""
    return headings.has(headings.normalised(one.column.heading), words.PERCENT)


def _says_amount(one: Profile) -> bool:
    return headings.has(headings.normalised(one.column.heading), words.AMOUNT)
