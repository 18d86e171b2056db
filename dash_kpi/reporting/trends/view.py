"""What a person looks at on the page Trends: the view of the bar, and what the page itself lets one choose."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal, Self, get_args
from urllib.parse import urlencode

from dash_kpi.kpis.statistics.sensitivity import Sensitivity
from dash_kpi.kpis.statistics.smoothing import WINDOWS
from dash_kpi.reporting.chart_values import Style
from dash_kpi.reporting.view import View, fields_of

Show = Literal["history", "growth", "seasons", "distribution", "together", "segments"]
Layer = Literal["ma7", "ma14", "ma30", "smooth", "trend", "forecast", "anomalies", "changes", "notes", "comparison"]
Window = int | None | Literal["span"]

SECTIONS: tuple[Show, ...] = get_args(Show)
LAYERS: tuple[Layer, ...] = get_args(Layer)
AVERAGES: dict[Layer, int] = {"ma7": WINDOWS[0], "ma14": WINDOWS[1], "ma30": WINDOWS[2]}
SMOOTHED_SPAN = WINDOWS[0]  # of a moving average as old as the smoothing
DEFAULT_LAYERS: tuple[Layer, ...] = ("ma7", "trend", "forecast", "anomalies", "changes", "notes")
NO_LAYER = "none"
MOST_KPIS = 5  # in one chart
LONGEST_WINDOW = 10_000  # periods
ZOOMED_SPAN = re.compile(r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d|\w{1,20}")


@dataclass(frozen=True, slots=True)
class TrendsView:
    """The view of the bar and the choices of the page; two equal ones at one revision show the same.

    In the URL, beside what `View` reads: `kpi` may be repeated, the first is the main one and the others
    are set beside it; `show` is the section, `layers` what lies over the chart (a list with commas, or
    `none`), `style` how the line is drawn, `sensitivity` how readily a period is called unusual, `window`
    how many periods the trend looks at (`span`: those shown, `all`), and `zoomed` the period to go back to.
    """

    view: View = field(default_factory=View)
    others: tuple[str, ...] = ()
    show: Show = "history"
    layers: tuple[Layer, ...] = DEFAULT_LAYERS
    style: Style = "line"
    sensitivity: Sensitivity = "normal"
    window: Window = "span"
    zoomed: str | None = None

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Read the view from a URL's query; whatever is not understood has its default."""
        given = fields_of(query)

        def last(name: str) -> str:
            return given.get(name, [""])[-1]

        kpis = list(dict.fromkeys(filter(None, given.get("kpi", []))))
        zoomed = last("zoomed")
        return cls(
            view=replace(View.from_query(query), kpi=kpis[0] if kpis else None),
            others=tuple(kpis[1:MOST_KPIS]),
            show=next((known for known in SECTIONS if known == last("show")), "history"),
            layers=_layers(last("layers")),
            style=next((known for known in get_args(Style) if known == last("style")), "line"),
            sensitivity=next((known for known in get_args(Sensitivity) if known == last("sensitivity")), "normal"),
            window=_window(last("window")),
            zoomed=zoomed if ZOOMED_SPAN.fullmatch(zoomed) else None,
        )

    def to_query(self) -> str:
        """Return the query that `from_query` reads back to this view, without defaults."""
        pairs = [("kpi", name) for name in self.others]
        if self.show != "history":
            pairs.append(("show", self.show))
        if self.layers != DEFAULT_LAYERS:
            pairs.append(("layers", ",".join(self.layers) or NO_LAYER))
        for name, default in (("style", "line"), ("sensitivity", "normal"), ("window", "span"), ("zoomed", None)):
            value = getattr(self, name)
            if value != default:
                pairs.append((name, "all" if value is None else str(value)))
        return "&".join(filter(None, (self.view.to_query(), urlencode(pairs))))


def _layers(text: str) -> tuple[Layer, ...]:
    if not text:
        return DEFAULT_LAYERS
    named = text.split(",")
    return tuple(layer for layer in LAYERS if layer in named)


def _window(text: str) -> Window:
    if text == "all":
        return None
    if text.isdecimal() and len(text) < 6 and 1 <= int(text) <= LONGEST_WINDOW:
        return int(text)
    return "span"
