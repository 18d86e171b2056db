"""Charts that Excel draws itself, from the cells of a sheet."""

from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import DateAxis
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties

from dash_kpi.reporting.tables import Chart, Table

COLOURS = ("3D7EDB", "8590A3", "C2701C", "1A936F", "9A63C9")
DATE_FORMATS = {"day": "d mmm yy", "week": "d mmm yy", "month": "mmm yy", "quarter": "mmm yy", "year": "yyyy"}
TIME_UNITS = {"month": "months", "quarter": "months", "year": "years"}
WIDTH, HEIGHT = 24, 9.5  # centimetres


def chart_of(chart: Chart, table: Table, sheet: Any, head: int, written: str) -> Any:
    """Return a chart of a table whose heads stand in the row `head`; `written` is the format of its numbers."""
    last = head + min(len(table.rows), chart.most or len(table.rows))
    drawn = _lines(chart) if chart.kind == "line" else _bars()
    for column in chart.columns:
        values = Reference(sheet, min_col=column + 1, min_row=head, max_row=last)
        drawn.add_data(values, titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=chart.labels + 1, min_row=head + 1, max_row=last))
    drawn.title = chart.title
    drawn.width, drawn.height = WIDTH, HEIGHT
    drawn.y_axis.number_format = written
    drawn.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="DDE2EA"))
    drawn.x_axis.delete = drawn.y_axis.delete = False  # openpyxl hides them else
    if len(chart.columns) == 1:
        drawn.legend = None
    else:
        drawn.legend.position = "b"
    for series, colour in zip(drawn.series, COLOURS, strict=False):
        _paint(series, colour, is_line=chart.kind == "line")
    drawn.display_blanks = "gap"  # what is missing is not zero
    return drawn


def _lines(chart: Chart) -> Any:
    drawn = LineChart()
    if chart.grain:
        drawn.x_axis = DateAxis(crossAx=100)
        drawn.y_axis.crossAx = 500
        drawn.x_axis.number_format = DATE_FORMATS[chart.grain]
        drawn.x_axis.baseTimeUnit = TIME_UNITS.get(chart.grain, "days")
    drawn.x_axis.tickLblPos = "low"  # below the numbers also where some are negative
    return drawn


def _bars() -> Any:
    drawn = BarChart()
    drawn.type = "bar"
    drawn.gapWidth = 40
    drawn.x_axis.scaling.orientation = "maxMin"  # the first row on top
    drawn.x_axis.tickLblPos = "low"
    drawn.y_axis.crosses = "max"  # hence its labels below
    return drawn


def _paint(series: Any, colour: str, *, is_line: bool) -> None:
    if is_line:
        series.graphicalProperties.line.solidFill = colour
        series.graphicalProperties.line.width = 28_000  # a bit more than two points
        series.marker.symbol = "none"
        series.smooth = False
    else:
        series.graphicalProperties.solidFill = colour
