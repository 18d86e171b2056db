"""Fifteen real files dropped in together: what looks alike is not counted twice, and nothing is lost."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.points import Question, points
from dash_kpi.reporting.view import parse_filters
from dash_kpi.storage.database import MAIN, Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NEW, EXISTING = 1_370_949.05, 265_536.70


def revenue(database: Database, *where: str) -> float:
    question = Question(kpis=("revenue",), filters=parse_filters(list(where)))
    return float(points(database, MAIN, question)["kpis"][0]["points"][0]["value"])


def test_files_that_cover_the_same_months_share_no_row(shared_data: Path, database: Database) -> None:
    for path in sorted((shared_data / "business" / "pfe_file_per_month").iterdir()):
        shutil.copy(path, database.settings.inbox)
        job_id = jobs.enqueue(database, MAIN, database.settings.inbox / path.name, NOW)
        job = jobs.claim(database, job_id, NOW)
        assert job is not None
        assert load(database, job).outcome == "loaded"

    page = data_page(database, MAIN)
    new = [source for source in page.sources if source.file.startswith("new_")]
    assert page.overlaps == ()
    assert sum(source.rows for source in new) == 93_583
    assert len({source.family for source in new}) == 1
    assert revenue(database, "contract_type=NEW") == pytest.approx(NEW, abs=0.01)
    assert revenue(database) == pytest.approx(NEW + EXISTING, abs=0.01)
