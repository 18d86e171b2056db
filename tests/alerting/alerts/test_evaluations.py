from datetime import timedelta
from typing import Any

from sqlalchemy import select

from dash_kpi.alerting.alerts.evaluations import compact, compact_all, evaluations
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Evaluation
from tests.alerting.builders import NOW, add_alert, add_evaluation, add_threshold

LONG_AGO, OLD = NOW - timedelta(days=500), NOW - timedelta(days=60)


def kept(database: Database) -> list[tuple[str, str, int]]:
    with database.reading() as session:
        rows = session.scalars(select(Evaluation).order_by(Evaluation.id))
        return [(row.segment, row.code, row.count) for row in rows]


def compacted(database: Database) -> int:
    with database.writing() as session:
        return compact(session, 1, NOW)


def add_days(database: Database, threshold: int, codes: str, **given: Any) -> None:
    words = {"w": "within", "p": "pending", "f": "fired"}
    for day, code in enumerate(codes):
        add_evaluation(database, threshold, at=OLD + timedelta(days=day), code=words[code], **given)


def test_old_evaluations_keep_the_changes_and_how_often(database: Database) -> None:
    number = add_threshold(database)
    add_days(database, number, "wwwpfww")

    assert compact_all(database, NOW) == 3
    assert kept(database) == [("", "within", 3), ("", "pending", 1), ("", "fired", 1), ("", "within", 2)]
    assert compacted(database) == 0


def test_a_run_lasts_until_its_last_evaluation(database: Database) -> None:
    add_days(database, add_threshold(database), "www")

    compacted(database)

    (row,) = evaluations(database, MAIN).rows
    assert (row.first_at, row.last_at) == (OLD, OLD + timedelta(days=2))


def test_segments_are_runs_of_their_own(database: Database) -> None:
    number = add_threshold(database)
    for day in range(2):
        for segment in ("North", "South"):
            add_evaluation(database, number, segment=segment, at=OLD + timedelta(days=day), code="within")

    compacted(database)

    assert kept(database) == [("North", "within", 2), ("South", "within", 2)]


def test_evaluations_of_the_last_month_stay_whole(database: Database) -> None:
    number = add_threshold(database)
    for day in (1, 2):
        add_evaluation(database, number, at=NOW - timedelta(days=day), code="within")

    assert compacted(database) == 0


def test_what_is_long_ago_goes_unless_an_alert_names_it(database: Database) -> None:
    number = add_threshold(database)
    add_alert(database, number, now=LONG_AGO, status="resolved")
    add_evaluation(database, number, at=LONG_AGO + timedelta(days=1), code="within")

    assert compacted(database) == 1
    assert kept(database) == [("", "fired", 1)]


def test_evaluations_come_page_by_page_the_newest_first(database: Database) -> None:
    number = add_threshold(database)
    add_days(database, number, "wwwww")
    add_evaluation(database, add_threshold(database))

    page = evaluations(database, MAIN, threshold=number, page=2, size=2)

    assert (page.total, page.page, page.pages) == (5, 2, 3)
    assert [row.first_at for row in page.rows] == [OLD + timedelta(days=day) for day in (2, 1)]
    assert evaluations(database, MAIN, threshold=number, page=99, size=2).page == 3
