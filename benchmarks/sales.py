"""Invented sales of three years with known totals, the same for the same seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

FIRST_DAY = np.datetime64("2023-01-01")
DAYS = 1096  # to 31 December 2025
REGIONS = ("North", "South", "East", "West", "Central")
CHANNELS = ("Online", "Retail", "Partner", "Phone")
PRODUCTS = tuple(f"Product {number:02}" for number in range(1, 25))
CUSTOMERS = tuple(f"Customer {number:04}" for number in range(1, 2001))

TEXTS = {"Region": REGIONS, "Product": PRODUCTS, "Channel": CHANNELS, "Customer": CUSTOMERS}
AMOUNTS = ("Units", "Discount", "Revenue", "Cost", "Profit")
HEADINGS = ("Date", *TEXTS, *AMOUNTS)
FILTERED = ("Region", "Product", "Channel")  # what the pages filter by

Choice = Mapping[str, str]  # the one value of each column that is let through


@dataclass(frozen=True)
class Sales:
    """Rows as columns. Texts are positions in their table in `TEXTS`.

    Amounts are multiples of a quarter: whatever the order in which they are summed, the sum is exact,
    so that a number can be compared to its last digit.
    """

    days: npt.NDArray[np.datetime64]
    codes: dict[str, npt.NDArray[np.int64]]
    amounts: dict[str, npt.NDArray[np.float64]]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.days)

    @cached_property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Every column under its heading, texts as texts."""
        texts = {name: np.array(TEXTS[name], dtype=object)[codes] for name, codes in self.codes.items()}
        return {"Date": self.days.astype("datetime64[s]"), **texts, **self.amounts}

    def totals(self, regions: Sequence[str] = REGIONS) -> "Totals":
        """Return what the cards have to show for the rows of these regions."""
        return self._totals(np.isin(self.codes["Region"], [REGIONS.index(region) for region in regions]))

    def totals_of(self, choice: Choice) -> "Totals":
        """Return what the cards have to show for the rows with these values."""
        mask = np.ones(len(self), dtype=bool)
        for name, value in choice.items():
            mask &= self.codes[name] == TEXTS[name].index(value)
        return self._totals(mask)

    def _totals(self, mask: npt.NDArray[np.bool_]) -> "Totals":
        revenue, cost, profit = (float(self.amounts[name][mask].sum()) for name in ("Revenue", "Cost", "Profit"))
        return Totals(revenue, cost, profit, profit / revenue if revenue else float("nan"))


@dataclass(frozen=True, slots=True)
class Totals:
    """The four numbers of the overview."""

    revenue: float
    cost: float
    profit: float
    margin: float


def sales(rows: int, seed: int = 1, spread: int = DAYS) -> Sales:
    """Invent sales over so many days, in their order."""
    random = np.random.default_rng([rows, seed])
    days = FIRST_DAY + np.sort(random.integers(0, spread, rows))
    codes = {name: random.integers(0, len(texts), rows) for name, texts in TEXTS.items()}
    units = random.integers(1, 40, rows).astype(np.float64)
    price = random.integers(20, 2000, rows) / 4
    discount = np.where(random.random(rows) < 0.2, np.floor(units * price / 10 * 4) / 4, 0.0)
    revenue = units * price - discount
    cost = np.floor(revenue * random.uniform(0.4, 0.8, rows) * 4) / 4
    amounts = dict(zip(AMOUNTS, (units, discount, revenue, cost, revenue - cost), strict=True))
    return Sales(days, codes, amounts)
