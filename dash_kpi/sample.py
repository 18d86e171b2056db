"""Sample workbooks: two years of a company that sells coffee machines and what goes with them.

Revenue is in the sales workbooks alone; the web shop counts visits and orders, customer service counts
customers and tickets. A few cells are wrong in the ways that real ones are, so that the report on the
quality of the data has something to name.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from openpyxl import Workbook

YEARS = 2
DAYS_OF_YEAR = 365.25
REGIONS = {"North": 1.25, "South": 0.95, "East": 0.75, "West": 1.05}
PRODUCTS = {  # unit price, unit cost, units on an ordinary day on which any are sold
    "Espresso machine": (499.0, 322.0, 2.0),
    "Filter machine": (149.0, 88.0, 4.5),
    "Grinder": (119.0, 66.0, 5.0),
    "Coffee beans": (24.9, 11.6, 32.0),
    "Cups and glasses": (16.5, 6.1, 26.0),
    "Maintenance kit": (39.0, 14.2, 12.0),
}
CHANNELS = {  # size, and the weight of each weekday from Monday on
    "Retail": (1.15, (0.8, 0.8, 0.9, 1.0, 1.35, 1.75, 0.1)),
    "Online": (1.0, (1.15, 1.0, 0.95, 0.95, 0.9, 0.95, 1.2)),
    "Partner": (0.85, (1.2, 1.25, 1.2, 1.15, 1.0, 0.1, 0.0)),
}
MONTHS = (0.92, 0.9, 0.98, 1.0, 0.97, 0.93, 0.86, 0.83, 0.98, 1.05, 1.24, 1.36)
GROWTH = 0.09  # a year
SOLD = 0.23  # of the combinations of region, product and channel, on an ordinary day
PROMOTION_DAYS, PROMOTION_LENGTH, PROMOTION_DISCOUNT = 160, 14, 0.15  # days before the end, days, share
OUTAGE_DAYS, OUTAGE_LENGTH = 43, 2
PRICE_RISE_DAYS, PRICE_RISE = 300, 0.06
SALES = ("Date", "Region", "Product", "Channel", "Units", "Unit price", "Discount", "Revenue", "Cost")
CUSTOMERS = ("Date", "Region", "New customers", "Support tickets")
WEB_SHOP = ("Date", "Visits", "Orders", "Ad spend")

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the sample, and how busy each is, whatever the channel."""

    days: tuple[date, ...]
    demand: npt.NDArray[np.float64]

    @property
    def last(self) -> date:
        """The last day."""
        return self.days[-1]

    def before_end(self, first: int, length: int) -> npt.NDArray[np.bool_]:
        """Mark `length` days from `first` days before the end on."""
        ages = np.arange(len(self.days))[::-1]
        return (ages <= first) & (ages > first - length)


def write_sample(folder: Path, end: date, seed: int = 8050) -> list[Path]:
    """Write the workbooks of the two years up to `end` into a folder, and return them.

    The same end and seed give the same numbers.
    """
    random, days = np.random.default_rng(seed), calendar(end)
    rows = sales(days, random)
    years = sorted({day.year for day in days.days})
    written = [
        write_workbook(
            folder / f"sales_{year}.xlsx", "Sales", SALES, with_flaws([r for r in rows if r[0].year == year])
        )
        for year in years
    ]
    title = f"Web shop, daily figures until {end:%d %B %Y}"
    written.append(write_workbook(folder / "web_shop.xlsx", "Daily", WEB_SHOP, web_shop(days, random), title))
    written.append(write_csv(folder / "customers.csv", CUSTOMERS, customers(days, random)))
    return written


def calendar(end: date) -> Days:
    """Return the days of the sample, with their growth and their season."""
    try:
        start = end.replace(year=end.year - YEARS) + timedelta(days=1)
    except ValueError:  # 29 February
        start = date(end.year - YEARS, 3, 1)
    days = tuple(start + timedelta(days=n) for n in range((end - start).days + 1))
    trend = (1 + GROWTH) ** (np.arange(len(days)) / DAYS_OF_YEAR)
    return Days(days, trend * season(days))


def season(days: Iterable[date]) -> npt.NDArray[np.float64]:
    """Return the weight of the time of year, month gliding into month."""
    middles = np.array([0.5 + month for month in range(-1, 13)])
    position = [day.month - 1 + (day.day - 1) / 31 for day in days]
    return np.interp(position, middles, [MONTHS[-1], *MONTHS, MONTHS[0]])


def sales(days: Days, random: np.random.Generator) -> list[Row]:
    """Return one row for each day, region, product and channel that sold something, in order of date."""
    rows: list[Row] = []
    for region, size in REGIONS.items():
        for channel, (share, week) in CHANNELS.items():
            weekday = np.array([week[day.weekday()] for day in days.days])
            demand = size * share * weekday * days.demand
            if channel == "Online":
                demand = np.where(days.before_end(OUTAGE_DAYS, OUTAGE_LENGTH), demand * 0.01, demand)
            for product in PRODUCTS:
                rows += product_sales(days, random, region, product, channel, demand)
    return sorted(rows, key=lambda row: row[0])


def product_sales(
    days: Days,
    random: np.random.Generator,
    region: str,
    product: str,
    channel: str,
    demand: npt.NDArray[np.float64],
) -> list[Row]:
    """Return the rows of one region, product and channel."""
    price, cost, ordinary = PRODUCTS[product]
    is_promoted = days.before_end(PROMOTION_DAYS, PROMOTION_LENGTH)
    is_dearer = days.before_end(PRICE_RISE_DAYS, PRICE_RISE_DAYS + 1)
    prices = np.round(np.where(is_dearer, price * (1 + PRICE_RISE), price), 2)
    wanted = demand * np.where(is_promoted, 1.5, 1.0) * np.where(is_dearer, 0.97, 1.0)
    is_sold = random.random(len(days.days)) < SOLD * np.minimum(1.6, 0.35 + 0.65 * wanted)
    units = np.where(is_sold, random.poisson(ordinary * wanted * random.gamma(12, 1 / 12, len(days.days))), 0)
    gross = units * prices
    discount = np.round(gross * np.where(is_promoted, PROMOTION_DISCOUNT, np.where(channel == "Partner", 0.05, 0.0)), 2)
    revenue, costs = np.round(gross - discount, 2), np.round(units * cost, 2)
    columns = (units, prices, discount, revenue, costs)
    return [
        (days.days[n], region, product, channel, *(column[n].item() for column in columns))
        for n in np.flatnonzero(units)
    ]


def with_flaws(rows: list[Row]) -> list[Row]:
    """Spoil a few cells the way people do, and sum up below."""
    total = ("Total", None, None, None, sum(row[4] for row in rows), None, *(sum_of(rows, n) for n in (6, 7, 8)))
    spoilt = [list(row) for row in rows]
    for position, column, value in ((0.21, 8, None), (0.37, 7, "n/a"), (0.58, 8, "#REF!"), (0.83, 6, "  ")):
        spoilt[int(len(rows) * position)][column] = value
    typed = spoilt[int(len(rows) * 0.66)]
    typed[0] = f"{typed[0]:%d %B %Y}"
    return [*map(tuple, spoilt), total]


def sum_of(rows: list[Row], column: int) -> float:
    """Return the sum of a column in cents' precision."""
    return round(float(sum(row[column] for row in rows)), 2)


def web_shop(days: Days, random: np.random.Generator) -> list[Row]:
    """Return visits, orders and advertising of each day; during the outage nothing was counted."""
    week = np.array([CHANNELS["Online"][1][day.weekday()] for day in days.days])
    visits = random.poisson(2600 * days.demand * week)
    orders = random.binomial(visits, 0.021)
    spend = np.round(260 * days.demand * random.gamma(40, 1 / 40, len(days.days)), 2)
    rows: list[Row] = list(zip(days.days, visits.tolist(), orders.tolist(), spend.tolist(), strict=True))
    for n in np.flatnonzero(days.before_end(OUTAGE_DAYS, OUTAGE_LENGTH)):
        rows[n] = (rows[n][0], "n/a", 0, rows[n][3])
    return rows


def customers(days: Days, random: np.random.Generator) -> list[Row]:
    """Return new customers and tickets of each day and region; the outage makes people call."""
    rows: list[Row] = []
    is_loud = days.before_end(OUTAGE_DAYS, OUTAGE_LENGTH + 1)
    for region, size in REGIONS.items():
        gained = random.poisson(6 * size * days.demand).tolist()
        tickets = random.poisson(9 * size * days.demand * np.where(is_loud, 3.5, 1.0)).tolist()
        rows += [
            (f"{day:%d.%m.%Y}", region, *numbers) for day, *numbers in zip(days.days, gained, tickets, strict=True)
        ]
    return rows


def write_workbook(path: Path, sheet: str, header: Row, rows: Iterable[Row], title: str | None = None) -> Path:
    """Write one sheet: a title if there is one, the header, the rows."""
    workbook = Workbook(write_only=True)
    table = workbook.create_sheet(sheet)
    for column in "ABCDEFGHI"[: len(header)]:
        table.column_dimensions[column].width = 16
    table.freeze_panes = "A4" if title else "A2"
    for row in ((title,), (), header) if title else (header,):
        table.append(row)
    for row in rows:
        table.append(row)
    workbook.save(path)
    return path


def write_csv(path: Path, header: Row, rows: Iterable[Row]) -> Path:
    """Write a table the way a European Excel does."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)
    return path
