"""Numbers in sentences."""

import pytest

from dash_kpi.kpis.statistics.wording import chance, percentage, points, spelled, too_little


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.012, "1.2 %"), (-0.18, "18 %"), (0.00034, "0.034 %"), (12.5, "1,250 %"), (0.0995, "10 %"), (0, "0 %")],
)
def test_a_share_has_two_figures(share: float, words: str) -> None:
    assert percentage(share) == words


@pytest.mark.parametrize(
    ("p_value", "words"),
    [
        (0.0, "fewer than 1 of 1,000 cases"), (0.004, "about 4 of 1,000 cases"),
        (0.034, "about 3 of 100 cases"), (1.0, "about 100 of 100 cases"),
    ],
)  # fmt: skip
def test_a_p_value_is_said_in_cases(p_value: float, words: str) -> None:
    assert chance(p_value) == words


def test_periods_are_counted_in_words() -> None:
    assert (spelled(1, "day"), spelled(2, "week"), spelled(30, "day")) == ("one day", "two weeks", "30 days")
    assert too_little(5, 8, "week") == "too little history: 5 of 8 weeks"
    assert points(0.003) == "0.3 points"
