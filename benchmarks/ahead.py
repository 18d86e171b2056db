"""A forecast as a page gets it: computed in a fresh process, and read where the worker kept it."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.instances import opened, store, temporary
from benchmarks.repetition import medians
from benchmarks.sales import sales
from benchmarks.table import Comparison, say
from dash_kpi.reporting.ahead import advance, wanted_ahead
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.forecasts import forecast_of
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import State, state_at

COLD_SECONDS, KEPT_MILLISECONDS = 1.0, 20.0
# A past revision is computed in the process and not kept: so that every repetition computes.
FRESH = """
import sys, time
from pathlib import Path
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
database = Database(load_settings(instance=Path(sys.argv[1])))
begun = time.perf_counter()
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.forecasts import forecast_of
state = state_at(database, MAIN, 1)
assert state.is_past
found = forecast_of(database, state, kpis_of(database, state)[0], "day")
print(time.perf_counter() - begun)
assert found.mean, found.reason
"""


def rows(is_quick: bool) -> list[Comparison]:
    """Measure one daily forecast cold, with its imports, and kept; and all that the worker computes after a load."""
    size, times = (100_000, 3) if is_quick else (1_000_000, 9)
    with temporary() as folder, opened(folder) as database:
        say(f"storing {size:,} rows")
        for some in (size // 2, size):
            store(database, sales(some))
        say("asking for forecasts")
        cold = median([_fresh(folder) for _ in range(times + 1)][1:])
        state = state_at(database, MAIN)
        found = medians({"kept": lambda: _kept(database, state)}, times)
        say("computing what the worker does after a load")
        all_of = list(wanted_ahead(database, state))
        seconds = medians({"all": lambda: _every(database)}, 1, 0)["all"]
    what = f"a forecast by day over {size:,} rows"
    return [
        Comparison(f"{what}, cold in a fresh process", "s", cold, most=COLD_SECONDS),
        Comparison(f"{what}, kept", "ms", 1000 * found["kept"], most=KEPT_MILLISECONDS),
        Comparison(f"{len(all_of)} forecasts of the worker after a load, each", "s", seconds / len(all_of)),
    ]


def _fresh(instance: Path) -> float:
    command = [sys.executable, "-c", FRESH, str(instance)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _kept(database: Database, state: State) -> None:
    """Ask with nothing remembered in the process but the KPIs."""
    kpis = kpis_of(database, state)
    database.answers = Answers()
    database.answers.get(("kpis", state.workspace_id, state.revision), lambda: kpis)
    assert forecast_of(database, state, kpis[0], "day").mean


def _every(database: Database) -> None:
    while advance(database, MAIN, datetime.now(UTC)):
        pass
