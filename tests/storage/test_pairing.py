"""Pairs of removed and added rows: as many as there can be, the nearest first."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.storage.pairing import nearest_pairs, same_gaps, same_places

places = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 40)), max_size=25)


def arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    return np.array([key for key, _ in rows], dtype=np.int64), np.array([place for _, place in rows], dtype=np.int64)


@given(places, places)
def test_every_row_is_paired_once_and_as_many_as_there_can_be(
    old: list[tuple[int, int]], new: list[tuple[int, int]]
) -> None:
    left, right = nearest_pairs(*arrays(old), *arrays(new))

    assert len(set(left.tolist())) == len(left) == len(set(right.tolist())) == len(right)
    assert all(old[a][0] == new[b][0] for a, b in zip(left, right, strict=True))
    counts = [Counter(key for key, _ in side) for side in (old, new)]
    assert Counter(old[a][0] for a in left) == counts[0] & counts[1]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ([10], [2, 11], {(10, 11)}),
        ([5, 10], [6, 40], {(5, 6), (10, 40)}),
        ([5], [4, 6], {(5, 4)}),
        ([], [4], set()),
    ],
    ids=["nearest", "each", "upper of two", "nothing"],
)
def test_the_nearest_belong_together(old: list[int], new: list[int], pairs: set[tuple[int, int]]) -> None:
    sides = [[(1, place) for place in side] for side in (old, new)]

    left, right = nearest_pairs(*arrays(sides[0]), *arrays(sides[1]))

    assert {(old[a], new[b]) for a, b in zip(left, right, strict=True)} == pairs


def test_rows_that_moved_with_what_is_around_them_are_found() -> None:
    left, right = same_gaps(np.array([4, 9, 20]), np.array([8, 19, 30]))

    assert (left.tolist(), right.tolist()) == ([1, 2], [0, 1])


def test_rows_at_one_place_are_found() -> None:
    left, right = same_places(np.array([3, 5, 9]), np.array([5, 9, 12]))

    assert (left.tolist(), right.tolist()) == ([1, 2], [0, 1])
