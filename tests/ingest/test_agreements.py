"""What is agreed on about a source."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from dash_kpi.errors import NotFound, Refused
from dash_kpi.ingest.agreements import Agreement, agree, agreement_of
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Source
from tests.builders import commit_rows, sale

WANTED = Agreement("Ada", "month", 3, True, 30, 50)


@pytest.fixture
def source(database: Database) -> int:
    commit_rows(database, "a.xlsx", [sale(date(2025, 1, 1), 1)])
    with database.reading() as session:
        return session.scalars(select(Source.id)).one()


def test_an_agreement_is_kept_and_the_former_one_comes_back(database: Database, source: int) -> None:
    former = agree(database, MAIN, source, WANTED)

    assert former == Agreement(None, "learnt", None, True, 20, 90)
    assert agreement_of(database, MAIN, source) == WANTED
    assert agree(database, MAIN, source, former) == WANTED
    with database.reading() as session:
        kept = session.get_one(Source, source)
    assert (kept.owner, kept.cadence, kept.contract) == (None, None, None)


def test_without_a_day_it_is_due_by_the_end_of_the_period(database: Database, source: int) -> None:
    agree(database, MAIN, source, replace(WANTED, by=None))

    assert agreement_of(database, MAIN, source).by == 23


def test_a_source_need_not_be_watched(database: Database, source: int) -> None:
    agree(database, MAIN, source, replace(WANTED, every="none"))

    assert agreement_of(database, MAIN, source).every == "none"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"every": "week", "by": 8}, "The weekday is 8; it must be between 1 and 7."),
        ({"every": "year"}, "'year' is no cadence"),
        ({"refused_percent": None}, "The limit of rows refused is 0 %"),
        ({"owner": "x" * 300}, "The owner has 300 characters; 255 are the most."),
    ],
)
def test_what_cannot_be_is_refused_with_its_value(database: Database, source: int, changes: dict, sentence: str):
    with pytest.raises(Refused, match=sentence):
        agree(database, MAIN, source, replace(WANTED, **changes))


def test_there_must_be_such_a_source(database: Database) -> None:
    with pytest.raises(NotFound):
        agree(database, MAIN, 99, WANTED)
