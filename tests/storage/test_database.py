"""The database: migrations, sessions, and several writers at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import alembic.command
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dash_kpi.errors import NotFound, SettingError
from dash_kpi.kpis.definition import Definition
from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import HEAD, MAIN, Database, workspace_named
from dash_kpi.storage.definitions import definitions_at
from dash_kpi.storage.migrate import alembic_config
from dash_kpi.storage.models import (
    Alert,
    Annotation,
    Base,
    Forecast,
    KpiData,
    KpiDefinition,
    Revision,
    Snapshot,
    Source,
    Threshold,
    Workspace,
)


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
    with migrating(database) as (config, connection):
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


@contextmanager
def migrating(database: Database) -> Iterator[tuple[Config, Connection]]:
    config = alembic_config()
    with database.engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        yield config, connection


def test_a_database_of_the_second_version_keeps_its_rows_and_takes_definitions_notes_and_forecasts(
    settings: Settings,
) -> None:
    database = Database(settings)
    with migrating(database) as (config, connection):
        alembic.command.upgrade(config, "0002")
        for statement in (
            "INSERT INTO workspaces VALUES (1, 'main', 1, '2026-01-01')",
            "INSERT INTO revisions (workspace_id, number, created_at, summary, actor) "
            "VALUES (1, 1, '2026-01-01', 'a.csv: 1 row', '')",
        ):
            connection.execute(text(statement))

    database.upgrade()

    keep_one_of_each(database)
    with database.reading() as session:
        assert session.scalars(select(Revision.summary)).all() == ["a.csv: 1 row"]
        assert [one.name for one in definitions_at(session, 1, 1)] == ["margin"]
        assert session.scalars(select(Annotation.text)).all() == ["New prices"]
        assert session.scalars(select(Forecast.kpi)).all() == ["margin"]
    database.close()


def test_a_database_goes_back_to_the_second_version_and_forward_again(database: Database) -> None:
    keep_one_of_each(database)

    with migrating(database) as (config, connection):
        alembic.command.downgrade(config, "0002")
        left = set(inspect(connection).get_table_names())

    assert not left & {"kpi_definitions", "annotations", "forecasts"}
    database.upgrade()
    assert database.is_current()
    with database.reading() as session:
        assert session.scalars(select(Workspace.name)).all() == [MAIN]
        assert session.scalars(select(Annotation)).all() == []


def keep_one_of_each(database: Database) -> None:
    day, now = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    margin = Definition("margin", "Margin", "profit / revenue").as_json()
    with database.writing() as session:
        session.add_all(
            (
                KpiDefinition(
                    workspace_id=1, name="margin", valid_from=1, definition=margin, created_at=now, created_by="Ann"
                ),
                Annotation(
                    workspace_id=1, first_day=day, last_day=day, text="New prices", created_at=now, created_by="Ann"
                ),
                Forecast(
                    workspace_id=1, revision=1, kpi="margin", grain="day", periods=30, made="1", forecast={},
                    computed_at=now,
                ),
            )
        )  # fmt: skip


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


def test_a_database_of_the_third_version_keeps_its_rows_and_takes_thresholds_alerts_and_channels(
    settings: Settings,
) -> None:
    database = Database(settings)
    with migrating(database) as (config, connection):
        alembic.command.upgrade(config, "0003")
        for statement in (
            "INSERT INTO workspaces VALUES (1, 'main', 1, '2026-01-01')",
            "INSERT INTO annotations (workspace_id, first_day, last_day, text, created_at, created_by) "
            "VALUES (1, '2026-01-01', '2026-01-01', 'New prices', '2026-01-01', 'Ann')",
        ):
            connection.execute(text(statement))

    database.upgrade()

    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []
    with database.reading() as session:
        assert session.scalars(select(Annotation.text)).all() == ["New prices"]
        assert session.scalars(select(Threshold)).all() == []
    database.close()


def test_a_database_goes_back_to_the_third_version_and_forward_again(database: Database) -> None:
    with migrating(database) as (config, connection):
        alembic.command.downgrade(config, "0003")
        left = set(inspect(connection).get_table_names())

    assert not left & {"thresholds", "alerts", "channels", "deliveries", "evaluations"}
    database.upgrade()
    assert database.is_current()


def test_one_rule_and_segment_have_one_open_alert_at_most(database: Database) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rule = {"workspace_id": 1, "kpi_name": "revenue", "created_at": now, "updated_at": now}
    alert = {
        "workspace_id": 1, "threshold_id": 1, "threshold_version": 1, "segment": "", "kpi_name": "revenue",
        "alert_type": "below", "severity": "warning", "message": "", "period_start": now.date(),
        "period_end": now.date(), "revision": 1, "details": {}, "opened_at": now, "updated_at": now,
    }  # fmt: skip
    with database.writing() as session:
        session.add(Threshold(**rule, rule={}, created_by="Ann"))
        session.flush()
        session.add_all(Alert(**alert, status=status) for status in ("resolved", "corrected", "open"))

    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(Alert(**alert, status="snoozed"))


def test_only_what_asks_for_it_waits_for_the_disk(database: Database) -> None:
    def synchronous(session: Session) -> object:
        return session.scalar(text("PRAGMA synchronous"))

    with database.writing(durable=True) as session:
        assert synchronous(session) == 2
    with database.writing() as session:
        assert synchronous(session) == 1
    with database.reading() as session:
        assert synchronous(session) == 1
