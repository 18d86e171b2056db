"""The overview in Vizro: `SALES=sales.xlsx gunicorn vizro_app:server`."""

import os
from functools import lru_cache
from pathlib import Path

import pandas as pd
import plotly.express as px
import vizro.models as vm
from dash import html
from plotly.graph_objects import Figure
from vizro import Vizro
from vizro.managers import data_manager
from vizro.models.types import capture

PATH = Path(os.environ["SALES"])
GRAINS = {"day": "D", "month": "MS"}
TEXTS = ["Region", "Product", "Channel"]
AMOUNTS = ["Revenue", "Cost", "Profit"]


@lru_cache(maxsize=2)
def read(_version: int) -> pd.DataFrame:
    """Read the workbook, once for each version of it."""
    frame = pd.read_excel(PATH, engine="calamine", usecols=["Date", *TEXTS, *AMOUNTS])
    return frame.astype(dict.fromkeys(TEXTS, "category"))


def load() -> pd.DataFrame:
    """Return the rows as they are now: what Vizro calls at each load of a page."""
    return read(PATH.stat().st_mtime_ns)


@capture("figure")
def card(data_frame: pd.DataFrame, name: str) -> html.Div:
    """Show a sum, or the margin, with all its digits."""
    sums = data_frame[AMOUNTS].sum()
    text = repr(float(sums["Profit"] / sums["Revenue"])) if name == "Margin" else f"{sums[name]:,.2f}"
    return html.Div([html.H3(name), html.P(text, className="sales-card")], className="card card-kpi")


@capture("graph")
def line(data_frame: pd.DataFrame, grain: str = "month") -> Figure:
    """Draw the revenue by day or month."""
    series = data_frame.set_index("Date")["Revenue"].resample(GRAINS[grain]).sum()
    return px.line(x=series.index, y=series.to_numpy(), labels={"x": "", "y": "Revenue"})


@capture("graph")
def bars(data_frame: pd.DataFrame, by: str) -> Figure:
    """Draw the revenue by the values of a column."""
    sums = data_frame.groupby(by, observed=True)["Revenue"].sum()
    return px.bar(x=sums.index, y=sums.to_numpy(), labels={"x": by, "y": "Revenue"})


data_manager["sales"] = load
page = vm.Page(
    title="Sales",
    layout=vm.Grid(grid=[[0, 1, 2, 3], [4, 4, 4, 4], [4, 4, 4, 4], [5, 5, 6, 6], [5, 5, 6, 6]]),
    components=[
        *(vm.Figure(figure=card("sales", name=name)) for name in (*AMOUNTS, "Margin")),
        vm.Graph(id="line", figure=line("sales")),
        *(vm.Graph(figure=bars("sales", by=name)) for name in ("Region", "Product")),
    ],
    controls=[
        vm.Filter(column="Region", selector=vm.Checklist(id="region")),
        vm.Filter(column="Product", selector=vm.Dropdown(id="product", multi=True)),
        vm.Filter(column="Channel", selector=vm.Checklist(id="channel")),
        vm.Parameter(targets=["line.grain"], selector=vm.RadioItems(id="grain", options=list(GRAINS), value="month")),
    ],
)
app = Vizro().build(vm.Dashboard(title="Sales", pages=[page]))
server = app.dash.server
server.test_client().get("/")  # Dash finishes its setup at the first request, which must not come from two threads
