"""What every page asks of the server: cold, warm, and how many bytes its answers have, over a million rows."""

from collections.abc import Callable

from benchmarks.callbacks import Callbacks
from benchmarks.instances import asked, store, temporary
from benchmarks.overview import FLAG, VIEW
from benchmarks.repetition import medians
from benchmarks.sales import sales
from benchmarks.table import Comparison, say
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import Database

DAYS = 1500
PAGES = {  # what each page is asked for, beside all of the data
    "overview": "",
    "overview, two years by day": "period=custom&from=2024-01-01&to=2025-12-31&grain=day",
    "rows": "kpi=revenue",
    "drivers": "period=year&by=Product",
    "trends": "grain=day",
    "trends, growth": "show=growth&grain=day",
    "trends, seasons": "show=seasons&grain=day",
    "trends, distribution": "show=distribution&grain=day",
    "trends, together": "show=together&grain=day&kpi=revenue&kpi=cogs",
    "trends, segments": "show=segments&grain=day&by=Product",
}
CHANGES = "overview-changed"  # asked for by itself, so that nothing waits for it; measured in `changes`
MOST_KILOBYTES = 60.0  # of the overview, compressed


def rows(is_quick: bool) -> list[Comparison]:
    """Measure the answers of each page."""
    size, times = (100_000, 3) if is_quick else (1_000_000, 9)
    with temporary() as folder, asked(folder) as (server, database):
        say(f"storing {size:,} rows over {DAYS:,} days")
        store(database, sales(size, spread=DAYS))
        callbacks = Callbacks(server, frozenset({VIEW, FLAG}))
        say("asking for every page")
        return [one for name, view in PAGES.items() for one in _of_page(database, callbacks, name, view, times)]


def _of_page(database: Database, callbacks: Callbacks, name: str, view: str, times: int) -> list[Comparison]:
    specs = [spec for spec in callbacks.of(name.split(",")[0]) if CHANGES not in spec["output"]]
    assert specs, name
    asked = view if "period=" in view else f"period=all&{view}"

    def ask() -> list[bytes]:
        return [callbacks.answer(spec, {VIEW: asked, FLAG: {"revision": 1}}, VIEW) for spec in specs]

    def ask_cold() -> None:
        database.answers = Answers()
        ask()

    acts: dict[str, Callable[[], object]] = {"cold": ask_cold, "warm": ask}
    seconds = medians(acts, times)
    size = sum(map(len, ask())) / 1024
    most = MOST_KILOBYTES if name == "overview" else None
    return [
        *(Comparison(f"page {name}, {act}", "ms", 1000 * seconds[act]) for act in acts),
        Comparison(f"page {name}, compressed answers", "kB", size, most=most),
    ]
