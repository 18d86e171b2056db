"""People's notes: what is kept, what is refused, and who was quicker."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dash_kpi.errors import Conflict, NotFound
from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.annotations import (
    Note,
    NoteRefused,
    Wording,
    add_note,
    as_json,
    delete_note,
    edit_note,
    notes_on,
    restore_note,
    wording_of,
)
from dash_kpi.storage.database import MAIN, Database
from tests.builders import commit_rows, sale

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2025, 3, 14)


@pytest.fixture
def numbers(database: Database) -> Database:
    commit_rows(database, "sales.csv", [sale(DAY, 10.0, 4.0)])
    return database


def add(
    database: Database, text: str = "New prices", kpi: str | None = None, first: date = DAY, last: date = DAY
) -> Note:
    return add_note(database, MAIN, Wording(kpi, first, last, text), "Ada", NOW)


def texts(database: Database, *which: Any) -> list[str]:
    return [note.text for note in notes_on(database, MAIN, *which)]


def test_a_note_is_kept_with_its_author_and_without_space_around_it(numbers: Database) -> None:
    note = add(numbers, "  New prices\n", "revenue")

    assert notes_on(numbers, MAIN) == (note,)
    assert (note.text, note.author, note.kpi, note.created_at) == ("New prices", "Ada", "revenue", NOW)
    assert as_json(note)["from"] == as_json(note)["to"] == DAY


def test_a_kpi_shows_its_own_notes_and_those_of_every_kpi(numbers: Database) -> None:
    add(numbers, "of revenue", "revenue")
    add(numbers, "of cost", "cogs")
    add(numbers, "of all")

    assert texts(numbers, "revenue") == ["of revenue", "of all"]


def test_notes_that_touch_the_span_are_listed_the_earliest_first(numbers: Database) -> None:
    add(numbers, "later", first=date(2025, 3, 31), last=date(2025, 4, 9))
    add(numbers, "before", first=date(2025, 2, 1), last=date(2025, 2, 28))
    add(numbers, "reaches in", first=date(2025, 1, 1), last=date(2025, 3, 1))
    add(numbers, "after", first=date(2025, 4, 1), last=date(2025, 4, 1))

    assert texts(numbers, None, Days(date(2025, 3, 1), date(2025, 3, 31))) == ["reaches in", "later"]


@pytest.mark.parametrize(
    ("wording", "field", "sentence"),
    [
        ({"text": " \n"}, "text", "A note needs a text."),
        ({"text": "x" * 501}, "text", "The text has 501 characters; 500 are the most."),
        ({"to": "2025-03-13"}, "to", "The last day, 2025-03-13, is before the first, 2025-03-14."),
        ({"from": "1899-12-31"}, "from", "1899-12-31 is not between 1900 and 2200."),
        ({"to": "2201-01-01"}, "to", "2201-01-01 is not between 1900 and 2200."),
        ({"from": ""}, "from", "The day is missing."),
        ({"to": "14.3."}, "to", "'14.3.' is no day; write it like 2025-01-31."),
        ({"text": 7}, "text", "The text of a note is written in words."),
        ({"kpi": ["revenue"]}, "kpi", "The KPI of a note is given by its name."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_field_it_is_about(
    numbers: Database, wording: dict[str, Any], field: str, sentence: str
) -> None:
    given = {"from": "2025-03-14", "to": "2025-03-14", "text": "New prices", **wording}

    with pytest.raises(NoteRefused) as refused:
        add_note(numbers, MAIN, wording_of(given), "Ada", NOW)

    assert (refused.value.field, str(refused.value)) == (field, sentence)
    assert texts(numbers) == []


def test_a_text_of_the_greatest_length_is_kept(numbers: Database) -> None:
    assert add(numbers, "é" * 500).text == "é" * 500


def test_without_a_last_day_the_note_is_on_one_day() -> None:
    assert wording_of({"from": "2025-03-14", "text": "x"}) == Wording(None, DAY, DAY, "x")


def test_an_unknown_kpi_is_named_with_the_one_that_was_meant(numbers: Database) -> None:
    with pytest.raises(NotFound, match="No KPI named 'revenu'; did you mean 'revenue'"):
        add(numbers, kpi="revenu")


def test_an_edit_changes_the_note_and_gives_it_another_version(numbers: Database) -> None:
    note = add(numbers)

    after = edit_note(numbers, MAIN, note.id, Wording("cogs", DAY, date(2025, 3, 20), "Strike"), note.version, NOW)

    assert notes_on(numbers, MAIN) == (after,)
    assert (after.kpi, after.last, after.text, after.author) == ("cogs", date(2025, 3, 20), "Strike", "Ada")
    assert after.version != note.version


def test_whoever_is_slower_is_told_what_the_note_says_now(numbers: Database) -> None:
    note = add(numbers)
    edit_note(numbers, MAIN, note.id, Wording(None, DAY, DAY, "Strike"), note.version, NOW)

    with pytest.raises(Conflict, match="it now says: Strike"):
        edit_note(numbers, MAIN, note.id, Wording(None, DAY, DAY, "Holiday"), note.version, NOW)
    with pytest.raises(Conflict):
        delete_note(numbers, MAIN, note.id, note.version, NOW)

    assert texts(numbers) == ["Strike"]


def test_a_deleted_note_is_on_no_chart_until_it_is_brought_back(numbers: Database) -> None:
    note = add(numbers)
    delete_note(numbers, MAIN, note.id, note.version, NOW)

    assert texts(numbers) == []
    with pytest.raises(Conflict, match="Somebody has deleted this note meanwhile"):
        edit_note(numbers, MAIN, note.id, Wording(None, DAY, DAY, "x"), note.version, NOW)
    restored = restore_note(numbers, MAIN, note.id, NOW + timedelta(minutes=1))

    assert notes_on(numbers, MAIN) == (restored,)
    assert restore_note(numbers, MAIN, note.id, NOW + timedelta(minutes=2)) == restored


def test_a_note_that_is_not_there_is_a_sentence(numbers: Database) -> None:
    with pytest.raises(NotFound, match="No note named '7'"):
        restore_note(numbers, MAIN, 7, NOW)
