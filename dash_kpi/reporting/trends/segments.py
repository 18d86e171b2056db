"""The section Segments: the KPI for the largest values of a dimension, side by side and in one chart."""

from dataclasses import replace

from dash_kpi.kpis.blank import BLANK, value_words
from dash_kpi.reporting.breakdown import breakdown, dimensions_of
from dash_kpi.reporting.chart_values import Line, Multiples, Together
from dash_kpi.reporting.frame import Frame
from dash_kpi.reporting.trends.subject import Subject, line_of, timeline_over
from dash_kpi.reporting.trends.values import Panel, Said
from dash_kpi.storage.daily import measures_of

MOST_SEGMENTS = 6
MOST_IN_ONE = 5  # lines that can be told apart


def dimension_of(subject: Subject) -> str | None:
    """Return the dimension that was chosen, or else the first; None where the data has none."""
    known = dimensions_of(subject.frame.state)
    wanted = subject.frame.view.by
    return wanted if wanted in known else next(iter(known), None)


def panels(subject: Subject) -> tuple[Panel, ...]:
    """Return the largest values of a dimension, each in a small chart and together in one."""
    dimension = dimension_of(subject)
    title = f"{subject.kpi.label} by {(dimension or 'dimension').replace('_', ' ')}"
    if dimension is None:
        said = Said("Segments", "The data has no dimension to cut it by.")
        return (Panel("segments", title, "multiples", said=(said,), width="whole"),)
    split = breakdown(subject.kpi, subject.frame, dimension, MOST_SEGMENTS)
    names = tuple("" if row.label == BLANK else row.label for row in split.rows)
    if not names:
        said = Said("Segments", f"No row of this period has a value of {dimension.replace('_', ' ')} for it.")
        return (Panel("segments", title, "multiples", said=(said,), width="whole"),)
    lines = tuple(_line(subject, dimension, name) for name in names)
    more = [Said("Shown", f"The {len(names)} largest; {split.others:,} more are not drawn.")] if split.others else []
    words = dimension.replace("_", " ")
    in_one = Together(title, lines[:MOST_IN_ONE], style="bar" if subject.view.style == "bar" else "line")
    return (
        Panel("segments", title, "multiples", Multiples(subject.kpi.label, words, lines), tuple(more), width="whole"),
        Panel("segment_lines", f"{title}, in one chart", "together", in_one, width="whole"),
    )


def _line(subject: Subject, dimension: str, name: str) -> Line:
    """Return the KPI for one value, at every grain as for the whole: from rows that only this value has."""
    frame = _only(subject.frame, dimension, name)
    return line_of(subject.kpi, subject, timeline_over(subject.kpi, frame, frame.span), value_words(name))


def _only(frame: Frame, dimension: str, name: str) -> Frame:
    filters = (*frame.view.without(dimension).filters, (dimension, (name,)))
    view = replace(frame.view, filters=tuple(sorted(filters)))
    measures = measures_of(frame.database, frame.state, view.filters)
    return replace(frame, view=view, measures=measures)
