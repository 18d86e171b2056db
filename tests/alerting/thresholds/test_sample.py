"""The sample thresholds: they break nothing, and there is something to look at."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from dash_kpi.alerting.judging.workspace import judge_workspace
from dash_kpi.alerting.thresholds.decisions import undo
from dash_kpi.alerting.thresholds.entries import thresholds
from dash_kpi.alerting.thresholds.sample import RULES, add_sample_thresholds
from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.sample import write_sample
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Alert, Evaluation
from dash_kpi.storage.sources import SAMPLES
from tests.builders import commit_rows, sale

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_the_sample_thresholds_find_the_outage_of_the_web_shop(database: Database) -> None:
    folder = database.settings.instance / SAMPLES
    folder.mkdir()
    for path in write_sample(folder, NOW.date() - timedelta(days=1)):
        job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
        assert job is not None
        load(database, job)

    assert add_sample_thresholds(database, NOW) == len(RULES)
    judge_workspace(database, MAIN, NOW)

    with database.reading() as session:
        alerts = session.scalars(select(Alert)).all()
        failed = session.scalars(select(Evaluation.reason).where(Evaluation.code == "failed")).all()
    assert failed == []
    assert "100.0% less than usual" in next(one.message for one in alerts if one.kpi_name == "orders")
    assert {one.kpi_name for one in alerts if one.status == "open"}


def test_they_are_added_once(database: Database) -> None:
    add_sample_thresholds(database, NOW)

    assert add_sample_thresholds(database, NOW) == 0


def test_they_step_aside_with_the_samples(database: Database) -> None:
    add_sample_thresholds(database, NOW)
    commit_rows(database, "own.xlsx", [sale(NOW.date() - timedelta(days=at), 100) for at in range(30)])

    judge_workspace(database, MAIN, NOW)

    assert thresholds(database, MAIN) == ()
    undo(database, MAIN, 1, "Ann", NOW)
    assert [one.rule.kpi for one in thresholds(database, MAIN)] == ["orders"]
