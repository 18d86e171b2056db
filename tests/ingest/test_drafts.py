"""Drafts: what the editor opens, tries and saves, from the address to the numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from dash_kpi.errors import Conflict, Refused
from dash_kpi.ingest import child, drafts
from dash_kpi.ingest.rules import ColumnRule, Rules
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Ingest
from tests.ingest.test_mappings import read, read_asked, revenue, save

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NET = Rules(columns={"Net": ColumnRule("measure", "revenue"), "Revenue": ColumnRule("left_out")}).as_json()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    child.warm_up()


@pytest.fixture
def loaded(database: Database) -> Database:
    """A workspace with one source."""
    read(database, save(database.settings.inbox / "a.xlsx"))
    return database


def opened(database: Database) -> drafts.Draft:
    with database.reading() as session:
        file_id = session.scalars(select(Ingest.id)).first()
    return drafts.opened(database, MAIN, str(file_id), "Sheet")


def test_a_draft_is_tried_without_changing_a_number_and_saved_with_one(loaded: Database) -> None:
    draft = {**opened(loaded), "rules": NET}

    editor = drafts.shown(loaded, MAIN, draft)
    assert editor.preview is not None
    assert editor.preview.tables[0].measures["revenue"].total == 80
    assert (editor.is_changed, editor.saved, editor.sources) == (True, None, 1)
    assert revenue(loaded) == 100

    words, draft = drafts.save(loaded, MAIN, draft, NOW)
    assert words == "Saved for sheet 'Sheet'; it is read again."
    assert (draft["rules"], draft["saved"]) == (NET, NET)
    read_asked(loaded)
    assert revenue(loaded) == 80
    assert drafts.shown(loaded, MAIN, draft).saved is not None


def test_undo_and_reset_give_back_what_was(loaded: Database) -> None:
    _, draft = drafts.save(loaded, MAIN, {**opened(loaded), "rules": NET}, NOW)

    _, reset = drafts.reset(loaded, MAIN, draft, NOW + timedelta(minutes=1))
    assert reset["rules"] == {}
    words, undone = drafts.undo(loaded, MAIN, reset, NOW + timedelta(minutes=2))
    assert (words, undone["rules"]) == ("Undone: the version before holds again.", NET)
    words, undone = drafts.undo(loaded, MAIN, undone, NOW + timedelta(minutes=3))
    assert (words, undone["rules"]) == ("Undone: it is read as inferred again.", {})


def test_a_mapping_of_the_header_opens_with_every_file_that_has_it(loaded: Database) -> None:
    words, _ = drafts.save_for_header(loaded, MAIN, {**opened(loaded), "rules": NET}, NOW)
    assert words == "Saved for every file with this header; 1 source is read again."
    read_asked(loaded)
    read(loaded, save(loaded.settings.inbox / "b.xlsx", 10))
    with loaded.reading() as session:
        newest = session.scalars(select(Ingest.id).order_by(Ingest.id.desc())).first()

    draft = drafts.opened(loaded, MAIN, str(newest), "Sheet")

    assert draft["rules"] == NET
    editor = drafts.shown(loaded, MAIN, draft)
    assert editor.sources == 2
    assert editor.saved is not None
    assert editor.saved.is_for_header


def test_what_gives_no_row_is_not_saved(loaded: Database) -> None:
    rules = {"columns": {"Date": {"part": "left_out"}}}

    with pytest.raises(
        Refused, match=r"^It was not saved, for nothing would be read: Sheet 'Sheet' has no date column\.$"
    ):
        drafts.save(loaded, MAIN, {**opened(loaded), "rules": rules}, NOW)


def test_two_people_who_save_the_same_table_are_told(loaded: Database) -> None:
    first, second = opened(loaded), opened(loaded)
    drafts.save(loaded, MAIN, {**first, "rules": NET}, NOW)

    with pytest.raises(Conflict):
        drafts.save(loaded, MAIN, {**second, "rules": {"header_rows": 1}}, NOW)


def test_a_file_that_is_gone_says_so_and_its_mapping_can_still_be_undone(loaded: Database) -> None:
    _, draft = drafts.save(loaded, MAIN, {**opened(loaded), "rules": NET}, NOW)
    (loaded.settings.inbox / "a.xlsx").unlink()

    editor = drafts.shown(loaded, MAIN, draft)

    assert (editor.preview, editor.reason) == (
        None,
        "The file is not there any more, so that its rows cannot be shown.",
    )
    assert drafts.undo(loaded, MAIN, draft, NOW + timedelta(minutes=1))[1]["rules"] == {}


@pytest.mark.parametrize("file", [None, "", "x", "99", "-1"])
def test_an_address_that_names_no_file_is_answered_in_words(database: Database, file: str | None) -> None:
    assert drafts.opened(database, MAIN, file, None)["refusal"].startswith("The address names no file")


def test_without_a_sheet_the_first_one_opens(loaded: Database) -> None:
    assert drafts.opened(loaded, MAIN, "1", None)["sheet"] == "Sheet"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"header_row": 0}, "The header row must be a number from 1 to 1,048,576, not '0'."),
        ({"header_row": "3"}, "The header row must be a number from 1 to 1,048,576, not '3'."),
        ({"header_rows": 99}, "The number of header rows must be a number from 1 to 10, not '99'."),
        ({"layout": "circle"}, "The layout cannot be 'circle'."),
        ({"decimal": ";"}, "The decimal sign cannot be ';'."),
        ({"columns": {"A": {"part": "king"}}}, "The part of column 'A' cannot be 'king'."),
        ({"columns": {"A": {"part": "measure", "aggregation": "distinct"}}}, "cannot be 'distinct'"),
        ({"columns": {"A": {"part": "measure", "name": " "}}}, "The name of column 'A' must have 1 to 100 characters."),
        ({"columns": {"A": {"colour": "red"}}}, "The mapping cannot be understood; reload the page."),
        ({"anything": 1}, "The mapping cannot be understood; reload the page."),
        ({"columns": []}, "The mapping cannot be understood; reload the page."),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_with_it(rules: dict[str, object], words: str) -> None:
    with pytest.raises(Refused) as refusal:
        drafts.checked(rules)
    assert words in str(refusal.value)
