"""Rows that stand in one table more than once, the same in every column."""

from dash_kpi.ingest.addresses import MOST_ADDRESSES
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import Warning as Finding

FEWEST = 10  # worth a word
NOTICEABLE = 0.01  # of the loaded rows


def repeated_rows(table: RawTable) -> tuple[Finding, ...]:
    """Return a warning where many loaded rows repeat another; they are counted all the same.

    Every column of the sheet counts, also one that is no measure and no dimension, such as a number.
    """
    if table.places is not None:
        return ()
    row = f"hash({', '.join(column.name for column in table.columns)})"
    rows, distinct = table.rows(f"SELECT count(*), count(DISTINCT {row}) FROM raw")[0]  # noqa: S608
    if rows - distinct < FEWEST:
        return ()
    loaded = f"SELECT sheet_row, {row} AS h FROM raw SEMI JOIN (FROM clean WHERE is_loaded) USING (sheet_row)"  # noqa: S608
    later = (
        f"SELECT sheet_row FROM ({loaded}) "  # noqa: S608
        "QUALIFY row_number() OVER (PARTITION BY h ORDER BY sheet_row) > 1 ORDER BY 1"
    )
    found = table.rows(later)
    repeated = len(found)
    if repeated < max(FEWEST, NOTICEABLE * rows):
        return ()
    cells = tuple(f"{table.columns[0].letters}{number}" for (number,) in found[:MOST_ADDRESSES])
    return (
        Finding(
            "duplicate_rows", f"{repeated:,} rows repeat another row in every column; all are counted.", cells, repeated
        ),
    )
