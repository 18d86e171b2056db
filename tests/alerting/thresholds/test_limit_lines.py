"""Limit lines: which limits of thresholds may stand on which charts."""

from typing import Any

import pytest

from dash_kpi.alerting.thresholds import decisions as service
from dash_kpi.alerting.thresholds.limit_lines import LimitLine, limit_lines
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from tests.alerting.builders import NOW, add_threshold, rule_of

NORTH = (("Region", ("North",)),)
HIGH = {"kind": "above", "high": {"value": 300}}


def lines(database: Database, **given: Any) -> list[float]:
    return [one.value for one in limit_lines(database, MAIN, View(**given))]


def test_a_limit_is_drawn_at_its_kpi_and_grain(database: Database) -> None:
    add_threshold(database, rule_of(grain="week"))

    assert limit_lines(database, MAIN, View()) == (LimitLine("revenue", "week", 100.0),)


@pytest.mark.parametrize(
    ("given", "drawn"),
    [
        ({"conditions": [{"kind": "outside", "low": 50, "high": 200}]}, [50.0, 200.0]),
        ({"conditions": [{"kind": "below", "low": 100}, HIGH], "join": "or"}, [100.0, 300.0]),
        ({"conditions": [{"kind": "below", "low": 100}, HIGH], "join": "and"}, []),
        ({"conditions": [{"kind": "below", "low": {"last_year": 0.9}}]}, []),
        ({"conditions": [{"kind": "change", "low": -0.2}]}, []),
        ({"conditions": [{"kind": "late"}]}, []),
        ({"by": "Region"}, []),
        ({"is_enabled": False}, []),
        ({"filters": [["Region", ["North"]]]}, []),
    ],
)
def test_only_limits_on_the_scale_of_what_is_shown_are_drawn(
    database: Database, given: dict[str, Any], drawn: list[float]
) -> None:
    add_threshold(database, rule_of(**given))

    assert lines(database) == drawn


def test_a_limit_under_filters_is_drawn_where_the_view_has_the_same(database: Database) -> None:
    add_threshold(database, rule_of(filters=[["Region", ["North"]]]))

    assert lines(database, filters=NORTH) == [100.0]
    assert lines(database, filters=(("Region", ("North", "South")),)) == []
    assert lines(database, filters=NORTH, as_of=1) == []


def test_the_same_limit_twice_is_one_line_and_a_removed_one_none(database: Database) -> None:
    first, second = add_threshold(database), add_threshold(database)

    assert lines(database) == [100.0]
    service.remove(database, MAIN, first, "Ann", NOW)
    service.remove(database, MAIN, second, "Ann", NOW)
    assert lines(database) == []
