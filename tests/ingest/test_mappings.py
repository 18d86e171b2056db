"""Mappings: decisions in versions, and what the reading makes of them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from dash_kpi.errors import Conflict, Refused
from dash_kpi.ingest import jobs, mappings
from dash_kpi.ingest.load import Loaded, load
from dash_kpi.ingest.mappings import Table
from dash_kpi.ingest.rules import ColumnRule, Rules
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.points import Question, points
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Ingest, MappingVersion, Revision, Source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
LATEST = NOW + timedelta(minutes=2)
NET = Rules(columns={"Net": ColumnRule("measure", "revenue"), "Revenue": ColumnRule("left_out")})
GROSS = Rules(columns={"Net": ColumnRule("left_out")})


def save(path: Path, factor: float = 1.0) -> Path:
    """Write 10 rows whose revenue is 10 each and whose net is 8 each."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Date", "Region", "Revenue", "Net"])
    for day in range(1, 11):
        book.active.append([date(2025, 1, day), "North", 10 * factor, 8 * factor])
    book.save(path)
    return path


def read(database: Database, path: Path) -> Loaded:
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return load(database, job)


def read_asked(database: Database) -> list[str]:
    """Read what was asked for, and return how each reading ended."""
    found = []
    for job_id in jobs.asked_for(database):
        job = jobs.claim(database, job_id, NOW)
        assert job is not None
        found.append(load(database, job).outcome)
    return found


def table_of(database: Database, file: str) -> Table:
    with database.reading() as session:
        source = session.scalars(select(Source).where(Source.path == f"inbox/{file}")).one()
        return Table(source.workspace_id, source.path, source.sheet, source.header)


def known(database: Database, table: Table) -> int | None:
    with database.reading() as session:
        version = mappings.current(session, table)
        return version.id if version else None


def decide(database: Database, table: Table, rules: Rules, now: datetime) -> None:
    mappings.save_for_table(database, table, rules, known(database, table), "page", now)


def revenue(database: Database) -> float | None:
    return next(k for k in points(database, MAIN, Question())["kpis"] if k["name"] == "revenue")["points"][0]["value"]


def test_a_saved_mapping_gives_other_totals_as_a_revision_of_its_own(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    assert revenue(database) == 100

    decide(database, table_of(database, "a.xlsx"), NET, NOW)

    assert read_asked(database) == ["loaded"]
    assert revenue(database) == 80
    with database.reading() as session:
        assert session.get_one(Revision, (1, 2)).actor == "mapping"


def test_the_same_content_under_the_same_mapping_is_not_read_again(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    decide(database, table_of(database, "a.xlsx"), NET, NOW)
    read_asked(database)

    assert read(database, path).outcome == "unchanged"


def test_undoing_goes_back_version_by_version_to_what_is_inferred(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    table = table_of(database, "a.xlsx")
    decide(database, table, NET, NOW)
    decide(database, table, GROSS, LATER)

    assert mappings.undo(database, table, LATEST) == NET
    read_asked(database)
    assert revenue(database) == 80
    assert mappings.undo(database, table, LATEST) == Rules()
    read_asked(database)
    assert revenue(database) == 100
    with pytest.raises(Refused, match=r"^Nothing is saved for a\.xlsx, sheet 'Sheet'; there is nothing to undo\.$"):
        mappings.undo(database, table, LATEST)


def test_a_version_saved_after_an_undo_does_not_bring_the_undone_one_back(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    table = table_of(database, "a.xlsx")
    decide(database, table, NET, NOW)
    mappings.undo(database, table, NOW + timedelta(seconds=1))
    decide(database, table, GROSS, LATER)

    assert mappings.undo(database, table, LATEST) == Rules()
    with database.reading() as session:
        assert mappings.versions(session, table) == []


def test_a_mapping_for_the_header_is_that_of_every_file_with_it(database: Database) -> None:
    for file in ("a.xlsx", "b.xlsx"):
        read(database, save(database.settings.inbox / file, 1 if file == "a.xlsx" else 10))
    table = table_of(database, "a.xlsx")
    decide(database, table, GROSS, NOW)

    count = mappings.save_for_header(database, table, NET, known(database, table), "page", LATER)

    assert count == 2
    assert read_asked(database) == ["loaded", "loaded"]
    assert revenue(database) == 880
    read(database, save(database.settings.inbox / "c.xlsx", 100))
    assert revenue(database) == 8880


def test_undoing_a_mapping_for_the_header_brings_the_tables_own_back(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    table = table_of(database, "a.xlsx")
    decide(database, table, NET, NOW)
    mappings.save_for_header(database, table, GROSS, known(database, table), "page", LATER)

    assert mappings.undo(database, table, LATEST) == NET


def test_resetting_reads_a_table_as_inferred_whatever_its_header_says(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    table = table_of(database, "a.xlsx")
    mappings.save_for_header(database, table, NET, None, "page", NOW)
    read_asked(database)
    assert revenue(database) == 80

    mappings.reset(database, table, known(database, table), "page", LATER)

    read_asked(database)
    assert revenue(database) == 100
    with pytest.raises(Refused, match="it is read as inferred"):
        mappings.reset(database, table, known(database, table), "page", LATEST)


def test_who_saves_over_a_mapping_that_he_has_not_seen_is_told(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    table = table_of(database, "a.xlsx")
    decide(database, table, NET, NOW)

    with pytest.raises(Conflict, match="Somebody else has saved another mapping"):
        mappings.save_for_table(database, table, GROSS, None, "page", LATER)


def test_a_mapping_saved_while_its_file_is_read_is_not_lost(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    table = table_of(database, "a.xlsx")
    with database.writing() as session:  # a new version that loses a measure would be held
        session.scalars(select(Source)).one().contract = {"is_kept": False}
    job_id = jobs.enqueue(database, MAIN, save(database.settings.inbox / "a.xlsx", 2), NOW)
    job = jobs.claim(database, job_id, NOW)
    assert job is not None

    def on_progress(phase: str, fraction: float) -> None:
        if phase == "saving" and known(database, table) is None:
            decide(database, table, NET, NOW)

    assert load(database, job, on_progress).outcome == "again"
    assert revenue(database) == 100
    assert read_asked(database) == ["loaded"]
    assert revenue(database) == 160


def test_a_renamed_file_keeps_its_mapping(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    decide(database, table_of(database, "a.xlsx"), NET, NOW)
    read_asked(database)

    path.rename(database.settings.inbox / "b.xlsx")

    assert read(database, database.settings.inbox / "b.xlsx").reason == "Renamed from a.xlsx."
    read(database, save(database.settings.inbox / "b.xlsx", 2))
    assert revenue(database) == 160


def test_a_file_that_was_away_when_its_mapping_changed_is_read_by_it_when_it_returns(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    content = path.read_bytes()
    decide(database, table_of(database, "a.xlsx"), NET, NOW)
    path.unlink()
    assert read_asked(database) == ["refused"]
    assert revenue(database) == 100

    path.write_bytes(content)

    assert read(database, path).outcome == "loaded"
    assert revenue(database) == 80


def test_what_only_a_mapping_made_readable_leaves_the_numbers_with_it(database: Database) -> None:
    path = database.settings.inbox / "a.csv"
    path.write_text("Date,Who,Phone number\n2025-01-01,Anna,100\n2025-01-02,Bert,200\n", "utf-8")
    assert read(database, path).outcome == "refused"
    table = Table(1, "inbox/a.csv", "")
    rules = Rules(columns={"Phone number": ColumnRule("measure", "revenue", "sum")})
    mappings.save_for_table(database, table, rules, None, "page", NOW)
    assert read_asked(database) == ["loaded"]
    assert revenue(database) == 300

    mappings.undo(database, table, LATER)

    assert read_asked(database) == ["refused"]
    (source,) = data_page(database, MAIN).sources
    assert (source.status, source.reason) == ("retired", "The file has no column of numbers.")
    assert points(database, MAIN, Question())["kpis"] == []


def test_a_version_that_is_held_is_read_anew_when_its_mapping_changes(database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Date", "Region", "Revenue", "Netto"])
    for day in range(1, 11):
        book.active.append([date(2025, 1, day), "North", 20, 16])
    book.save(path := database.settings.inbox / "a.xlsx")
    assert read(database, path).outcome == "refused"
    assert [source.status for source in data_page(database, MAIN).sources] == ["held"]

    decide(database, table_of(database, "a.xlsx"), Rules(columns={"Netto": ColumnRule("measure", "net")}), NOW)

    assert read_asked(database) == ["loaded"]
    assert revenue(database) == 200


def test_one_job_a_file_also_when_a_person_asks(database: Database) -> None:
    path = save(database.settings.inbox / "a.xlsx")
    read(database, path)
    job_id = jobs.enqueue(database, MAIN, path, NOW)
    decide(database, table_of(database, "a.xlsx"), NET, NOW)

    assert jobs.asked_for(database) == [job_id]
    with database.reading() as session:
        assert len(session.scalars(select(Ingest)).all()) == 2
        assert session.scalars(select(MappingVersion.created_by)).one() == "page"
