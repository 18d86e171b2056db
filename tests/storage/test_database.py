"""The database: migrations, sessions, and several writers at once."""

import threading
from datetime import UTC, datetime

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from dash_kpi.errors import NotFound, SettingError
from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import HEAD, MAIN, Database, workspace_named
from dash_kpi.storage.migrate import alembic_config
from dash_kpi.storage.models import Base, KpiData, Revision, Snapshot, Source, Workspace


def test_the_migrations_make_the_tables_that_the_models_describe(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    assert database.is_current()
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    database.upgrade()

    with database.reading() as session:
        assert session.scalars(select(Workspace.name)).all() == [MAIN]


def test_a_database_of_the_first_version_keeps_its_rows(settings: Settings) -> None:
    database = Database(settings)
    config = alembic_config()
    with database.engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO workspaces VALUES (1, 'main', 1, '2026-01-01')",
            "INSERT INTO ingests (id, workspace_id, path, status, phase, percent, attempts, created_at) "
            "VALUES (1, 1, 'a.csv', 'done', 'done', 100, 1, '2026-01-01')",
            "INSERT INTO sources VALUES (1, 1, 'a.csv', '', 'ok', NULL, '2026-01-01')",
            "INSERT INTO revisions VALUES (1, 1, '2026-01-01', 'a.csv: 1 row', 1)",
            "INSERT INTO snapshots VALUES (1, 1, 1, 1, 1, NULL, 'a.parquet', 1, '{}', '2026-01-01')",
            "INSERT INTO kpi_data VALUES (1, 1, 'revenue', '2025-01-01', 1, NULL, 5.0, 1)",
        ):
            connection.execute(text(statement))

    database.upgrade()

    with database.reading() as session:
        assert session.scalars(select(Source.path)).all() == ["a.csv"]
        assert session.scalars(select(Snapshot.shared_rows)).all() == [0]
        assert session.scalars(select(KpiData.total)).all() == [5.0]
    database.close()


def test_an_unknown_workspace_is_answered_with_the_one_that_was_meant(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound, match="No workspace named 'mian'; did you mean 'main'"):
        workspace_named(session, "mian")


def test_a_database_that_cannot_be_opened_is_named(settings: Settings) -> None:
    (settings.instance / "folder").mkdir()
    broken = load_settings(instance=settings.instance, database_url=f"sqlite:///{settings.instance / 'folder'}")

    with pytest.raises(SettingError, match="cannot be opened"):
        Database(broken).upgrade()


def test_an_exception_undoes_the_whole_transaction(database: Database) -> None:
    def fail_half_way() -> None:
        with database.writing() as session:
            workspace_named(session, MAIN).revision = 7
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    with database.reading() as session:
        assert workspace_named(session, MAIN).revision == 0


def test_many_writers_at_once_lose_nothing(settings: Settings, database: Database) -> None:
    def write(writer: int) -> None:
        own = Database(settings)
        for number in range(10):
            with own.writing() as session:
                workspace = workspace_named(session, MAIN)
                workspace.revision += 1
                session.add(
                    Revision(
                        workspace_id=workspace.id,
                        number=workspace.revision,
                        created_at=datetime.now(UTC),
                        summary=f"{writer}-{number}",
                    )
                )
        own.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as session:
        assert workspace_named(session, MAIN).revision == 60
        assert len(session.scalars(select(Revision)).all()) == 60


def test_the_change_counter_moves_only_when_another_connection_commits(settings: Settings, database: Database) -> None:
    before = database.changes()
    assert database.changes() == before

    with database.writing() as session:
        workspace_named(session, MAIN).revision = 3

    assert database.changes() != before


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="no time zone"), database.writing() as session:
        session.add(Workspace(name="other", revision=0, created_at=datetime(2026, 1, 1)))
