"""Unusual periods against hand-worked tables, and the promised false alarms against seeded noise."""

from datetime import date

import numpy as np
import pytest

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain, next_start
from dash_kpi.kpis.statistics.anomalies import Anomalies, anomalies
from dash_kpi.kpis.statistics.sensitivity import ONE_IN, Sensitivity
from dash_kpi.kpis.timeline import Timeline

MONDAY = date(2024, 1, 1)
WEEK = np.array([100, 110, 120, 130, 140, 60, 40], dtype=np.float64)


def timeline(values: Floats, grain: Grain = "day") -> Timeline:
    starts = tuple(next_start(MONDAY, grain, place) for place in range(len(values)))
    return Timeline(grain, starts, np.asarray(values, dtype=np.float64), np.ones(len(values), dtype=bool))


def weeks(many: int = 20, noise: float = 2.0) -> Floats:
    return np.tile(WEEK, many) + np.random.default_rng(5).normal(0, noise, 7 * many)


def kinds(answer: Anomalies) -> list[tuple[str, str]]:
    return [(one.kind, one.start.isoformat()) for one in answer.found]


def test_a_spike_and_a_drop_are_told_with_their_weekday() -> None:
    values = weeks()
    values[70] = 190  # a Monday
    values[93] *= 0.4  # a Wednesday
    answer = anomalies(timeline(values), "low")
    assert kinds(answer) == [("spike", "2024-03-11"), ("drop", "2024-04-03")]
    assert "times the usual distance above a usual Monday" in answer.found[0].reason
    assert answer.found[0].expected == pytest.approx(100, rel=0.05)
    assert answer.found[1].reason.endswith("a usual Wednesday: 59% less") or "60% less" in answer.found[1].reason


def test_an_anomaly_does_not_drag_its_own_expectation() -> None:
    calm, wild = weeks(), weeks()
    wild[70] = 1e6
    expected = anomalies(timeline(wild)).expected[70]
    assert expected == pytest.approx(
        anomalies(timeline(calm)).expected[70], rel=0.005
    )  # the others' seasons move by a hair


def test_the_expectation_of_the_newest_day_knows_nothing_later() -> None:
    answer = anomalies(timeline(np.append(weeks(), 300.0)))
    assert answer.found[-1].kind == "spike"
    assert answer.found[-1].expected == pytest.approx(100, rel=0.06)


def test_a_level_that_stays_is_a_shift_and_no_spike() -> None:
    values = weeks()
    values[80:] += 60
    answer = anomalies(timeline(values), "low")
    assert [one.kind for one in answer.found] == ["shift"]
    assert answer.found[0].direction == "up"
    assert abs((answer.found[0].start - MONDAY).days - 80) <= 1


def test_missing_days_and_an_unusual_zero_are_gaps() -> None:
    values = weeks()
    values[50:53] = np.nan
    values[100] = 0
    answer = anomalies(timeline(values), "low")
    assert kinds(answer) == [("gap", "2024-02-20"), ("gap", "2024-04-10")]
    assert answer.found[0].last == date(2024, 2, 22)
    assert answer.found[0].reason == "3 days with no value where a Tuesday usually has one"
    assert answer.found[1].value == 0


def test_weekends_without_values_and_usual_zeros_are_no_gaps() -> None:
    closed = weeks()
    closed[np.arange(len(closed)) % 7 > 4] = np.nan
    zeros = np.nan_to_num(closed)
    assert not any(one.kind == "gap" for one in anomalies(timeline(closed)).found)
    assert not any(one.kind == "gap" for one in anomalies(timeline(zeros)).found)


def test_the_robust_score_of_a_short_history_is_the_textbook_one() -> None:
    """The modified z-score is 0.6745 (x - median) / MAD; whichever of the eight is left out, the median is -8.

    Away from it are 0, -2, 1, 0, -1, 0, 2, 28: their MAD is 1, their mean 3.5, their deviation sqrt(696 / 7).
    """
    values = np.array([-8, -10, -7, -8, -9, -8, -6, 20], dtype=np.float64)  # negative: differences, not ratios
    answer = anomalies(timeline(values, "month"))
    assert answer.expected == pytest.approx(np.full(8, -8.0))
    assert answer.scores == pytest.approx(0.6745 * np.array([0, -2, 1, 0, -1, 0, 2, 28]), rel=1e-4)
    assert answer.z_scores[-1] == pytest.approx(24.5 / np.sqrt(696 / 7))
    assert answer.method.startswith("History is short: each month is compared with the median of all others")


def test_seven_values_are_too_few_to_call_anything_usual() -> None:
    short = anomalies(timeline(np.arange(7.0), "year"))
    assert short.sentence == "Too little history: 7 of 8 years."
    assert short.found == ()


def test_a_shift_that_begins_with_a_gap_has_no_value() -> None:
    """The first period of a new level may be the one that nobody entered: its value is None, never NaN."""
    values = weeks()
    values[80:] += 60
    for missing in range(77, 84):
        gappy = values.copy()
        gappy[missing] = np.nan
        for one in anomalies(timeline(gappy), "low").found:
            assert one.value is None or np.isfinite(one.value)


@pytest.mark.parametrize(
    "values",
    [
        np.full(40, np.nan),
        np.zeros(40),
        np.full(40, 7.0),
        np.array([5.0]),
        np.array([]),
        np.append(np.zeros(39), 1e300),
        np.linspace(-1e9, 1e9, 40),
    ],
    ids=["missing", "zeros", "equal", "one", "none", "huge", "slope"],
)
@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_poor_series_give_a_sentence(values: Floats, grain: Grain) -> None:
    answer = anomalies(timeline(values, grain))
    assert answer.sentence.endswith(".")
    assert all(one.kind != "shift" for one in answer.found)


def test_a_period_that_is_cut_short_is_not_judged() -> None:
    values = np.append(weeks(), 1.0)
    line = timeline(values)
    line.whole[-1] = False
    assert all(one.start != line.starts[-1] for one in anomalies(line, "low").found)


def noise(name: str, length: int, rng: np.random.Generator) -> Floats:
    if name == "dependent":
        steps = rng.normal(size=length)
        for place in range(1, length):
            steps[place] += 0.4 * steps[place - 1]
        return steps
    draws = {"normal": rng.normal, "heavy": lambda size: rng.standard_t(3, size), "laplace": rng.laplace}
    return np.asarray(draws[name](size=length), dtype=np.float64)


@pytest.mark.parametrize("name", ["normal", "heavy", "laplace", "dependent"])
@pytest.mark.parametrize(("grain", "length", "runs"), [("day", 730, 12), ("month", 60, 60)])
@pytest.mark.parametrize("sensitivity", ["normal", "high"])
def test_false_alarms_are_at_most_two_and_a_half_times_what_is_stated(
    name: str, grain: Grain, length: int, runs: int, sensitivity: Sensitivity
) -> None:
    rng = np.random.default_rng(11)
    alarms = sum(len(anomalies(timeline(noise(name, length, rng), grain), sensitivity).found) for _ in range(runs))
    assert alarms <= 2.5 * runs * length / ONE_IN[sensitivity]


def test_the_newest_day_is_called_unusual_no_more_often_than_others() -> None:
    rng, newest = np.random.default_rng(3), 0
    for _ in range(200):
        line = timeline(noise("normal", 200, rng))
        newest += any(one.start == line.starts[-1] for one in anomalies(line, "high").found)
    assert newest <= 6  # 2 expected of 200


def test_twenty_years_of_days_keep_their_one_spike() -> None:
    values = np.exp(np.random.default_rng(1).normal(5, 0.1, 7300))
    values[5000] *= 5
    found = anomalies(timeline(values), "low").found
    assert any(one.start == next_start(MONDAY, "day", 5000) and one.kind == "spike" for one in found)
