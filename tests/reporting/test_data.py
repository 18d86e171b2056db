"""The data page, freshness, and the flag."""

from datetime import UTC, date, datetime

import orjson
import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.ingest.missing import mark_missing, restore, retire
from dash_kpi.reporting.data import data_page, freshness, revisions
from dash_kpi.reporting.flag import flag
from dash_kpi.reporting.overview import overview
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from tests.builders import commit_rows, sale

NOW = datetime(2026, 3, 1, 13, tzinfo=UTC)
DAY = date(2025, 1, 1)


def total(database: Database) -> float | None:
    cards = overview(database, MAIN, View(period="all")).cards
    return cards[0].value if cards else None


def test_a_source_says_what_was_read(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10, Region="N")], rows_refused=2)

    page = data_page(database, MAIN)

    source = page.sources[0]
    assert (source.file, source.status, source.rows, source.rows_refused) == ("a.xlsx", "ok", 1, 2)
    assert (source.measures, source.dimensions) == (("revenue",), ("Region",))
    assert page.ingests[0].outcome == "loaded"
    assert page.folders == (str(database.settings.inbox),)


def test_a_missing_file_keeps_its_data_until_it_is_retired(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10)])
    mark_missing(database, 1, "inbox/a.xlsx")
    source = data_page(database, MAIN).sources[0]
    assert (source.status, total(database)) == ("missing", 10)

    retire(database, MAIN, source.id, NOW)

    assert data_page(database, MAIN).sources[0].status == "retired"
    assert total(database) is None


def test_a_retired_source_comes_back_as_it_was(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10, Region="N")])
    commit_rows(database, "a.xlsx", [sale(DAY, 12, Region="N")])
    source = data_page(database, MAIN).sources[0].id
    retire(database, MAIN, source, NOW)

    restore(database, MAIN, source, NOW)

    assert total(database) == 12
    assert [row.summary for row in revisions(database, MAIN)][:2] == ["a.xlsx: restored", "a.xlsx: retired"]


def test_what_is_retired_cannot_be_retired_again(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10)])
    source = data_page(database, MAIN).sources[0].id
    retire(database, MAIN, source, NOW)

    with pytest.raises(Refused, match="retired already"):
        retire(database, MAIN, source, NOW)


def test_a_refused_version_leaves_the_last_good_data(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10)])
    path = database.settings.inbox / "a.xlsx"
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None

    jobs.refuse(database, job, "The file is damaged.", NOW)

    source = data_page(database, MAIN).sources[0]
    assert (source.status, source.reason, total(database)) == ("refused", "The file is damaged.", 10)
    assert freshness(database, MAIN).problems == 1


def test_the_flag_stands_still_while_nothing_moves(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(DAY, 10)])

    first, second = flag(database, MAIN), flag(database, MAIN)

    assert first == second
    assert orjson.loads(first.body)["revision"] == 1


def test_the_flag_tells_of_a_job_at_once_and_of_its_progress(database: Database) -> None:
    before = flag(database, MAIN)
    path = database.settings.inbox / "b.xlsx"
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    jobs.report(database, job, "reading", 0.4, NOW)

    after = flag(database, MAIN)

    assert after.etag != before.etag
    shown = orjson.loads(after.body)["jobs"][0]
    assert (shown["file"], shown["status"], shown["phase"], shown["percent"]) == ("b.xlsx", "running", "reading", 40)


def test_a_revision_says_who_or_what_caused_it(database: Database) -> None:
    path = database.settings.inbox / "a.csv"
    path.write_text("date,revenue\n2025-01-01,10\n", "utf-8")
    noticed = jobs.enqueue(database, MAIN, path, NOW, jobs.WATCHED)
    assert jobs.enqueue(database, MAIN, path, NOW, jobs.UPLOADED) == noticed
    assert jobs.enqueue(database, MAIN, path, NOW, jobs.WATCHED) == noticed
    job = jobs.claim(database, noticed, NOW)
    assert job is not None
    load(database, job)

    retire(database, MAIN, data_page(database, MAIN).sources[0].id, NOW)

    found = [(row.number, row.actor, row.file, row.has_original) for row in revisions(database, MAIN)]
    assert found == [(2, "data page", None, False), (1, "upload", "a.csv", True)]
