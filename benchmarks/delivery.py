"""From saving a workbook that breaks a limit to the message that a channel accepted."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.instances import opened, served, temporary
from benchmarks.sales import Sales, sales
from benchmarks.table import Comparison, say
from benchmarks.workbooks import write_workbook
from dash_kpi.alerting.channels.store import save as save_channel
from dash_kpi.alerting.thresholds.decisions import save as save_threshold
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Threshold, Workspace
from tests.fakes.slack import TOKEN, FakeSlack

MOST_SECONDS = 3.0
LONGEST_SECONDS = 60.0
PACE_SECONDS = 1.1  # between two messages to one place: what Slack asks for is not what is measured
BROKEN = 0.1  # of what a day usually has
BY = "benchmark"


def rows(is_quick: bool) -> list[Comparison]:
    """Measure with the real worker and Slack's fake: each day closes, breaks or keeps its limit, and is told."""
    size, times = (2_000, 2) if is_quick else (20_000, 6)
    sold = sales(size)
    days = np.unique(sold.days)
    with temporary() as folder, FakeSlack() as slack, served(folder, slack_url=slack.api_url) as _:
        target, seconds = folder / "inbox" / "sales.xlsx", []
        _put(_until(sold, days[-times - 2]), folder, target)
        with opened(folder) as database:
            _wait(lambda: _revision(database) >= 1)
            say("setting a threshold")
            _set_up(database, sold)
            _wait(lambda: _is_judged(database))
            for number in range(times):
                time.sleep(PACE_SECONDS)
                last, told = days[-times - 1 + number], len(slack.ledger)
                book = _until(sold, last, BROKEN if number % 2 == 0 else 1.0)
                begun = _put(book, folder, target)
                _wait(lambda told=told: len(slack.ledger) > told)  # type: ignore[misc]
                seconds.append(slack.ledger[told].at - begun)
    what = f"workbook of {size:,} rows saved → message accepted by the channel"
    return [Comparison(what, "s", median(seconds), most=MOST_SECONDS)]


def _until(sold: Sales, last: np.datetime64, factor: float = 1.0) -> Sales:
    """Return the sales up to a day, of which that day has a part."""
    kept = sold.days <= last
    scale = np.where(sold.days[kept] == last, factor, 1.0)
    return Sales(
        sold.days[kept],
        {name: codes[kept] for name, codes in sold.codes.items()},
        {name: amounts[kept] * scale for name, amounts in sold.amounts.items()},
    )


def _put(book: Sales, folder: Path, target: Path) -> float:
    """Save a workbook as programs do, under another name first, and return when it was there."""
    written = write_workbook(folder / "written.xlsx", book)
    begun = time.time()
    written.rename(target)
    return begun


def _set_up(database: Database, sold: Sales) -> None:
    now = datetime.now(UTC)
    channel = {"kind": "slack", "name": "sales", "values": {"token": TOKEN, "channel": "C00000001"}}
    save_channel(database, MAIN, channel, BY, now)
    usual = float(sold.amounts["Revenue"].sum()) / len(np.unique(sold.days))
    rule = {"kpi": "revenue", "grain": "day", "conditions": [{"kind": "below", "low": usual / 4}]}
    save_threshold(database, MAIN, rule, BY, now)


def _revision(database: Database) -> int:
    with database.reading() as session:
        return session.get_one(Workspace, 1).revision


def _is_judged(database: Database) -> bool:
    with database.reading() as session:
        return session.get_one(Threshold, 1).judged_revision >= 1


def _wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not come")
        time.sleep(0.005)
