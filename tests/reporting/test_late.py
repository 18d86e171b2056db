"""Late sources: from the versions of a file, from files of one period each, and as a person told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from dash_kpi.ingest import jobs
from dash_kpi.ingest.commit import commit
from dash_kpi.ingest.missing import retire
from dash_kpi.ingest.reading import FileReading
from dash_kpi.reporting.data import freshness, sources
from dash_kpi.reporting.late import late_sources
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Ingest, Source
from tests.builders import sale, table_of


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def deliver(database: Database, file: str, arrival: date, *days: date) -> None:
    """Commit a version of a file that arrived on a day."""
    path = database.settings.inbox / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{arrival} {days}", "utf-8")
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, at(arrival)), at(arrival))
    assert job is not None
    with database.writing() as session:
        session.get_one(Ingest, job.id).sha256 = f"{file} {arrival}"
    rows = [sale(day, 1, region="North") for day in days]
    commit(database, job, FileReading((table_of(database.settings.snapshots, rows),)), at(arrival))


def tell(database: Database, **changes: Any) -> None:
    with database.writing() as session:
        for source in session.scalars(select(Source)):
            for name, value in changes.items():
                setattr(source, name, value)


TUESDAYS = [date(2025, 6, 3) + timedelta(weeks=week) for week in range(4)]


def weekly(database: Database) -> None:
    for arrival in TUESDAYS:
        deliver(database, "weekly.xlsx", arrival, date(2025, 5, 1), arrival - timedelta(days=1))


def test_a_weekly_file_that_does_not_come_is_late_from_the_day_after(database: Database) -> None:
    weekly(database)
    tell(database, owner="Ada")

    assert late_sources(database, MAIN, at(date(2025, 7, 1))) == ()
    (late,) = late_sources(database, MAIN, at(date(2025, 7, 2)))

    assert (late.file, late.owner, late.cadence, late.since) == (
        "weekly.xlsx", "Ada", "weekly by Tuesday", date(2025, 7, 1),
    )  # fmt: skip
    assert freshness(database, MAIN, at(date(2025, 7, 2))).late == 1


def test_the_file_that_comes_ends_it(database: Database) -> None:
    weekly(database)

    deliver(database, "weekly.xlsx", date(2025, 7, 2), date(2025, 5, 1), date(2025, 7, 1))

    assert late_sources(database, MAIN, at(date(2025, 7, 3))) == ()
    assert sources(database, MAIN, at(date(2025, 7, 3)))[0].due == date(2025, 7, 9)


def test_of_monthly_files_that_came_at_once_the_next_is_due_in_the_month_after_its_own(database: Database) -> None:
    for month in (1, 2, 3, 4):
        deliver(database, f"2025-{month:02}.xlsx", date(2025, 5, 2), date(2025, month, 1), date(2025, month, 28))

    assert late_sources(database, MAIN, at(date(2025, 6, 30))) == ()
    (late,) = late_sources(database, MAIN, at(date(2025, 7, 1)))

    assert (late.file, late.since) == ("2025-04.xlsx", date(2025, 6, 30))


def test_nobody_waits_after_files_of_years_ago_that_came_at_once(database: Database) -> None:
    for month in (1, 2, 3, 4):
        deliver(database, f"2019-{month:02}.xlsx", date(2025, 5, 2), date(2019, month, 1), date(2019, month, 28))

    assert late_sources(database, MAIN, at(date(2025, 7, 1))) == ()


def test_files_of_other_columns_or_folders_are_no_family(database: Database) -> None:
    for month in (1, 2, 3, 4):
        deliver(database, f"{month}/sales.xlsx", date(2025, 5, 2), date(2025, month, 1), date(2025, month, 28))

    assert {row.cadence for row in sources(database, MAIN, at(date(2025, 9, 1)))} == {"no cadence learnt yet"}


def test_what_a_person_told_wins_over_what_was_learnt(database: Database) -> None:
    weekly(database)
    tell(database, cadence={"every": "day", "by": 1, "is_watched": True})

    assert [late.since for late in late_sources(database, MAIN, at(date(2025, 6, 27)))] == [date(2025, 6, 25)]
    tell(database, cadence={"every": "day", "by": 1, "is_watched": False})
    assert late_sources(database, MAIN, at(date(2025, 9, 27))) == ()
    assert sources(database, MAIN, at(date(2025, 9, 27)))[0].cadence == "not watched"


def test_samples_and_retired_sources_are_never_late(database: Database) -> None:
    for arrival in TUESDAYS:
        deliver(database, "sample/demo.xlsx", arrival, date(2025, 5, 1), arrival - timedelta(days=1))
    assert late_sources(database, MAIN, at(date(2026, 1, 1))) == ()
    weekly(database)
    with database.reading() as session:
        own = session.scalar(select(Source.id).where(Source.status == "ok"))
    assert own is not None

    retire(database, MAIN, own, at(date(2025, 6, 25)))

    assert late_sources(database, MAIN, at(date(2026, 1, 1))) == ()
