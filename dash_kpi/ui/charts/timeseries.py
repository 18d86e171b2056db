"""A KPI over time, as a line, an area or bars, with whatever lies over it."""

from datetime import date

from dash_kpi.reporting.chart_values import Cell, ChartTable, Head, Line, TimeSeries
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes, layers
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, washed
from dash_kpi.ui.charts.legend import Key


def figure(values: TimeSeries, currency: str = "") -> Figure:
    """Draw the line with its layers; nothing where there is no value at all."""
    line, over = values.line, values.layers
    if all(value is None for value in (*line.values, *(over.expected.values if over.expected else ()))):
        return axes.empty()
    own = _bars(line, currency) if values.style == "bar" else _lines(values, currency)
    traces = [*layers.behind(line, over, currency), *own, *layers.before(line, over, currency)]
    starts = (*line.starts, *(over.expected.starts if over.expected else ()))
    above = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    scale = {**axes.scale(line.unit, currency), "rangemode": _reach(values)}
    laid = axes.layout(
        axes.ticks(line.grain, starts), scale, hovermode="x", hoverdistance=-1, uirevision=line.label,
        shapes=layers.shapes(over), annotations=layers.annotations(over, line, currency),
    )  # fmt: skip
    return {"data": traces, "layout": laid | ({"yaxis2": above} if over.notes or over.changes else {})}


def summary(values: TimeSeries, currency: str = "") -> str:
    """Say where the KPI stands, its range, and which layers say something."""
    line, over = values.line, values.layers
    known = [(value, at) for at, value in enumerate(line.values) if value is not None]
    if not known:
        return f"{line.label}: no values in this period."
    (low, lowest), (high, highest), (last, newest) = min(known), max(known), known[-1]
    text = f"{line.label}: {formatted.short(line.unit, last, currency)} in {line.labels[newest]}"
    text += " (incomplete)" if newest in line.incomplete else ""
    if len(known) > 1:
        text += (
            f"; lowest {formatted.short(line.unit, low, currency)} in {line.labels[lowest]},"
            f" highest {formatted.short(line.unit, high, currency)} in {line.labels[highest]}"
        )
    missing = len(line.values) - len(known)
    text += f"; {formatted.count(missing, line.grain)} without a value" if missing else ""
    text += f"; {formatted.count(len(over.anomalies), 'anomaly', 'anomalies')}" if over.anomalies else ""
    if over.expected and over.expected.values:
        expected = formatted.short(line.unit, over.expected.values[-1], currency)
        text += f"; expected {expected} in {over.expected.labels[-1]}"
    return text + "."


def table(values: TimeSeries, currency: str = "") -> ChartTable:
    """List each period with its value, what was expected, and what is known about it."""
    line, over, unit = values.line, values.layers, values.line.unit
    heads = [Head(formatted.heading(line.grain)), Head(line.label, unit)]
    columns: list[tuple[Cell, ...]] = [line.labels, line.values]
    if any(value is not None for value in over.comparison):
        heads += [Head("Compared with"), Head("Comparison", unit)]
        columns += [_filled(over.comparison_labels, line, ""), _filled(over.comparison, line, None)]
    for average in over.averages:
        heads.append(Head(f"{average.periods}-{line.grain} average", unit))
        columns.append(average.values)
    if over.regression:
        heads.append(Head("Regression", unit))
        columns.append(over.regression)
    rows = list(zip(*columns, strict=True))
    if over.expected:
        rows, heads = _with_expected(rows, heads, values)
    if over.anomalies or over.changes or over.notes or line.incomplete:
        heads.append(Head("Remarks"))
        rows = [(*row, _remarks(values, at)) for at, row in enumerate(rows)]
    return ChartTable(f"{line.label} by {line.grain}", tuple(heads), tuple(rows))


def keys(values: TimeSeries, currency: str = "") -> tuple[Key, ...]:
    """Name what is drawn."""
    line, over = values.line, values.layers
    found = [Key(line.label, "bar" if values.style == "bar" else "line")]
    found += [Key("Comparison", "compared")] if any(value is not None for value in over.comparison) else []
    averages = enumerate(over.averages)
    found += [Key(f"{one.periods}-{line.grain} average", f"average-{at % 3 + 1}") for at, one in averages]
    found += [Key("Regression", "regression")] if over.regression else []
    found += [Key("Forecast", "expected")] if over.expected else []
    found += [Key(_levels(values), "band")] if over.expected and over.expected.bands else []
    found += [Key("Anomaly", "anomaly")] if over.anomalies else []
    found += [Key("Level change", "change")] if over.changes else []
    found += [Key("Note", "note-mark")] if over.notes else []
    found += [Key("Incomplete", "cut")] if line.incomplete else []
    return tuple(found)


def _lines(values: TimeSeries, currency: str) -> list[Figure]:
    line = values.line
    whole = [None if at in line.incomplete else value for at, value in enumerate(line.values)]
    base = {"type": "scatter", "connectgaps": False}
    tip = f"{axes.period(line.grain)}: {axes.hover(line.unit, currency)}"
    drawn = {
        **base, **axes.points(line.grain, line.starts, whole), "name": axes.plain(line.label),
        "mode": "lines+markers" if len(whole) <= axes.MOST_MARKERS else "lines",
        "line": {"color": ACCENT, "width": 2.25 if len(whole) <= 400 else 1.5}, "marker": {"color": ACCENT, "size": 6},
        "hovertemplate": f"{tip}<extra></extra>",
    }  # fmt: skip
    if values.style == "area":
        drawn |= {"fill": "tozeroy", "fillcolor": washed(ACCENT, 0.2)}
    if not line.incomplete:
        return [drawn, *_alone(line)]
    near = sorted({at + step for at in line.incomplete for step in (-1, 0, 1) if 0 <= at + step < len(whole)})
    days, cut = [line.starts[at].isoformat() for at in near], sorted(line.incomplete)
    dotted = {"mode": "lines", "line": {"color": ACCENT, "width": 2, "dash": "dot"}, "hoverinfo": "skip"}
    hollow = {"color": ACCENT, "size": 8, "symbol": "circle-open", "line": {"width": 2}}
    return [
        drawn,
        *_alone(line),
        {**base, "x": days, "y": axes.rounded([line.values[at] for at in near]), **dotted},
        {
            **base, "x": [line.starts[at].isoformat() for at in cut], "mode": "markers", "marker": hollow,
            "y": axes.rounded([line.values[at] for at in cut]), "name": "Incomplete",
            "hovertemplate": f"{tip} (incomplete)<extra></extra>",
        },
    ]  # fmt: skip


def _alone(line: Line) -> list[Figure]:
    """Dot the values between two gaps, which a line without markers would not show."""
    if len(line.values) <= axes.MOST_MARKERS:
        return []
    padded = (None, *line.values, None)
    lone = [at for at, v in enumerate(line.values) if v is not None and padded[at] is None and padded[at + 2] is None]
    lone = lone[-axes.MOST_POINTS :]
    dots = {"color": ACCENT, "size": 4}
    days, heights = [line.starts[at].isoformat() for at in lone], axes.rounded([line.values[at] for at in lone])
    dotted = {"type": "scatter", "mode": "markers", "marker": dots, "x": days, "y": heights, "hoverinfo": "skip"}
    return [dotted] if lone else []


def _bars(line: Line, currency: str) -> list[Figure]:
    placed = axes.points(line.grain, line.starts, line.values)
    bars: Figure = {"color": ACCENT, "line": {"width": 0}}
    if line.incomplete and len(line.values) <= axes.MOST_POINTS:
        shapes = ["/" if at in line.incomplete else "" for at in range(len(line.values))]
        bars["pattern"] = {"shape": shapes, "fillmode": "overlay", "size": 6, "solidity": 0.4}
    tip = f"{axes.period(line.grain)}: {axes.hover(line.unit, currency)}<extra></extra>"
    return [{"type": "bar", **placed, "name": axes.plain(line.label), "marker": bars, "hovertemplate": tip}]


def _reach(values: TimeSeries) -> str:
    """Areas and bars always stand on zero; a line of rates need not."""
    return axes.reach(values.line.unit) if values.style == "line" else "tozero"


def _filled(cells: tuple[Cell, ...], line: Line, nothing: Cell) -> tuple[Cell, ...]:
    return (*cells, *[nothing] * len(line.values))[: len(line.values)]


def _with_expected(
    rows: list[tuple[Cell, ...]], heads: list[Head], values: TimeSeries
) -> tuple[list[tuple[Cell, ...]], list[Head]]:
    expected, unit, width = values.layers.expected, values.line.unit, len(heads)
    if expected is None:
        return rows, heads
    further = [Head("Forecast", unit)]
    columns = [expected.values]
    for band in sorted(expected.bands, key=lambda band: band.level):
        further += [Head(f"{band.level} % from", unit), Head(f"{band.level} % to", unit)]
        columns += [band.low, band.high]
    blank: tuple[Cell, ...] = tuple("" if head.unit is None else None for head in heads[1:width])
    ahead = [(label, *blank, *cells) for label, *cells in zip(expected.labels, *columns, strict=True)]
    return [*((*row, *[None] * len(further)) for row in rows), *ahead], heads + further


def _remarks(values: TimeSeries, at: int) -> str:
    line, over = values.line, values.layers
    if at >= len(line.starts):
        return "forecast"
    first = line.starts[at]
    following = line.starts[at + 1] if at + 1 < len(line.starts) else date.max
    said = ["incomplete"] if at in line.incomplete else []
    said += [mark.text for mark in (*over.anomalies, *over.changes) if mark.start == first]
    is_first = at == 0  # a note that began earlier is told where the chart begins
    said += [
        note.text
        for note in over.notes
        if first <= note.first < following or (is_first and note.first < first <= note.last)
    ]
    return "; ".join(said)


def _levels(values: TimeSeries) -> str:
    bands = values.layers.expected.bands if values.layers.expected else ()
    return " and ".join(f"{level} %" for level in sorted(band.level for band in bands)) + " interval"
