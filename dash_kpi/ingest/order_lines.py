"""Orders of several lines whose amounts stand in the first line only, as shops export them."""

from collections.abc import Iterable

from dash_kpi.ingest.cleaning import CleanTable
from dash_kpi.ingest.columns import Mapping
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import Warning as Finding

_MOST_KEYS = 12  # columns from the left in which the order's number can stand


def load_further_lines(table: RawTable, mapping: Mapping, cleaned: CleanTable) -> Iterable[Finding]:
    """Load the rows that go on with the order above, and say so.

    They are recognised by a column that repeats its value in exactly the rows whose amount is blank, all of which
    hold a quantity.
    """
    if cleaned.amounts != {"revenue"} or not any(one.name == "units" for one in mapping.measures):
        return
    blank = "revenue IS NULL AND date IS NOT NULL AND NOT is_total"
    count = table.rows(f"SELECT count(*) FROM clean WHERE {blank}")[0][0]  # noqa: S608
    columns = [column for column in table.columns[:_MOST_KEYS] if column.kind in ("text", "number")]
    if not count or not columns:
        return
    proofs = (
        f"bool_and({one.name} IS NOT NULL AND ({one.name} IS NOT DISTINCT FROM before.{one.name}) = (revenue IS NULL) "
        "AND (revenue IS NOT NULL OR units IS NOT NULL))"
        for one in columns
    )
    lags = ", ".join(f"{one.name}: lag({one.name}) OVER (ORDER BY sheet_row)" for one in columns)
    fields = ", ".join(one.name for one in columns)
    found = table.rows(
        f"SELECT {', '.join(proofs)} FROM (SELECT {fields}, revenue, units, "  # noqa: S608
        f"{{{lags}}} AS before FROM raw JOIN clean USING (sheet_row) WHERE NOT is_total)"
    )[0]
    key = next((one for one, is_key in zip(columns, found, strict=True) if is_key), None)
    if key is not None:
        table.connection.execute(f"UPDATE clean SET is_loaded = true WHERE {blank}")  # noqa: S608
        yield Finding(
            "order_lines",
            f"{count:,} {'row goes' if count == 1 else 'rows go'} on with the '{key.heading}' above: what "
            "they hold is counted, and the amounts are those of the first row.",
            count=count,
        )
