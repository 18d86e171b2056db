"""News: noise is none; what was planted is found and comes first."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dash_kpi.kpis.calendar import CIVIL, Days
from dash_kpi.kpis.news.looks import KINDS_OF_NOISE, Subject, looks_at
from dash_kpi.kpis.news.news import ALLOWED, News, ranked
from dash_kpi.kpis.timeline import Timeline

MONTHS = tuple(date(2020 + at // 12, at % 12 + 1, 1) for at in range(60))
DAY = date(2025, 1, 1)
NOISE = 6  # KPIs beside the planted one


def subject(values: np.ndarray, name: str = "revenue", last: int = 3) -> Subject:
    """Return a KPI by month whose last months are the span, set against as many before."""
    starts = MONTHS[: len(values)]
    inside, outside = values[-last:], values[-2 * last : -last]
    span = Days(starts[-last], CIVIL.end_of(starts[-1], "month"))
    reference = Days(starts[-2 * last], CIVIL.end_of(starts[-last - 1], "month"))
    timeline = Timeline("month", starts, values.astype(np.float64), np.ones(len(values), dtype=bool))
    return Subject(name, timeline, span, reference, float(np.sum(inside)), float(np.sum(outside)))


def news_of(*subjects: Subject) -> tuple[News, ...]:
    found = [news for one in subjects for news in looks_at(one)]
    return ranked(found, len(subjects) * KINDS_OF_NOISE)


def noise(seed: int, months: int = 48) -> np.ndarray:
    return 100 + 5 * np.random.default_rng(seed).standard_normal(months)


@pytest.mark.parametrize(("kpis", "last"), [(1, 3), (6, 3), (1, 12)])
def test_noise_has_news_in_at_most_one_period_of_ten(kpis: int, last: int) -> None:
    runs = 80 if kpis == 1 else 30
    told = sum(
        bool(news_of(*(subject(noise(1000 * kpis + run * 10 + k), f"k{k}", last) for k in range(kpis))))
        for run in range(runs)
    )

    assert told <= ALLOWED * runs


def planted(kind: str) -> np.ndarray:
    values = noise(7)
    if kind == "move":
        values[-3:] *= 1.5
    elif kind == "anomaly":
        values[-2] += 90
    elif kind == "shift":
        values[-6:] -= 45
    elif kind == "streak":
        values[-8:] = [85, 88, 91, 95, 99, 102, 105, 109]
    elif kind == "record":
        values[-1] = 175
    return values


@pytest.mark.parametrize(
    ("kind", "way"), [("move", "up"), ("anomaly", "up"), ("shift", "down"), ("streak", "up"), ("record", "up")]
)
def test_what_was_planted_among_noise_comes_first(kind: str, way: str) -> None:
    others = [subject(noise(50 + at), f"k{at}") for at in range(NOISE)]
    last = 12 if kind == "shift" else 3

    found = news_of(*others, subject(planted(kind), last=last))

    assert found
    assert found[0].kpi == "revenue"
    assert kind in {one.kind for news in found if news.kpi == "revenue" for one in (news, *news.also)}
    assert found[0].way == way


@pytest.mark.parametrize(("had_it_before", "told"), [(False, True), (True, False)])
def test_a_step_that_the_year_before_made_too_is_a_season(had_it_before: bool, told: bool) -> None:
    values = noise(7, 30)
    values[-6:] += 45
    if had_it_before:
        values[-18:-12] += 45

    kinds = {one.kind for one in looks_at(subject(values, last=12))}

    assert ("shift" in kinds) == told


def test_steady_growth_is_no_move() -> None:
    found = news_of(subject(100 * 1.02 ** np.arange(48)))

    assert "move" not in {news.kind for news in found}


def test_a_record_says_how_far_back_it_holds() -> None:
    values = noise(3)
    values[10], values[-1] = 210, 200

    record = next(one for one in looks_at(subject(values)) if one.kind == "record")

    assert (record.periods, record.is_ever, record.way) == (36, False, "up")


def test_a_streak_has_the_chance_that_order_alone_gives_it() -> None:
    values = np.array([9.0, 3, 8, 2, 9, 1, 7, 1, 2, 3, 4, 5, 6])

    streak = next(one for one in looks_at(subject(values)) if one.kind == "streak")

    assert (streak.periods, streak.value, streak.before) == (5, 6, 1)
    assert streak.chance == pytest.approx(2 / 720)


@pytest.mark.parametrize(
    "values",
    [
        np.array([5.0, 6.0]),
        np.zeros(40),
        np.full(40, np.nan),
        np.full(40, -3.0),
        np.where(np.arange(40) % 2, np.nan, 1e300),
        -(np.arange(40.0) ** 2),
    ],
    ids=["two", "zeros", "nothing", "constant", "huge with gaps", "falling"],
)
def test_odd_series_make_no_error(values: np.ndarray) -> None:
    assert all(0 <= one.chance <= 1 for one in looks_at(subject(values, last=1)))


def test_a_missed_target_is_a_fact() -> None:
    one = replace(subject(noise(1)), target=400.0, direction="higher")

    found = news_of(one)

    assert found[0].kind == "target"
    assert found[0].confidence == 1


def test_a_move_and_its_record_are_one_sentence() -> None:
    move = News("move", "revenue", DAY, date(2025, 3, 31), "up", 9, 1e-6)
    record = News("record", "revenue", date(2025, 3, 1), date(2025, 3, 31), "up", 5, 1e-5, periods=20)

    (one,) = ranked([record, move], 10)

    assert (one.kind, [other.kind for other in one.also]) == ("move", ["record"])


def test_a_year_is_set_against_the_same_season_a_year_before() -> None:
    season = np.tile(40 * np.sin(np.arange(12) / 12 * 2 * np.pi), 2)
    values = 100 + season + np.random.default_rng(2).standard_normal(24) + np.repeat([0.0, 8.0], 12)

    move = next(one for one in looks_at(subject(values, last=12)) if one.kind == "move")

    assert move.confidence > 0.999
    assert move.change == pytest.approx(0.08, abs=0.01)
