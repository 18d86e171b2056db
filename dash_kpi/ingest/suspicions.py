"""Numbers and dates that could be read and still look wrong: they are loaded, and a person is told where."""

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

from dash_kpi.ingest.addresses import MOST_ADDRESSES
from dash_kpi.ingest.cleaning import CleanTable
from dash_kpi.ingest.columns import DateSource, Mapping, MeasureSource
from dash_kpi.ingest.headings import SIGNED
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.storage.identifiers import quoted

_FAR_DAYS = 20 * 365
_WIDE_DAYS = 100 * 366
_FEW = 0.02  # the part of all rows, or days, that can be a mistake
_FEWEST_DAYS = 10
_DEVIATIONS = 8
_TIMES_MEDIAN = 5
_FEWEST_VALUES = 20
_MANGLED_FACTOR = 10


def suspicions(table: RawTable, mapping: Mapping, source: DateSource, cleaned: CleanTable) -> Iterable[Finding]:
    """Yield what looks wrong in the rows of "clean" that are loaded."""
    yield from _wide_dates(table, source)
    yield from _outlying_days(table, mapping, source, cleaned)
    for measure in mapping.measures:
        yield from _negatives(table, measure)
        yield from _lost_decimals(table, measure)


def _wide_dates(table: RawTable, source: DateSource) -> Iterable[Finding]:
    """Yield the dates decades away from all others, or that the dates span over a hundred years."""
    days = table.rows("SELECT date, count(*) FROM clean WHERE is_loaded GROUP BY 1 ORDER BY 1")
    if len(days) < 2 or (days[-1][0] - days[0][0]).days < _FAR_DAYS:
        return
    far = _far_days(days)
    if far:
        count, cells = _rows_of(table, source.columns[0].column, far)
        what = "1 date" if count == 1 else f"{count:,} dates"
        yield Finding(
            "wide_dates",
            f"{what} of column '{source.name}' {'lies' if count == 1 else 'lie'} decades away from all others, "
            f"such as {far[0].isoformat()}.",
            cells,
            count,
        )
    elif (days[-1][0] - days[0][0]).days > _WIDE_DAYS and not _are_years([day for day, _ in days]):
        ends = [days[0][0], days[-1][0]]
        _, cells = _rows_of(table, source.columns[0].column, ends)
        yield Finding(
            "wide_dates",
            f"The dates of column '{source.name}' span more than a hundred years, from {ends[0].isoformat()} to "
            f"{ends[1].isoformat()}.",
            cells,
            len(days),
        )


def _are_years(days: Sequence[date]) -> bool:
    return all((day.month, day.day) == (1, 1) for day in days)


def _far_days(days: Sequence[tuple[date, int]]) -> list[date]:
    """Return the few days that a gap of decades parts from the bulk of the rows."""
    clusters: list[list[tuple[date, int]]] = [[days[0]]]
    for day, count in days[1:]:
        if (day - clusters[-1][-1][0]).days >= _FAR_DAYS:
            clusters.append([])
        clusters[-1].append((day, count))
    total = sum(count for _, count in days)
    bulk = max(clusters, key=lambda cluster: sum(count for _, count in cluster))
    far = [(day, count) for cluster in clusters if cluster is not bulk for day, count in cluster]
    is_few = sum(count for _, count in far) <= max(1, 0.1 * total)
    return [day for day, _ in far] if is_few and total > 2 else []


def _rows_of(table: RawTable, column: RawColumn, days: Sequence[date]) -> tuple[int, tuple[str, ...]]:
    rows = table.rows(
        "SELECT sheet_row, count(*) OVER () FROM clean "  # noqa: S608
        "WHERE is_loaded AND date IN (SELECT unnest(?::DATE[])) "
        f"ORDER BY 1 LIMIT {MOST_ADDRESSES}",
        list(days),
    )
    return (rows[0][1] if rows else 0), tuple(table.address(column.place, row) for row, _ in rows)


def _outlying_days(table: RawTable, mapping: Mapping, source: DateSource, cleaned: CleanTable) -> Iterable[Finding]:
    """Yield the few days whose total is far above that of every other day."""
    name = _main_measure(mapping, cleaned)
    if name is None:
        return
    days = table.rows(
        f"SELECT date, sum({quoted(name)}) AS total FROM clean WHERE is_loaded GROUP BY 1 "  # noqa: S608
        "HAVING total IS NOT NULL ORDER BY 1"
    )
    usual, far = _far_totals(days)
    if not far:
        return
    column = _column_of(mapping, source, cleaned, name)
    cells = [cell for day, _ in far for cell in _largest_cells(table, name, day, column.column)]
    day, total = max(far, key=lambda item: item[1])
    others = "" if len(far) == 1 else f", and {len(far) - 1} more like it"
    yield Finding(
        "outlying_day",
        f"{day.isoformat()} has a total of {total:,.6g} in '{column.column.heading}', {total / usual:,.0f} times a "
        f"usual day{others}. Look at its largest cells.",
        tuple(cells[:MOST_ADDRESSES]),
        len(far),
    )


def _far_totals(days: Sequence[tuple[date, float]]) -> tuple[float, list[tuple[date, float]]]:
    """Return the usual total of a day, and the days far above it, unless there are too many to be mistakes."""
    totals = [total for _, total in days]
    if len(totals) < _FEWEST_DAYS:
        return 0.0, []
    usual = median(totals)
    spread = median(abs(total - usual) for total in totals)
    bound = max(usual + _DEVIATIONS * spread, _TIMES_MEDIAN * usual)
    far = [(day, total) for day, total in days if usual > 0 and total > bound]
    return usual, far if len(far) <= max(1, _FEW * len(totals)) else []


def _main_measure(mapping: Mapping, cleaned: CleanTable) -> str | None:
    summed = [one.name for one in mapping.measures if one.aggregation == "sum"]
    if "revenue" in summed or any(one.name == "revenue" for one in cleaned.derived):
        return "revenue"
    return summed[0] if summed else None


def _column_of(mapping: Mapping, source: DateSource, cleaned: CleanTable, name: str) -> Profile:
    """Return the column to look at: that of the measure, or of the first measure it is derived from."""
    formulas = {one.name: one.sources for one in cleaned.derived}
    wanted = formulas.get(name, (name,))[0]
    return next((one.profile for one in mapping.measures if one.name == wanted), source.columns[0])


def _largest_cells(table: RawTable, name: str, day: date, column: RawColumn) -> Iterable[str]:
    rows = table.rows(
        f"SELECT sheet_row FROM clean WHERE is_loaded AND date = ? ORDER BY {quoted(name)} DESC NULLS LAST, 1 LIMIT 5",  # noqa: S608
        day,
    )
    return (table.address(column.place, row) for (row,) in rows)


def _negatives(table: RawTable, measure: MeasureSource) -> Iterable[Finding]:
    """Yield the handful of negative values of a measure that is never negative elsewhere."""
    one = measure.profile
    if one.lowest is None or one.lowest >= 0 or measure.name in SIGNED:
        return
    if measure.aggregation != "sum" and measure.name != "unit_price":
        return
    name = quoted(measure.name)
    values, negative, rows = table.rows(
        f"SELECT count({name}), count(*) FILTER (WHERE {name} < 0), "  # noqa: S608
        f"(list(sheet_row ORDER BY sheet_row) FILTER (WHERE {name} < 0))[:{MOST_ADDRESSES}] FROM clean WHERE is_loaded"
    )[0]
    if values < _FEWEST_VALUES or not 0 < negative <= max(1, _FEW * values):
        return
    is_one = negative == 1
    yield Finding(
        "negative_measure",
        f"{'1 cell' if is_one else f'{negative:,} cells'} of column '{one.column.heading}' "
        f"{'is' if is_one else 'are'} negative, while all {values - negative:,} others are not.",
        tuple(table.address(one.column.place, row) for row in rows or ()),
        negative,
    )


def _lost_decimals(table: RawTable, measure: MeasureSource) -> Iterable[Finding]:
    """Yield the whole numbers that look like others of the column without their decimal sign."""
    one = measure.profile
    if one.is_whole or one.highest is None or one.highest < 100 or (one.lowest or 0) < 0:
        return
    name = quoted(measure.name)
    fractions, largest, smallest = table.rows(
        f"SELECT count(*), max({name}), min({name}) FROM clean WHERE {name} <> floor({name})"  # noqa: S608
    )[0]
    if fractions < _FEWEST_VALUES or largest is None:
        return
    bound = _MANGLED_FACTOR * largest
    count, odd, rows, example = table.rows(
        f"SELECT count(*), count(*) FILTER (WHERE {name} % 10 <> 0), "  # noqa: S608
        f"list(sheet_row ORDER BY sheet_row)[:{MOST_ADDRESSES}], min({name}) FROM clean "
        f"WHERE {name} = floor({name}) AND {name} > ? "
        f"AND (({name} / 100 BETWEEN ? AND ?) OR ({name} / 1000 BETWEEN ? AND ?))",
        bound,
        *(smallest / 2, largest * 2) * 2,
    )[0]
    if not count or count > fractions or odd * 2 < count:
        return
    yield Finding(
        "mangled_numbers",
        f"{'1 cell' if count == 1 else f'{count:,} cells'} of column '{one.column.heading}' "
        f"{'looks' if count == 1 else 'look'} like a number without its decimal sign, such as {example:.12g} where the "
        f"others lie between {smallest:.12g} and {largest:.12g}.",
        tuple(table.address(one.column.place, row) for row in rows or ()),
        count,
    )
