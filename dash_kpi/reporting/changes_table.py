"""What changed, as a table to export."""

from dash_kpi.kpis.blank import value_words
from dash_kpi.reporting.changes import Changes
from dash_kpi.reporting.tables import Format, Table


def changes_table(answer: Changes) -> Table:
    """Return the news as a table to export."""
    found = answer.found
    rows = tuple(
        (
            one.label,
            one.news.kind,
            one.period,
            one.news.value,
            one.news.before,
            one.news.change,
            "points" if one.unit == "percent" else "relative",
            one.news.size,
            one.news.confidence,
            f"{one.part.dimension} = {value_words(one.part.value)}" if one.part else None,
            one.part.share if one.part else None,
        )
        for one in found
    )
    units: tuple[Format, ...] = tuple(one.unit for one in found)
    changes: tuple[Format, ...] = tuple("points" if one.unit == "percent" else "change" for one in found)
    return Table(
        title="What changed",
        heads=(
            "KPI", "Kind", "Period", "Value", "Set against", "Change", "Change is", "Times the usual", "Confidence",
            "Explained by", "Share of the change",
        ),
        rows=rows,
        formats=(
            "text", "text", "text", units, units, changes, "text", "number", "percent", "text", "percent",
        ),
        note=None if found else "Nothing unusual in this period.",
    )  # fmt: skip
