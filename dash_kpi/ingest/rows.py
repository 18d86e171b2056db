"""From the long table of raw records to a reading: map, clean, judge, store."""

from dataclasses import replace

from dash_kpi.ingest.cleaning import CleanTable, clean
from dash_kpi.ingest.columns import DateSource, Mapping, map_columns
from dash_kpi.ingest.duplicates import repeated_rows
from dash_kpi.ingest.findings import findings
from dash_kpi.ingest.grain import grain_of
from dash_kpi.ingest.order_lines import load_further_lines
from dash_kpi.ingest.parts import column_parts
from dash_kpi.ingest.profile import profile
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import Aggregation, DateColumn, Dimension, Measure, TableReading
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.refusals import write_refusals
from dash_kpi.ingest.rivals import sum_of_others
from dash_kpi.ingest.rules import NO_RULES, Rules
from dash_kpi.ingest.snapshot import Target, daily_sums, totals, write_snapshot
from dash_kpi.ingest.undated import with_period

MOST_COLUMNS = 1_000  # of a table of records; wider ones take gigabytes


def read_rows(table: RawTable, sheet: str | None, target: Target, rules: Rules = NO_RULES) -> TableReading:
    """Clean a raw table and store it; refuse it with the reason where it cannot be used."""
    target.on_progress("cleaning", 0.6)
    if (width := sum(bool(column.heading) for column in table.columns)) > MOST_COLUMNS:
        return refused(sheet, too_many_columns(sheet, width), table.header_row)
    count = table.rows("SELECT count(*) FROM raw")[0][0]
    profiles = profile(table, rules)
    table = replace(table, known={**sum_of_others(table, profiles), **table.known})
    mapping = map_columns(profiles, count, sheet, rules, known=table.known)
    if mapping.date is None and (dated := with_period(table, profiles)) is not None:
        table = dated
        mapping = map_columns(profile(table, rules), count, sheet, rules, known=table.known)
    parts = column_parts(table, mapping)
    if mapping.date is None or not mapping.measures:
        return replace(refused(sheet, _what_is_missing(sheet, mapping), table.header_row, count), parts=parts)
    cleaned = clean(table, mapping, mapping.date, rules)
    table = replace(table, notes=(*table.notes, *load_further_lines(table, mapping, cleaned)))
    warnings = findings(table, mapping, mapping.date, cleaned) + repeated_rows(table)
    return replace(_stored(table, sheet, target, mapping, mapping.date, cleaned, warnings), parts=parts)


def refused(sheet: str | None, reason: str, header_row: int | None = None, rows_read: int = 0) -> TableReading:
    """Return the reading of a table that cannot be used."""
    return TableReading(sheet, "refused", reason, header_row, rows_read=rows_read)


def too_many_columns(sheet: str | None, width: int) -> str:
    """Return the sentence for a table that is too wide to be read in reasonable time."""
    return f"{subject(sheet)} has {width:,} columns; {MOST_COLUMNS:,} can be read."


def subject(sheet: str | None) -> str:
    """Return how a sentence begins that is about a sheet, or about a file without sheets."""
    return "The file" if sheet is None else f"Sheet '{sheet}'"


def _what_is_missing(sheet: str | None, mapping: Mapping) -> str:
    if mapping.date is None and not mapping.measures:
        return f"{subject(sheet)} has no date column and no column of numbers."
    return f"{subject(sheet)} has no {'date column' if mapping.date is None else 'column of numbers'}."


def _stored(
    table: RawTable,
    sheet: str | None,
    target: Target,
    mapping: Mapping,
    source: DateSource,
    cleaned: CleanTable,
    warnings: tuple[Finding, ...],
) -> TableReading:
    rows, loaded, left_out = table.rows(
        "SELECT count(*), count(*) FILTER (WHERE is_loaded), count(*) FILTER (WHERE is_total) FROM clean"
    )[0]
    if not loaded:
        reason = f"{subject(sheet)} has no row with both a date and an amount."
        return TableReading(
            sheet,
            "refused",
            reason,
            table.header_row,
            rows_read=rows + table.left_out,
            rows_refused=rows - left_out,
            warnings=warnings,
        )
    days = [day for (day,) in table.rows("SELECT DISTINCT date FROM clean WHERE is_loaded ORDER BY 1")]
    measures = _measures(table, mapping, cleaned)
    target.on_progress("saving", 0.85)
    columns = {one.name: one.profile.column.index for one in mapping.measures}
    snapshot = write_snapshot(table, [*measures, *mapping.dimensions], columns, target.directory)
    return TableReading(
        sheet,
        "loaded",
        header_row=table.header_row,
        layout=table.layout,
        grain=grain_of(days, cleaned.dates.grain if cleaned.dates else None),
        rows_read=rows + table.left_out,
        rows_loaded=loaded,
        rows_refused=rows - loaded - left_out,
        date=DateColumn(
            source.name,
            days[0].isoformat(),
            days[-1].isoformat(),
            cleaned.dates.format if cleaned.dates else "date cells",
        ),
        measures=measures,
        dimensions={
            name: Dimension(one.column.heading, cleaned.values[name]) for name, one in mapping.dimensions.items()
        },
        warnings=warnings,
        snapshot=snapshot,
        refusals=write_refusals(table, snapshot),
        daily=daily_sums(table.connection, list(measures)),
    )


def _measures(table: RawTable, mapping: Mapping, cleaned: CleanTable) -> dict[str, Measure]:
    aggregations: dict[str, Aggregation] = {one.name: one.aggregation for one in mapping.measures}
    aggregations |= {one.name: "sum" for one in cleaned.derived}
    headings = {one.name: one.profile.column.heading for one in mapping.measures}
    formulas = {one.name: one.formula for one in cleaned.derived}
    sums = totals(table.connection, aggregations)
    return {
        name: Measure(headings.get(name), aggregation, sums[name], formulas.get(name))
        for name, aggregation in aggregations.items()
    }
