"""The wallboard: large cards by six, then sentences; what is wrong with the data in words."""

from dataclasses import replace
from datetime import UTC, datetime

from dash_kpi.reporting.changes import Changes
from dash_kpi.reporting.values import Freshness
from dash_kpi.reporting.view import View
from dash_kpi.ui.markup import markup
from dash_kpi.ui.wallboard import slides, status
from tests.ui.examples import CUSTOMERS, EMPTY, FULL, REVENUE

NOW = datetime(2026, 3, 1, tzinfo=UTC)
QUIET = Changes(12, View(), FULL.span)


def test_at_most_six_cards_make_a_slide_and_only_the_first_is_seen() -> None:
    shown = [markup(one) for one in slides(replace(FULL, cards=(REVENUE,) * 7), QUIET, (), "EUR")]

    assert len(shown) == 3
    assert ["hidden" in one.split(">")[0] for one in shown] == [False, True, True]
    assert [one.count("wallboard-value") for one in shown] == [4, 3, 0]
    assert "Nothing unusual in this period" in shown[2]


def test_a_missing_value_is_said_with_its_reason() -> None:
    shown = markup(slides(replace(FULL, cards=(CUSTOMERS,)), QUIET, (), ""))

    assert "n/a" in shown
    assert "No row has what it is computed from." in shown


def test_old_data_is_said_in_words() -> None:
    shown = markup(status(FULL, Freshness("a.xlsx", "2026-02-01T00:00:00+00:00", late=1, problems=2), NOW))

    assert "Old data: 1 source is late" in shown
    assert "2 sources have a problem" in shown


def test_without_data_the_board_says_so() -> None:
    assert "There are no numbers yet." in markup(slides(EMPTY, QUIET, (), ""))
