"""A KPI by two things, such as weekday × week: a cell for each pair, its colour the value."""

from collections.abc import Sequence

from dash_kpi.reporting.chart_values import ChartTable, Correlations, Head, Matrix
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes, scatter
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import FAINT
from dash_kpi.ui.charts.legend import Key

MOST_COLUMNS_WITH_TEXT = 8  # that have room for a value on a phone
MOST_ROWS_WITH_TEXT = 16
GAP = 2  # pixels between cells
ROW_HEIGHT, HEAD, LEAST_HEIGHT, LETTER = 20, 48, 120, 7  # pixels
FEW = 8  # names that have room when they lean


def heatmap(values: Matrix, currency: str = "") -> Figure:
    """Colour the cells by value; empty ones carry a small cross."""
    known = [value for row in values.values for value in row if value is not None]
    if not known:
        return axes.empty(axes.NO_VALUES)
    texts = [[formatted.exact(values.unit, value, currency) for value in row] for row in values.values]
    trace = _cells(values.rows, values.columns, values.values, _reach(known, values.middle), values.middle or 0.0)
    trace |= {"customdata": texts, "hovertemplate": f"{_place(values, '%{y}', '%{x}')}: %{{customdata}}<extra></extra>"}
    if _has_text(values.columns, values.rows):
        trace |= {"text": [[_written(values, value) for value in row] for row in values.values]}
        trace |= {"texttemplate": "%{text}", "textfont": {"size": 11}}
    return _matrix(trace, values.rows, values.columns, values.values)


def heatmap_summary(values: Matrix, currency: str = "") -> str:
    """Say where the KPI is highest and lowest."""
    known = [
        (value, _place(values, row, column))
        for row, cells in zip(values.rows, values.values, strict=True)
        for column, value in zip(values.columns, cells, strict=True)
        if value is not None
    ]
    if not known:
        return f"{values.label}: no values in this period."
    (low, lowest), (high, highest) = min(known), max(known)
    missing = len(values.rows) * len(values.columns) - len(known)
    gap = f"; {formatted.count(missing, 'cell')} without a value" if missing else ""
    return (
        f"{values.label} by {values.row_label} and {values.column_label}: highest"
        f" {formatted.short(values.unit, high, currency)} ({highest}), lowest"
        f" {formatted.short(values.unit, low, currency)} ({lowest}){gap}."
    )


def _place(values: Matrix, row: str, column: str) -> str:
    """Name a cell; a week has the name of its first day."""
    return f"{row}, week of {column}" if values.column_label == "week" else f"{row}, {column}"


def heatmap_table(values: Matrix, currency: str = "") -> ChartTable:
    """List the cells as they are drawn."""
    heads = (Head(formatted.heading(values.row_label)), *(Head(column, values.unit) for column in values.columns))
    rows = tuple((row, *cells) for row, cells in zip(values.rows, values.values, strict=True))
    return ChartTable(f"{values.label} by {values.row_label} and {values.column_label}", heads, rows)


def heatmap_keys(values: Matrix, currency: str = "") -> tuple[Key, ...]:
    """Name the two ends of the colours."""
    known = [value for row in values.values for value in row if value is not None]
    if not known:
        return ()
    kind = "low" if values.middle is None else "below"
    pale = "-pale" if _has_text(values.columns, values.rows) else ""
    ends: tuple[Key, ...] = (Key(formatted.short(values.unit, min(known), currency), f"cell-{kind}{pale}"),)
    ends += (Key(formatted.short(values.unit, max(known), currency), f"cell-high{pale}"),)
    return ends + ((Key("no value", "cell-none"),) if len(known) < len(values.rows) * len(values.columns) else ())


def correlation(values: Correlations, currency: str = "") -> Figure:
    """Colour every pair of KPIs from -1 to 1; a KPI with itself says nothing and stays empty."""
    cells = tuple(tuple(None if at == of else v for at, v in enumerate(row)) for of, row in enumerate(values.values))
    if all(value is None for row in cells for value in row):
        return axes.empty("Nothing to compare in this period")
    trace = _cells(values.labels, values.labels, cells, (-1.0, 1.0), 0.0)
    trace["hovertemplate"] = "%{y} and %{x}: %{z:.2f}<extra></extra>"
    if _has_text(values.labels, values.labels):
        texts = [["" if v is None else scatter.signed(v) for v in row] for row in cells]
        trace |= {"text": texts, "texttemplate": "%{text}", "textfont": {"size": 11}}
    figure = _matrix(trace, values.labels, values.labels, cells)
    is_steep = len(values.labels) > FEW
    longest = max(len(axes.label(label)) for label in values.labels)
    figure["layout"]["xaxis"]["tickangle"] = -90 if is_steep else -40
    figure["layout"]["meta"]["height"] += round(longest * LETTER * (1 if is_steep else 0.65))
    return figure


def correlation_summary(values: Correlations, currency: str = "") -> str:
    """Say which two KPIs go together most."""
    pairs = [
        (abs(value), value, values.labels[row], values.labels[column])
        for row, cells in enumerate(values.values)
        for column, value in enumerate(cells[:row])
        if value is not None
    ]
    if not pairs:
        return "No two KPIs can be compared in this period."
    _, value, one, other = max(pairs)
    way = "rise and fall together" if value > 0 else "move in opposite directions"
    strength = f"{'' if value >= 0 else formatted.MINUS}{abs(value):.2f}"
    return f"{other} and {one} {way} most clearly ({strength}, over {formatted.count(values.periods, 'period')})."


def correlation_table(values: Correlations, currency: str = "") -> ChartTable:
    """List all pairs as a square."""
    heads = (Head("KPI"), *(Head(label, "ratio") for label in values.labels))
    rows = tuple((label, *cells) for label, cells in zip(values.labels, values.values, strict=True))
    return ChartTable("Correlation of KPIs", heads, rows)


def correlation_keys(values: Correlations, currency: str = "") -> tuple[Key, ...]:
    """Name the two ends of the colours."""
    pale = "-pale" if _has_text(values.labels, values.labels) else ""
    return (Key("Opposite directions", f"cell-below{pale}"), Key("Together", f"cell-high{pale}"))


def _reach(known: Sequence[float], middle: float | None) -> tuple[float, float]:
    """Return the ends of the colours, equally far from the middle where there is one."""
    if middle is None:
        return min(known), max(known)
    furthest = max(abs(value - middle) for value in known) or 1.0
    return -furthest, furthest


def _cells(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]],
    reach: tuple[float, float], middle: float,
) -> Figure:  # fmt: skip
    """Fill the cells by their distance from the middle; the theme has the colours, by the sign of the ends."""
    is_diverging = reach[0] < 0 < reach[1] and reach[0] == -reach[1]
    colours = [[None if v is None else v - middle if is_diverging else v for v in row] for row in values]
    low, high = reach
    shift = 0.0 if is_diverging else low  # so that values of both signs do not look as if they diverged
    return {
        "type": "heatmap", "x": list(range(len(columns))), "y": list(range(len(rows))),
        "z": [axes.rounded([None if v is None else v - shift for v in row], 6) for row in colours],
        "zmin": low - shift, "zmax": high - shift if high > low else low - shift + 1, "autocolorscale": True,
        "showscale": False, "xgap": GAP, "ygap": GAP, "hoverongaps": False,
    }  # fmt: skip


def _has_text(columns: Sequence[str], rows: Sequence[str]) -> bool:
    return len(columns) <= MOST_COLUMNS_WITH_TEXT and len(rows) <= MOST_ROWS_WITH_TEXT


def _matrix(
    trace: Figure, rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float | None]]
) -> Figure:
    """Lay out the cells, the first row on top, and a small cross in each that has no value."""
    gaps = [(x, y) for y, row in enumerate(values) for x, value in enumerate(row) if value is None]
    crosses = {
        "type": "scatter", "mode": "markers", "x": [x for x, _ in gaps], "y": [y for _, y in gaps],
        "marker": {"symbol": "x-thin", "size": 5, "color": FAINT, "line": {"color": FAINT, "width": 1}},
        "customdata": [f"{axes.plain(rows[y])}, {axes.plain(columns[x])}: {formatted.MISSING}" for x, y in gaps],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip
    named = [[f"{axes.plain(row)}, {axes.plain(column)}" for column in columns] for row in rows]
    tip = trace["hovertemplate"].split(": ", 1)[1] if "%{y}" in trace["hovertemplate"] else ""
    trace = trace | {"hovertext": named, "hovertemplate": f"%{{hovertext}}: {tip}" if tip else "%{hovertext}"}
    bare = {"showgrid": False, "zeroline": False, "ticks": ""}
    xaxis = {**bare, **axes.named(columns), "range": [-0.5, len(columns) - 0.5]}
    yaxis = {**bare, **axes.named(rows), "range": [len(rows) - 0.5, -0.5]}
    wishes = {"height": max(LEAST_HEIGHT, len(rows) * ROW_HEIGHT + HEAD), "has_text": "text" in trace}
    laid = axes.layout(xaxis, yaxis, hovermode="closest", meta=wishes)
    return {"data": [trace, crosses] if gaps else [trace], "layout": laid}


def _written(values: Matrix, value: float | None) -> str:
    return "" if value is None else formatted.short(values.unit, value)
