"""The overview at the server over a million rows: cold and warm, with and without a filter."""

from collections.abc import Callable
from urllib.parse import urlencode

import pandas as pd

from benchmarks.callbacks import Callbacks
from benchmarks.instances import asked, store, temporary
from benchmarks.repetition import medians
from benchmarks.sales import sales
from benchmarks.series import in_memory
from benchmarks.table import Comparison, say
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import Database

VIEW, FLAG = "view.data", "flag.data"
PAGE = "overview."
COLD_MILLISECONDS, WARM_MILLISECONDS = 50.0, 10.0
WHERE = ("Region=North", "Region=South", "Channel=Online")


def rows(is_quick: bool) -> list[Comparison]:
    """Measure the callbacks that a change of the view or of the data sets off."""
    size, times = (100_000, 5) if is_quick else (1_000_000, 15)
    sold = sales(size)
    frame = in_memory(sold)
    with temporary() as folder, asked(folder) as (server, database):
        say(f"storing {size:,} rows")
        store(database, sold)
        callbacks = Callbacks(server, frozenset({VIEW, FLAG}))
        callbacks.specs = [spec for spec in callbacks.specs if "overview-chart" in spec["output"]]
        assert callbacks.specs
        say("asking for the overview")
        found = medians(_acts(database, callbacks, frame), times)
    what = f"overview over {size:,} rows at the server"
    return [
        Comparison(
            f"{what}, {name}",
            "ms",
            1000 * found[name],
            "pandas in memory",
            1000 * found[f"pandas, {name.split(', ')[1]}"],
            most=COLD_MILLISECONDS if name.startswith("cold") else WARM_MILLISECONDS,
        )
        for name in ("cold, unfiltered", "cold, filtered", "warm, unfiltered", "warm, filtered")
    ]


def _acts(database: Database, callbacks: Callbacks, frame: pd.DataFrame) -> dict[str, Callable[[], object]]:
    views = {
        "unfiltered": "period=all&by=Region",
        "filtered": urlencode([("period", "all"), ("by", "Region"), *(("where", where) for where in WHERE)]),
    }

    def ask(view: str) -> list[bytes]:
        return callbacks.ask({VIEW: view, FLAG: {"revision": 1}, "overview-as-table.value": False}, VIEW)

    def forget(view: str) -> None:
        database.answers = Answers()
        ask(view)

    acts: dict[str, Callable[[], object]] = {}
    for name, view in views.items():
        acts[f"cold, {name}"] = lambda view=view: forget(view)  # type: ignore[misc]
        acts[f"warm, {name}"] = lambda view=view: ask(view)  # type: ignore[misc]
        acts[f"pandas, {name}"] = lambda name=name: by_pandas(frame, name == "filtered")  # type: ignore[misc]
    return acts


def by_pandas(frame: pd.DataFrame, is_filtered: bool) -> list[object]:
    """Compute the numbers of the same overview as a script does: cards, months, regions."""
    if is_filtered:
        frame = frame[frame["Region"].isin(["North", "South"]) & (frame["Channel"] == "Online")]
    amounts = frame[["Revenue", "Cost", "Profit"]]
    months = frame["Date"].dt.to_period("M")
    return [amounts.sum(), amounts.groupby(months).sum(), amounts.groupby(frame["Region"], observed=True).sum()]
