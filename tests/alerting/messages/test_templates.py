"""Templates: the language, the versions of a team, and the preview."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dash_kpi.alerting.messages.language import TemplateRefused, parse, render
from dash_kpi.alerting.messages.templates import preview, reset, save, templates, undo
from dash_kpi.alerting.messages.wording import WORDINGS
from dash_kpi.errors import NotFound
from dash_kpi.storage.database import MAIN, Database
from tests.alerting.builders import NOW, add_alert

KNOWN = ("kpi", "segment", "value")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{kpi}[ of {segment}] is {value}", "Revenue is 80"),
        ("{kpi} {segment} , {value}", "Revenue, 80"),
        ("[{segment}: ]{{{kpi}}} [[x]]", "{Revenue} [x]"),
        ("a\n b { kpi }", "a b Revenue"),
        ("[{kpi}[ in {segment}], ]{value}", "Revenue, 80"),
    ],
)
def test_what_is_empty_leaves_no_trace(text: str, said: str) -> None:
    assert render(parse(text, KNOWN), {"kpi": "Revenue", "value": "80", "segment": ""}) == said


@pytest.mark.parametrize(
    ("text", "sentence", "start"),
    [
        ("Its {valeu}", "There is no {valeu}; did you mean {value}?", 4),
        ("{kpi.__class__}", "There is no {kpi.__class__}; ", 0),
        ("{kpi", "There is a '{' by itself; write '{{' for a brace.", 0),
        ("a ]", "There is a ']' without its '['; write ']]' for a bracket.", 2),
        ("a [b", "There is a '[' without its ']'; write '[[' for a bracket.", 2),
        ("[[[[[[[", "There is a '[' without its ']'; write '[[' for a bracket.", 6),
        (" ", "The wording is empty.", 0),
        ("x" * 1001, "The wording has 1,001 characters; 1,000 are the most.", 0),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, sentence: str, start: int) -> None:
    with pytest.raises(TemplateRefused) as refused:
        parse(text, KNOWN)

    assert str(refused.value).startswith(sentence)
    assert refused.value.start == start


@given(some.text("{}[]kpi value,.:\n"), some.text(), some.text())
def test_any_text_is_rendered_or_refused(text: str, kpi: str, value: str) -> None:
    try:
        parts = parse(text, KNOWN)
    except TemplateRefused:
        return
    assert "\n" not in render(parts, {"kpi": kpi, "value": value})


def test_what_comes_with_the_program_can_be_read_and_previewed(database: Database) -> None:
    for name, known in WORDINGS.items():
        assert preview(database, MAIN, name, known.text)

    assert preview(database, MAIN, "limit", WORDINGS["limit"].text).startswith("Revenue North is 82,100 in Mar 2025")


def test_the_preview_is_of_the_newest_alert(database: Database) -> None:
    add_alert(database, segment="West")

    assert preview(database, MAIN, "limit", "{kpi} {segment}: {value}") == "Revenue West: 80"


def test_a_wording_is_kept_undone_and_reset(database: Database) -> None:
    def text() -> str:
        return next(one.text for one in templates(database, MAIN) if one.name == "limit")

    save(database, MAIN, "limit", "{kpi} first", "Ann", NOW)
    save(database, MAIN, "limit", "{kpi} second", "Ben", NOW)
    row = next(one for one in templates(database, MAIN) if one.name == "limit")
    assert (row.text, row.is_changed, row.changed_by, row.versions) == ("{kpi} second", True, "Ben", 2)

    assert undo(database, MAIN, "limit", "Ann", NOW) == text() == "{kpi} first"
    reset(database, MAIN, "limit", "Ann", NOW)
    assert text() == WORDINGS["limit"].text
    assert undo(database, MAIN, "limit", "Ann", NOW) == "{kpi} first"


def test_a_template_that_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        save(database, MAIN, "limt", "x", "Ann", NOW)
