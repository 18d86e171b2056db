"""What changed: found in real rows, explained by a dimension, with restatements and what happened to the data."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from dash_kpi.kpis.definition import Definition, Target
from dash_kpi.reporting.changes import Change, Changes, what_changed
from dash_kpi.reporting.events import data_events
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import KpiDefinition
from tests.builders import NOW, commit_rows, sale

FIRST, DAYS = date(2025, 1, 1), 120
QUERY = "period=30d"


def rows(online: float = 1.0, spike: float = 1.0) -> list[dict[str, object]]:
    """Two channels and two regions of 120 days; in the last 30 Online sells so many times as much."""
    random = np.random.default_rng(5)
    found = []
    for offset in range(DAYS):
        for channel in ("Online", "Retail"):
            for region in ("North", "South"):
                factor = online if channel == "Online" and offset >= DAYS - 30 else 1.0
                factor *= spike if offset == DAYS - 10 else 1.0
                amount = round(factor * (100 + 5 * random.standard_normal()), 2)
                found.append(dict(sale(FIRST + timedelta(days=offset), amount, Channel=channel, Region=region)))
    return found


def ask(database: Database, query: str = QUERY) -> Changes:
    return what_changed(database, MAIN, View.from_query(query))


def of(found: Changes, kpi: str = "revenue") -> list[Change]:
    return [one for one in found.found if one.news.kpi == kpi]


def test_a_move_is_told_with_the_value_that_explains_it(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows(online=1.5))

    first = ask(database).found[0]

    assert (first.news.kind, first.news.way) == ("move", "up")
    assert first.news.change == pytest.approx(0.25, abs=0.02)
    assert first.part is not None
    assert (first.part.dimension, first.part.value) == ("Channel", "Online")
    assert first.part.share == pytest.approx(1.0, abs=0.1)


def test_a_quiet_period_has_no_news_and_says_what_was_looked_at(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows())

    found = ask(database)

    assert found.found == ()
    assert found.kpis >= 1
    assert found.dimensions == 2


def test_one_strange_day_is_told(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows(spike=3.0))

    found = of(ask(database))

    kinds = {one.kind for change in found for one in (change.news, *change.news.also)}
    assert "anomaly" in kinds


def test_a_filter_narrows_what_is_looked_at(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows(online=1.5))

    assert not ask(database, f"{QUERY}&where=Channel%3DRetail").found


def test_a_restated_day_is_told_once_for_a_revision(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows())
    changed = rows()
    changed[4 * (DAYS - 5)]["revenue"] = 150.0
    revision = commit_rows(database, "sales.xlsx", changed)

    (restated,) = ask(database, "period=30d&grain=day").restated

    assert restated.restatement.revision == revision
    assert restated.restatement.after != restated.restatement.before


def test_refused_rows_are_an_event_of_their_source(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows(), rows_refused=7)

    (event,) = data_events(database, MAIN, datetime(2026, 3, 1, tzinfo=UTC), ask(database).span)

    assert (event.kind, event.file, event.rows) == ("rows_refused", "sales.xlsx", 7)


def test_without_data_there_is_nothing(database: Database) -> None:
    assert ask(database).span is None


def test_the_answer_is_remembered(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows())

    assert ask(database) is ask(database, f"{QUERY}&kpi=revenue&by=Region")


def test_a_target_that_will_be_missed_is_told_before_the_month_is_over(database: Database) -> None:
    commit_rows(database, "sales.xlsx", rows()[: 4 * 110])
    given = Definition("revenue", "Revenue", "revenue", target=Target(value=12_400.0, per="month"))
    with database.writing() as session:
        session.add(
            KpiDefinition(
                workspace_id=1, name=given.name, valid_from=1, definition=given.as_json(),
                created_at=NOW, created_by="test",
            )
        )  # fmt: skip

    kinds = {one.news.kind: one for one in of(ask(database, "period=all"))}

    assert kinds["risk"].news.confidence > 0.5
    assert kinds["risk"].period == "Apr 2025"
