"""A rule in one sentence."""

from typing import Any

import pytest

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.words import rule_words


def below(low: Any) -> dict[str, Any]:
    return {"kind": "below", "low": low}


def test_a_change_of_a_share_is_told_in_points() -> None:
    change = {"kind": "change", "low": -0.05, "measured": "absolute"}
    rule = Rule.from_json({"kpi": "margin", "conditions": [change]})

    assert "falls by more than 5 points" in rule_words(rule, "Margin", lambda value: f"{value * 100:g} %")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"conditions": [below(100)]}, "Revenue by month below € 100"),
        ({"conditions": [{"kind": "above", "high": {"target": 1}}]}, "Revenue by month above its target"),
        ({"conditions": [below({"target": 0.9})]}, "Revenue by month below 90 % of its target"),
        ({"conditions": [below({"last_year": 1})]}, "Revenue by month below last year"),
        ({"conditions": [below({"last_year": 0.85})]}, "Revenue by month below 85 % of last year"),
        ({"conditions": [{"kind": "inside", "low": 1, "high": 2}]}, "Revenue by month between € 1 and € 2"),
        ({"conditions": [{"kind": "outside", "low": 1, "high": 2}]}, "Revenue by month outside € 1 to € 2"),
        (
            {"conditions": [{"kind": "change", "low": -0.1, "high": 0.2}], "grain": "week"},
            "Revenue by week falls by more than 10 % or rises by more than 20 % against the period before",
        ),
        (
            {"conditions": [{"kind": "change", "low": 0.05, "against": "year"}]},
            "Revenue by month rises by less than 5 % against last year",
        ),
        (
            {"conditions": [{"kind": "change", "low": -50, "measured": "absolute"}]},
            "Revenue by month falls by more than € 50 against the period before",
        ),
        ({"conditions": [{"kind": "anomaly"}], "grain": "day"}, "Revenue by day is unusual"),
        (
            {"conditions": [{"kind": "anomaly", "direction": "down", "sensitivity": "low"}]},
            "Revenue by month is very unusually low",
        ),
        ({"conditions": [{"kind": "forecast_target"}]}, "Revenue by month is forecast to miss its target"),
        ({"conditions": [{"kind": "forecast_crosses", "low": 5}]}, "Revenue by month is forecast to fall below € 5"),
        ({"conditions": [{"kind": "no_data", "periods": 2}]}, "Revenue by month without data for 2 months"),
        ({"conditions": [{"kind": "late"}]}, "Revenue is late: a file has not come"),
        (
            {"conditions": [{"kind": "refused", "share": 0.025}]},
            "Revenue has more than 2.5 % of its rows refused",
        ),
        ({"conditions": [{"kind": "restated", "share": 0.1}]}, "Revenue is restated by more than 10 %"),
        (
            {"conditions": [below(100), {"kind": "change", "low": -0.1}], "join": "or", "grain": "rolling_7"},
            "Revenue over 7 days below € 100 or falls by more than 10 % against the period before",
        ),
        (
            {
                "conditions": [below(100)],
                "pending": 2,
                "by": "Region",
                "limits": {"North": 5},
                "filters": [["Channel", ["Online"]]],
            },
            "Revenue by month below € 100, 2 months in a row, each Region, 1 with a limit of its own, "
            "only Channel: Online",
        ),
    ],
)
def test_a_rule_reads_like_a_sentence(given: dict[str, Any], words: str) -> None:
    rule = Rule.from_json({"kpi": "revenue", **given})

    assert rule_words(rule, "Revenue", lambda value: f"€ {value:g}") == words
    assert Rule.from_json(rule.as_json()) == rule


def test_a_difference_of_percentages_is_in_points() -> None:
    change = {"kind": "change", "low": -0.02, "measured": "absolute"}
    rule = Rule.from_json({"kpi": "profit_margin", "conditions": [change]})

    assert rule_words(rule, "Profit margin", lambda value: f"{value * 100:g} %") == (
        "Profit margin by month falls by more than 2 points against the period before"
    )
