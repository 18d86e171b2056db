"""Tables without a date: their period stands in the title above, in the sheet's name or in the file's."""

from dataclasses import replace

from dash_kpi.ingest.headings import normalised
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.hints import TITLE, TOP
from dash_kpi.ingest.tables.periods import Period

DAY_HEADINGS = frozenset(["day", "tag", "jour", "dia", "giorno", "dag", "день", "dzien", "gun", "day_of_month"])
_INDEX = 19_000  # of the column that is added


def with_period(table: RawTable, profiles: tuple[Profile, ...]) -> RawTable | None:
    """Return the table with a date column from the words around it, None where they name no period.

    A column of days of the month makes dates of a month's name; months without a year need only the year.
    """
    period, origin = table.around.period()
    if period is None or not period.is_whole or _is_box(table, period, origin):
        return None
    day = next((one for one in profiles if _holds_days(one)), None)
    if day is not None and period.part != "month":
        day = None
    if day is not None:
        text = f"'{period.text}-' || lpad({day.column.name}::BIGINT::VARCHAR, 2, '0')"
        heading = f"{day.column.heading} + month of {origin}"
        said = f"Column '{day.column.heading}' has the days, {origin} the month: {period.text}."
    else:
        text, heading = f"'{period.text}'", f"{'Year' if period.part == 'year' else 'Date'} of {origin}"
        said = f"No column has a date; every row is of {_words(period)}, as {origin} says."
    kept = tuple(column for column in table.columns if day is None or column is not day.column)
    table.connection.execute(f"ALTER TABLE raw ADD COLUMN c{_INDEX} VARCHAR")
    table.connection.execute(f"UPDATE raw SET c{_INDEX} = {text}")  # noqa: S608  our own digits
    return replace(
        table,
        columns=(*kept, RawColumn(_INDEX, heading, "text")),
        notes=(*table.notes, Finding("date_from_name", said)),
    )


def _is_box(table: RawTable, period: Period, origin: str) -> bool:
    """Tell whether a table is a box of figures under the title of a year, which sum what stands elsewhere."""
    if period.part != "year" or origin not in (TITLE, TOP) or any(one.kind != "number" for one in table.columns):
        return False
    return int(table.rows("SELECT count(*) FROM raw")[0][0]) == 1


def _holds_days(one: Profile) -> bool:
    return (
        one.kind == "number"
        and one.is_whole
        and normalised(one.column.heading) in DAY_HEADINGS
        and one.lowest is not None
        and 1 <= one.lowest <= (one.highest or 32) <= 31
    )


def _words(period: Period) -> str:
    return period.text if period.part != "year" else f"the year {period.text}"
