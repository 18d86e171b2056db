"""Snapshots: Parquet files of cleaned rows, and the DuckDB queries over them."""

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from dash_kpi.kpis.measures import Daily, daily
from dash_kpi.storage.file_names import Refusal
from dash_kpi.storage.filters import Conditions, condition
from dash_kpi.storage.identifiers import quoted

MEMORY_LIMIT = "512MB"
THREADS = 2


class Snapshots:
    """The snapshot files of one folder; queries may run in several threads at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._process = -1
        self._connection: duckdb.DuckDBPyConnection | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Open a cursor on the connection of this process: DuckDB does not survive a fork."""
        with self._lock:
            if self._connection is None or self._process != os.getpid():
                self._connection, self._process = _connect(), os.getpid()
            return self._connection.cursor()

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None

    def daily(
        self,
        files: Mapping[str, int],
        measures: Sequence[str],
        filters: Conditions,
        function: str = "sum",
    ) -> dict[str, Daily]:
        """Sum measures by source and day over the rows that the filters let through.

        `files` maps file names to their sources; every file must have the measures and the filters'
        dimensions. A measure that has no value at all is not in the answer. `function` may be "min" or "max" in
        the place of the sum.
        """
        aggregates = ", ".join(
            f"{function}({quoted(name)}) AS t{i}, count({quoted(name)}) AS c{i}" for i, name in enumerate(measures)
        )
        where, values = condition(filters)
        # One part for each file: to group by the file's name would cost as much as all the sums.
        query = " UNION ALL ".join(
            f"SELECT {source}::BIGINT AS source, date, {aggregates} FROM read_parquet(?) WHERE {where} GROUP BY date"  # noqa: S608  names are quoted
            for source in files.values()
        )
        with self.cursor() as cursor:
            given = [value for path in self._paths(files) for value in (path, *values)]
            found: dict[str, Any] = cursor.execute(query, given).fetchnumpy()
        sources, days = np.asarray(found["source"]), np.asarray(found["date"])
        return {
            name: daily(sources[present], days[present], np.asarray(found[f"t{i}"])[present], counts[present])
            for i, name in enumerate(measures)
            if (present := (counts := np.asarray(found[f"c{i}"])) > 0).any()
        }

    def daily_by(
        self, files: Mapping[str, int], measures: Sequence[str], filters: Conditions, dimension: str, most: int
    ) -> dict[str, dict[str, Daily]]:
        """Sum measures by source and day for each value of a dimension, the `most` frequent ones; "" is blank."""
        aggregates = ", ".join(
            f"sum({quoted(name)}) AS t{i}, count({quoted(name)}) AS c{i}" for i, name in enumerate(measures)
        )
        where, values = condition(filters)
        value = f"coalesce({quoted(dimension)}, '')"
        parts = " UNION ALL ".join(
            f"SELECT {source}::BIGINT AS source, date, {value} AS value, count(*) AS rows, {aggregates} "  # noqa: S608
            f"FROM read_parquet(?) WHERE {where} GROUP BY date, value"
            for source in files.values()
        )
        query = (
            f"WITH found AS ({parts}), kept AS (SELECT value FROM found GROUP BY value "  # noqa: S608
            f"ORDER BY sum(rows) DESC, value LIMIT {int(most)}) "
            "SELECT found.* FROM found JOIN kept USING (value) ORDER BY value"
        )
        with self.cursor() as cursor:
            given = [one for path in self._paths(files) for one in (path, *values)]
            found: dict[str, Any] = cursor.execute(query, given).fetchnumpy()
        names, sources, days = (np.asarray(found[part]) for part in ("value", "source", "date"))
        cuts = np.flatnonzero(names[1:] != names[:-1]) + 1 if len(names) else np.zeros(0, dtype=np.int64)
        starts, ends = [0, *cuts.tolist()], [*cuts.tolist(), len(names)]
        by_value: dict[str, dict[str, Daily]] = {}
        for start, end in zip(starts, ends, strict=True):
            if end > start:
                at = slice(start, end)
                by_value[str(names[start])] = {
                    name: daily(
                        sources[at][present],
                        days[at][present],
                        np.asarray(found[f"t{i}"])[at][present],
                        counts[present],
                    )
                    for i, name in enumerate(measures)
                    if (present := (counts := np.asarray(found[f"c{i}"])[at]) > 0).any()
                }
        return by_value

    def values(self, files: Sequence[str], dimension: str, limit: int) -> list[str]:
        """Return the values of a dimension, the most frequent `limit` of them in alphabetical order."""
        with self.cursor() as cursor:
            rows = cursor.execute(
                f"SELECT coalesce({quoted(dimension)}, '') AS value FROM read_parquet(?) "  # noqa: S608
                "GROUP BY value ORDER BY count(*) DESC, value LIMIT ?",
                [self._paths(files), limit],
            ).fetchall()
        return sorted((value for (value,) in rows), key=str.casefold)

    def rows(self, query: str, values: Sequence[Any], at_once: int = 10_000) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query over the files, which it names by `path_of`; few are held at a time."""
        with self.cursor() as cursor:
            cursor.execute(query, values)
            while found := cursor.fetchmany(at_once):
                yield from found

    @contextmanager
    def scratch(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a connection whose temporary tables nobody else sees."""
        with self.cursor() as cursor:
            yield cursor

    def path_of(self, name: str) -> str:
        """Return the path of a snapshot file."""
        return str(self.folder / name)

    def refusals(self, file: str, code: str | None, limit: int, offset: int) -> list[Refusal]:
        """Return the refused cells in a file of them, all or those of one reason, row by row."""
        with self.cursor() as cursor:
            rows = cursor.execute(
                "SELECT address, heading, content, code FROM read_parquet(?) WHERE coalesce(code = ?, true) "
                "ORDER BY sheet_row, sheet_column LIMIT ? OFFSET ?",
                [str(self.folder / file), code, limit, offset],
            ).fetchall()
        return [Refusal(*row) for row in rows]

    def refusal_counts(self, file: str) -> dict[str, int]:
        """Return how many refused cells there are for each reason, the most frequent first; none without the file."""
        path = self.folder / file
        if not path.is_file():
            return {}
        with self.cursor() as cursor:
            query = "SELECT code, count(*) FROM read_parquet(?) GROUP BY code ORDER BY count(*) DESC, code"
            return dict(cursor.execute(query, [str(path)]).fetchall())

    def _paths(self, files: Iterable[str]) -> list[str]:
        return [self.path_of(name) for name in files]


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"SET threads = {THREADS}")
    # Nothing is fetched over the network, whatever a query needs.
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET parquet_metadata_cache = true")
    return connection
