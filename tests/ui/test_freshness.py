from datetime import UTC, datetime

from dash_kpi.reporting.values import Freshness
from dash_kpi.ui.freshness import ago, freshness
from tests.ui.reading import text, with_class

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
AT = "2025-07-01T11:57:00+00:00"


def test_freshness_names_file_age_and_refused_rows():
    assert text(freshness(Freshness("sales_07.xlsx", AT, 2), NOW)) == "sales_07.xlsx , 3 min ago , 2 rows refused"


def test_problems_are_told_with_an_icon_and_words():
    shown = with_class(freshness(Freshness("a.xlsx", AT, 0, problems=1), NOW), "problems")
    assert text(shown) == "1 source has a problem"
    assert with_class(shown, "icon-warning")


def test_late_sources_are_told_with_an_icon_and_words():
    shown = with_class(freshness(Freshness("a.xlsx", AT, 0, late=2), NOW), "late")
    assert text(shown) == "2 sources are late"
    assert with_class(shown, "icon-clock")


def test_before_the_first_file_there_is_no_data_yet():
    assert text(freshness(Freshness(None, None), NOW)) == "No data yet"


def test_an_age_carries_its_moment_for_the_browser():
    assert ago(AT, NOW).dateTime == AT
    assert text(ago(None, NOW)) == "never"
