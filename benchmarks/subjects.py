"""What is compared in the browser: the dashboard, and the same overview in Streamlit and in Vizro."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.instances import served
from benchmarks.peers.environment import python
from benchmarks.processes import Server, free_port, serving
from benchmarks.sales import FILTERED, REGIONS, TEXTS, Choice

PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True)
class Subject:
    """One dashboard: how it is started, and where its page shows what.

    `numbers` is JavaScript for the texts of revenue, cost, profit and margin, `chart` for what is there once
    the chart is drawn; pressing `option` leaves these regions.
    """

    name: str
    start: Callable[[Path], AbstractContextManager[Server]]  # with the folder of `sales.xlsx`
    numbers: str
    chart: str
    option: str
    path: str = "/"
    pressed: tuple[str, ...] = ("North",)
    follows: bool = True  # an open page, a changed file
    refilter: Callable[[dict[str, Any], Choice], None] | None = None  # makes the body of a press that of another

    def workbook(self, folder: Path) -> Path:
        """Return where the workbook lies that it shows."""
        return folder / "inbox" / "sales.xlsx"


def _refilter_ours(body: dict[str, Any], choice: Choice) -> None:
    wheres = [("where", f"{name}={value}") for name, value in choice.items()]
    for item in body["inputs"]:
        if item["id"] == "view":
            item["value"] = urlencode([("period", "all"), ("by", "Region"), *wheres])


def _refilter_vizro(body: dict[str, Any], choice: Choice) -> None:
    values = {name.lower(): [choice[name]] if name in choice else list(TEXTS[name]) for name in FILTERED}
    for item in body["state"]:
        item["value"] = values.get(item["id"], item.get("value"))
    body["inputs"][0]["value"] = values["region"]


def put(source: Path, target: Path) -> None:
    """Save a workbook as Excel does: under another name first, then in the place of the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.parent / "8F3A1B00"
    shutil.copyfile(source, part)
    part.replace(target)


@contextmanager
def _streamlit(folder: Path) -> Iterator[Server]:
    port = free_port()
    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "global.developmentMode": "false",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [str(python()), "-m", "streamlit", "run", str(PEERS / "streamlit_app.py"), *flags]
    workbook = str(folder / "inbox" / "sales.xlsx")
    with serving(
        command, f"http://127.0.0.1:{port}", folder, "/_stcore/health", SALES=workbook, HOME=str(folder)
    ) as server:
        yield server


@contextmanager
def _vizro(folder: Path) -> Iterator[Server]:
    port = free_port()
    options = ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "30"]
    address = ["--preload", "--no-control-socket", "--timeout", "120", "--bind", f"127.0.0.1:{port}"]
    command = [str(python()), "-m", "gunicorn", *options, *address, "--chdir", str(PEERS), "vizro_app:server"]
    workbook = str(folder / "inbox" / "sales.xlsx")
    with serving(command, f"http://127.0.0.1:{port}", folder, SALES=workbook, VIZRO_LOG_LEVEL="ERROR") as server:
        yield server


OURS = Subject(
    "ours",
    served,
    numbers="['revenue', 'cogs', 'profit', 'profit_margin'].map("
    '(name) => document.querySelector(`[data-kpi="${name}"]`)?.dataset.value)',
    chart=".js-plotly-plot .scatterlayer .trace",
    option="[data-where='Region=North']",
    path="/?period=all&by=Region",
    refilter=_refilter_ours,
)
STREAMLIT = Subject(
    "streamlit",
    _streamlit,
    numbers="[...document.querySelectorAll('[data-testid=\"stMetricValue\"]')].map((one) => one.textContent)",
    chart=".js-plotly-plot .scatterlayer .trace",
    option=".st-key-region button:has-text('North')",
)
VIZRO = Subject(
    "vizro",
    _vizro,
    numbers="[...document.querySelectorAll('.sales-card')].map((one) => one.textContent)",
    chart=".js-plotly-plot .scatterlayer .trace",
    option="#region label:has-text('North')",
    pressed=tuple(region for region in REGIONS if region != "North"),  # all are ticked at first
    follows=False,
    refilter=_refilter_vizro,
)
SUBJECTS = (OURS, STREAMLIT, VIZRO)
