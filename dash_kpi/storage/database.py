"""The database: engines, sessions, migrations."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, insert, inspect, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dash_kpi.errors import NotFound, SettingError
from dash_kpi.settings import Settings
from dash_kpi.storage import sqlite
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.models import Workspace

if TYPE_CHECKING:
    from dash_kpi.storage.snapshots import Snapshots

MAIN = "main"
HEAD = "0004"  # the newest migration
VERSION_TABLE = "alembic_version"


class Database:
    """One database and its snapshots; connects when first used, and anew after a fork.

    `answers` remembers what was computed from a revision: a revision never changes.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = make_url(settings.database)
        self.answers = Answers()
        self._lock = threading.Lock()
        self._process = -1
        self._engine: Engine | None = None
        self._changes: sqlite.ChangeCounter | None = None

    @property
    def engine(self) -> Engine:
        """The engine of this process: connections do not survive a fork."""
        if self._engine is None or self._process != os.getpid():
            with self._lock:
                if self._engine is None or self._process != os.getpid():
                    self._connect()
        assert self._engine is not None  # noqa: S101  for the type checker
        return self._engine

    def _connect(self) -> None:
        engine = create_engine(self.url)
        self._changes = None
        if engine.dialect.name == "sqlite":
            sqlite.configure(engine)
            if self.url.database:
                self._changes = sqlite.ChangeCounter(self.url.database)
        self._engine, self._process = engine, os.getpid()

    @cached_property
    def snapshots(self) -> "Snapshots":
        """The snapshots; whoever only writes does without DuckDB."""
        from dash_kpi.storage.snapshots import Snapshots

        return Snapshots(self.settings.snapshots)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads, in one consistent state."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Session]:
        """Open a session that commits at the end, or undoes everything when something is raised.

        What is `durable` survives the machine's loss of power too, not only the end of the process.
        """
        engine = self.engine.execution_options(writes=True, durable=durable)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def changes(self) -> int | None:
        """Return a number that moves when somebody commits; None where the database cannot tell."""
        _ = self.engine
        return self._changes() if self._changes else None

    def upgrade(self) -> None:
        """Bring the tables to the newest version, and make the workspace `main`.

        Raises SettingError when the database cannot be opened.
        """
        try:
            if self.is_current():
                return
            from dash_kpi.storage.migrate import upgrade  # alembic is large, and seldom needed

            with self.engine.execution_options(writes=True).begin() as connection:
                upgrade(connection)
                if connection.scalar(select(Workspace.id).where(Workspace.name == MAIN)) is None:
                    connection.execute(insert(Workspace).values(name=MAIN, revision=0, created_at=datetime.now(UTC)))
        except OperationalError as error:
            raise SettingError(f"The database {self.url!r} cannot be opened: {error.orig}.") from error

    def is_current(self) -> bool:
        """Tell whether the tables are of the version that this program expects."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table(VERSION_TABLE):
                return False
            return bool(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == HEAD)  # noqa: S608

    def close(self) -> None:
        """Give back every connection."""
        if self._engine is not None and self._process == os.getpid():
            self._engine.dispose()
            if "snapshots" in vars(self):
                self.snapshots.close()
            if self._changes:
                self._changes.close()
        self._engine = self._changes = None


def workspace_named(session: Session, name: str) -> Workspace:
    """Return the workspace of this name; raises NotFound."""
    workspace = session.scalar(select(Workspace).where(Workspace.name == name))
    if workspace is None:
        raise NotFound("workspace", name, session.scalars(select(Workspace.name)))
    return workspace
