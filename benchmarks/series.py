"""A filtered daily series over a million rows, beside pandas in memory and a scan of SQLite."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.instances import MEASURES, opened, store, temporary
from benchmarks.repetition import medians
from benchmarks.sales import AMOUNTS, Sales, sales
from benchmarks.table import Comparison, say
from dash_kpi.storage.daily import daily_measures
from dash_kpi.storage.database import MAIN
from dash_kpi.storage.sources import state_at

MOST_MILLISECONDS = 25.0
REGIONS, CHANNEL = ("North", "South"), "Online"
FILTERS = (("Channel", (CHANNEL,)), ("Region", REGIONS))


def rows(is_quick: bool) -> list[Comparison]:
    """Measure one filtered series, asked for again and again."""
    size, times = (100_000, 5) if is_quick else (1_000_000, 21)
    sold = sales(size)
    with temporary() as folder, opened(folder) as database:
        say(f"storing {size:,} rows")
        store(database, sold)
        state = state_at(database, MAIN)
        frame = in_memory(sold)
        with closing(in_sqlite(sold, folder / "rows.sqlite3")) as connection:
            say("asking for the series")
            acts = {
                "ours": lambda: daily_measures(database, state, FILTERS, ("revenue",)),
                "pandas": lambda: by_pandas(frame),
                "sqlite": lambda: by_sqlite(connection),
            }
            ours = daily_measures(database, state, FILTERS, ("revenue",))["revenue"].totals.sum()
            assert ours == by_pandas(frame).sum() == sum(row[1] for row in by_sqlite(connection))
            found = {name: 1000 * seconds for name, seconds in medians(acts, times).items()}
    what = f"filtered daily series over {size:,} rows"
    most = MOST_MILLISECONDS
    return [
        Comparison(what, "ms", found["ours"], "pandas in memory", found["pandas"], most=most),
        Comparison(what, "ms", found["ours"], "scan of SQLite", found["sqlite"], most=most),
    ]


def in_memory(sold: Sales) -> pd.DataFrame:
    """Return the rows as a well-made script keeps them: texts as categories."""
    frame = pd.DataFrame(sold.columns)
    return frame.astype(dict.fromkeys(("Region", "Product", "Channel", "Customer"), "category"))


def by_pandas(frame: pd.DataFrame) -> "pd.Series[float]":
    """Return the series as a script computes it."""
    rows = frame[frame["Region"].isin(REGIONS) & (frame["Channel"] == CHANNEL)]
    return rows.groupby("Date")["Revenue"].sum()


def in_sqlite(sold: Sales, path: Path) -> sqlite3.Connection:
    """Write the rows into a table of SQLite."""
    connection = sqlite3.connect(path)
    texts = [sold.columns[name].tolist() for name in ("Region", "Product", "Channel", "Customer")]
    columns = [np.datetime_as_string(sold.days).tolist(), *texts, *(sold.amounts[name].tolist() for name in AMOUNTS)]
    connection.execute(
        f"CREATE TABLE sold (date TEXT, region TEXT, product TEXT, channel TEXT, customer TEXT, "
        f"{', '.join(f'{name} REAL' for name in MEASURES.values())})"
    )
    connection.executemany(f"INSERT INTO sold VALUES ({', '.join('?' * len(columns))})", zip(*columns, strict=True))
    connection.commit()
    return connection


def by_sqlite(connection: sqlite3.Connection) -> list[tuple[float, ...]]:
    """Return the series as SQL."""
    return connection.execute(
        "SELECT date, sum(revenue) FROM sold WHERE region IN (?, ?) AND channel = ? GROUP BY date", (*REGIONS, CHANNEL)
    ).fetchall()
