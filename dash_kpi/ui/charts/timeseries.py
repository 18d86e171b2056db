"""A KPI over time, as a line, an area or bars, with whatever lies over it."""

from dataclasses import replace

from dash_kpi.reporting.chart_values import Cell, ChartTable, Head, Layers, Line, TimeSeries
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes, layers, strokes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, washed
from dash_kpi.ui.charts.legend import Key
from dash_kpi.ui.charts.levels import condensed, level


def figure(values: TimeSeries, currency: str = "") -> Figure:
    """Draw the line with its layers; of a very long one, its level before its extremes."""
    line, over = values.line, layers.evened(values.layers, values.line)
    numbers = _numbers(line, over)
    if not layers.known(line.values) and not (over.expected and layers.known(over.expected.values)):
        return axes.empty(axes.NO_VALUES)
    drawn, extremes = _drawn(TimeSeries(line, over, values.style))
    traces = [
        *extremes,
        *layers.behind(drawn.line, drawn.layers, currency),
        *(
            strokes.bars(drawn.line, currency)
            if drawn.style == "bar"
            else strokes.lines(drawn, currency, bool(extremes))
        ),
        *layers.before(drawn.line, drawn.layers, currency),
        *([layers.anomalies(line, over.anomalies)] if over.anomalies else []),
    ]
    starts = (*drawn.line.starts, *(over.expected.starts if over.expected else ()))
    scale = {**axes.scale(line.unit, currency, numbers), "rangemode": _reach(values)}
    if len(layers.known(line.values)) == 1 == len(numbers):
        scale |= _around(numbers[0], scale["rangemode"])
    ticks = axes.ticks(line.grain, starts) | (axes.alone(line.grain, starts[0]) if len(starts) == 1 else {})
    laid = axes.layout(
        ticks, scale, **axes.by_period(len(starts)), uirevision=line.label,
        shapes=layers.shapes(drawn.line, over), annotations=layers.annotations(line, over),
    )  # fmt: skip
    above = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    return {"data": traces, "layout": laid | ({"yaxis2": above} if over.changes else {})}


def summary(values: TimeSeries, currency: str = "") -> str:
    """Say where the KPI stands, the range of its whole periods, and which layers say something."""
    line, over = values.line, values.layers
    known = [(value, at) for at, value in enumerate(line.values) if value is not None]
    if not known:
        return f"{line.label}: no values in this period."
    (last, newest), ranked = known[-1], [one for one in known if one[1] not in line.incomplete]
    text = f"{line.label}: {formatted.short(line.unit, last, currency)} {axes.when(line.grain, line.labels[newest])}"
    text += " (incomplete)" if newest in line.incomplete else ""
    if len(ranked) > 1:
        (low, lowest), (high, highest) = min(ranked), max(ranked)
        text += (
            f"; lowest {formatted.short(line.unit, low, currency)} {axes.when(line.grain, line.labels[lowest])},"
            f" highest {formatted.short(line.unit, high, currency)} {axes.when(line.grain, line.labels[highest])}"
        )
    missing = len(line.values) - len(known)
    text += f"; {formatted.count(missing, line.grain)} without a value" if missing else ""
    text += f"; {formatted.count(len(over.anomalies), 'anomaly', 'anomalies')}" if over.anomalies else ""
    if over.expected and over.expected.values:
        expected = formatted.short(line.unit, over.expected.values[-1], currency)
        text += f"; expected {expected} {axes.when(line.grain, over.expected.labels[-1])}"
    return text + "."


def table(values: TimeSeries, currency: str = "") -> ChartTable:
    """List each period with its value, what was expected, and what is known about it."""
    line, unit = values.line, values.line.unit
    over = layers.evened(values.layers, line)
    values = replace(values, layers=over)
    heads = [Head(formatted.heading(line.grain)), Head(line.label, unit)]
    columns: list[tuple[Cell, ...]] = [line.labels, line.values]
    if layers.known(over.comparison):
        heads += [Head("Compared with"), Head("Comparison", unit)]
        columns += [over.comparison_labels, over.comparison]
    for average in over.averages:
        heads.append(Head(average.named(line.grain), unit))
        columns.append(average.values)
    if over.regression:
        heads.append(Head("Regression", unit))
        columns.append(over.regression)
    rows = list(zip(*columns, strict=True))
    if over.expected:
        rows, heads = _with_expected(rows, heads, values)
    if over.anomalies or over.changes or line.incomplete:
        heads.append(Head("Remarks"))
        rows = [(*row, _remarks(values, at)) for at, row in enumerate(rows)]
    return ChartTable(f"{line.label} by {line.grain}", tuple(heads), tuple(rows))


def keys(values: TimeSeries, currency: str = "") -> tuple[Key, ...]:
    """Name what is drawn."""
    line, over = values.line, values.layers
    found = _own_keys(values)
    found += [Key("Comparison", "compared")] if layers.known(over.comparison) else []
    found += [
        Key(one.named(line.grain), f"average-{at % len(layers.AVERAGES) + 1}")
        for at, one in enumerate(_drawn(values)[0].layers.averages)
    ]
    found += [Key("Regression", "regression")] if over.regression else []
    found += [Key("Forecast", "expected")] if over.expected else []
    found += [Key(_levels(values), "band")] if over.expected and over.expected.bands else []
    found += [
        Key(f"{limit.label} {formatted.short(line.unit, limit.value, currency)}", f"limit-{at % 2 + 1}")
        for at, limit in enumerate(over.limits)
    ]
    found += [Key("Anomaly", "anomaly")] if over.anomalies else []
    found += [Key("Level change", "change")] if over.changes else []
    return tuple(found)


def _own_keys(values: TimeSeries) -> list[Key]:
    line = values.line
    if _is_condensed(line):
        stretch = formatted.count(level(line).stride, line.grain)
        return [Key(f"{line.label}, average of {stretch}", "line"), Key("lowest to highest", "band")]
    is_bar = values.style == "bar"
    cut = [Key("Incomplete", "bar-cut" if is_bar else "cut")] if line.incomplete else []
    return [Key(line.label, "bar" if is_bar else "line"), *cut]


def _numbers(line: Line, over: Layers) -> list[float]:
    bands = [end for band in over.expected.bands for end in (band.low, band.high)] if over.expected else []
    ahead = over.expected.values if over.expected else ()
    found = [value for values in (line.values, over.comparison, ahead, *bands) for value in layers.known(values)]
    return found + [limit.value for limit in over.limits]


def _around(value: float, rangemode: str) -> Figure:
    """Give a single value an axis on which it does not lie at the edge."""
    if rangemode == "tozero":
        return {"range": sorted((0.0, value * 1.25 or 1.0))}
    return {"range": [value - abs(value or 1.0) * 0.25, value + abs(value or 1.0) * 0.25]}


def _is_condensed(line: Line) -> bool:
    return len(line.values) > axes.MOST_POINTS


def _drawn(values: TimeSeries) -> tuple[TimeSeries, list[Figure]]:
    """Return what is drawn: of a very long line the averages of stretches, and behind it how far they reach."""
    line, over = values.line, values.layers
    if not _is_condensed(line):
        return values, []
    whole = replace(line, values=tuple(None if at in line.incomplete else v for at, v in enumerate(line.values)))
    found = level(whole)
    compared = level(replace(whole, values=over.comparison, labels=over.comparison_labels)) if over.comparison else None
    smooth = [one for one in over.averages if one.periods > found.stride]
    sparse = replace(
        over,
        averages=tuple(replace(one, values=tuple(found.at(one.values))) for one in smooth),
        regression=tuple(found.at(over.regression)) if over.regression else (),
        comparison=compared.mean if compared else (),
        comparison_labels=compared.tips if compared else (),
    )
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    short = condensed(line, found)
    low = {**edge, **layers.placed(short, found.low, layers.ENOUGH_DIGITS), "connectgaps": True}
    high = {**edge, **layers.placed(short, found.high, layers.ENOUGH_DIGITS), "connectgaps": True}
    extremes = [low, high | {"fill": "tonexty", "fillcolor": washed(ACCENT, 0.24), "name": "Lowest to highest"}]
    return TimeSeries(short, sparse, "line"), extremes


def _reach(values: TimeSeries) -> str:
    """Areas and bars always stand on zero; a line of rates need not."""
    return axes.reach(values.line.unit) if values.style == "line" else "tozero"


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
    said = ["incomplete"] if at in line.incomplete else []
    said += [mark.text for mark in (*over.anomalies, *over.changes) if mark.start == line.starts[at]]
    return "; ".join(said)


def _levels(values: TimeSeries) -> str:
    bands = values.layers.expected.bands if values.layers.expected else ()
    return " and ".join(f"{level} %" for level in sorted(band.level for band in bands)) + " interval"
