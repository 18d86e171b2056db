"""Two values of a dimension whose amounts are nearly the same: adjusted and not adjusted, nominal and real.

Their sum is twice what it should be; only a filter by the dimension gives a right number.
"""

import re

import duckdb

from dash_kpi.ingest.months import plain
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding

_MOST_ROWS = 20_000
_MOST_VALUES = 4
_LEAST_PAIRS = 8  # that agree before chance is ruled out
_NEAR, _NEAR_BY_NAME = 0.1, 0.4
_VERSIONS = re.compile(
    r"adjust|bereinigt|desaisonn|\bcvs\b|\bsa\b|\bnsa\b|seasonal|\breal\b|nominal|(?:current|constant) price"
    r"|\bjeweilige|konstante preis|\bactual\b|\bforecast\b|\brevised\b|\bpreliminary\b"
)


def similar_sections(table: TableReading, connection: duckdb.DuckDBPyConnection) -> tuple[Finding, ...]:
    """Warn of the first dimension with two values whose amounts are nearly the same throughout."""
    measure = next((name for name, one in table.measures.items() if one.aggregation == "sum"), None)
    if table.snapshot is None or measure is None or table.rows_loaded > _MOST_ROWS:
        return ()
    for name, dimension in table.dimensions.items():
        if not 2 <= dimension.values <= _MOST_VALUES:
            continue
        others = [other for other in table.dimensions if other != name]
        for one, two, pairs, near, near_by_name in _pairs(connection, str(table.snapshot), name, others, measure):
            is_version = bool(_VERSIONS.search(plain(one)) and _VERSIONS.search(plain(two)))
            if (is_version and near_by_name * 10 >= pairs * 8) or (pairs >= _LEAST_PAIRS and near == pairs):
                return (_said(name, one, two),)
    return ()


def _pairs(
    connection: duckdb.DuckDBPyConnection, snapshot: str, name: str, others: list[str], measure: str
) -> list[tuple[str, str, int, int, int]]:
    """Return for two values how many records both have, and how many of those are nearly the same, by two measures."""
    keys = ", ".join(_quoted(key) for key in ("date", *others))
    same = " AND ".join(f"a.{_quoted(key)} IS NOT DISTINCT FROM b.{_quoted(key)}" for key in ("date", *others))
    distance = "abs(a.amount - b.amount) / greatest(abs(a.amount), abs(b.amount))"
    query = f"""
        WITH found AS (
            SELECT {keys}, {_quoted(name)} AS version, sum({_quoted(measure)}) AS amount
            FROM read_parquet(?) WHERE {_quoted(measure)} <> 0 GROUP BY ALL HAVING amount <> 0
        ), counted AS (SELECT version, count(*) AS records FROM found GROUP BY 1)
        SELECT a.version, b.version, count(*) AS pairs, count_if({distance} <= {_NEAR}),
            count_if({distance} <= {_NEAR_BY_NAME})
        FROM found a JOIN found b ON a.version < b.version AND {same}
        JOIN counted c ON c.version = a.version JOIN counted d ON d.version = b.version
        GROUP BY a.version, b.version HAVING pairs * 10 >= 9 * max(greatest(c.records, d.records))
        ORDER BY 1, 2
    """  # noqa: S608  the names are quoted
    return connection.execute(query, [snapshot]).fetchall()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _said(name: str, one: str, two: str) -> Finding:
    return Finding(
        "similar_sections",
        f"'{one}' and '{two}' of '{name}' have nearly the same amounts, so that their sum counts them twice: "
        f"filter by '{name}'.",
    )
