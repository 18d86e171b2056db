"""Everything that only SQLite needs: nothing outside this module knows which database it is."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_SECONDS = 30


def configure(engine: Engine) -> None:
    """Give every connection foreign keys, WAL and patience, and let a writer take its lock at once.

    Without BEGIN IMMEDIATE a transaction that reads and then writes fails at the write when another
    wrote in between, however long the busy timeout is.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions begin where `on_begin` says
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA cache_size = -16000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get("durable", False) != connection.info.get("durable", False):
            connection.info["durable"] = options.get("durable", False)
            connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if connection.info['durable'] else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


class ChangeCounter:
    """Tells, in microseconds, whether anybody has committed to the database since the last look."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def __call__(self) -> int:
        """Return a number that moves with every commit of any other connection."""
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()


def copy(source: Path, target: Path) -> None:
    """Copy a database that may be in use, as it is at one moment."""
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)


def column(path: Path, table: str, name: str) -> list[str]:
    """Return the distinct values of one column of a database file, sorted."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f'SELECT DISTINCT "{name}" FROM "{table}" ORDER BY 1')  # noqa: S608  our own names
        return [row[0] for row in rows]


def integrity_problems(path: Path) -> list[str]:
    """Return what SQLite itself finds wrong with a database file."""
    with closing(sqlite3.connect(path)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        broken = [
            f"Row {row[1]} of {row[0]} names a {row[2]} that is not there."
            for row in connection.execute("PRAGMA foreign_key_check")
        ]
    return ([] if found == ["ok"] else found) + broken
