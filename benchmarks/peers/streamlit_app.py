"""The overview in Streamlit: `SALES=sales.xlsx streamlit run streamlit_app.py`."""

import os
from pathlib import Path

import pandas as pd
import plotly.express as px
import streamlit as st

PATH = Path(os.environ["SALES"])
GRAINS = {"day": "D", "month": "MS"}
TEXTS = ["Region", "Product", "Channel"]
AMOUNTS = ["Revenue", "Cost", "Profit"]

st.set_page_config("Sales", layout="wide")


def version() -> int:
    return PATH.stat().st_mtime_ns


@st.cache_data(max_entries=2, show_spinner="Reading …")
def read(seen: int) -> pd.DataFrame:
    """Read the workbook, once for each version of it and for all users."""
    columns = ["Date", *TEXTS, *AMOUNTS]
    frame = pd.read_excel(PATH, engine="calamine", usecols=columns)
    return frame.astype(dict.fromkeys(TEXTS, "category"))


@st.cache_data(max_entries=256, show_spinner=False)
def aggregated(seen: int, chosen: tuple[tuple[str, ...], ...], grain: str) -> tuple[pd.Series, ...]:
    """Return the cards, the line and the bars of the chosen rows."""
    frame = read(seen)
    for name, values in zip(TEXTS, chosen, strict=True):
        if values:
            frame = frame[frame[name].isin(values)]
    line = frame.set_index("Date")["Revenue"].resample(GRAINS[grain]).sum()
    bars = [frame.groupby(name, observed=True)["Revenue"].sum() for name in ("Region", "Product")]
    return frame[AMOUNTS].sum(), line, *bars


@st.fragment(run_every=1)
def follow(seen: int) -> None:
    """Start over when the file has changed."""
    if version() != seen:
        st.rerun()


def main() -> None:
    seen = version()
    frame = read(seen)
    with st.sidebar:
        options = {name: list(frame[name].cat.categories) for name in TEXTS}
        chosen = (
            tuple(st.pills("Region", options["Region"], selection_mode="multi", key="region")),
            tuple(st.multiselect("Product", options["Product"], key="product")),
            tuple(st.pills("Channel", options["Channel"], selection_mode="multi", key="channel")),
        )
        grain = st.radio("By", list(GRAINS), index=1, horizontal=True)
    sums, line, regions, products = aggregated(seen, chosen, grain)
    cards = {name: f"{sums[name]:,.2f}" for name in AMOUNTS}
    cards["Margin"] = repr(float(sums["Profit"] / sums["Revenue"])) if sums["Revenue"] else "n/a"
    for column, (name, text) in zip(st.columns(4), cards.items(), strict=True):
        column.metric(name, text)
    st.plotly_chart(px.line(x=line.index, y=line.to_numpy(), labels={"x": "", "y": "Revenue"}), key="line")
    for column, bars in zip(st.columns(2), (regions, products), strict=True):
        column.plotly_chart(
            px.bar(x=bars.index, y=bars.to_numpy(), labels={"x": bars.index.name, "y": "Revenue"}), key=bars.index.name
        )
    follow(seen)


main()
