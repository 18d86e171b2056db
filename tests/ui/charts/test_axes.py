from datetime import date, timedelta

from dash_kpi.ui.charts import axes

MONDAY = date(2024, 1, 1)


def test_equal_steps_are_written_once_however_long_they_are():
    days = [MONDAY + timedelta(days=21 * at) for at in range(5)]
    assert axes.positions("day", days) == {"x0": "2024-01-01", "dx": 21 * 86_400_000}
    assert axes.positions("week", days[:1])["dx"] == 7 * 86_400_000


def test_months_are_written_one_by_one():
    assert axes.positions("month", [MONDAY, date(2024, 2, 1)]) == {"x": ["2024-01-01", "2024-02-01"]}


def test_beside_negative_ticks_the_currency_stands_once():
    assert axes.scale("currency", "EUR", (1.0, None)) == {"tickprefix": "€"}
    assert axes.scale("currency", "EUR", (1.0, -1.0))["showtickprefix"] == "last"


def test_durations_are_written_in_hours():
    assert axes.scale("duration", "EUR") == {"ticksuffix": "\u00a0h"}
    assert axes.hover("duration", "EUR") == "%{y:,.2~f}\u00a0h"


def test_an_empty_figure_says_why_or_nothing():
    assert "annotations" not in axes.empty()["layout"]
    assert axes.empty("No values")["layout"]["annotations"][0]["text"] == "No values"
