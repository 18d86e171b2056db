"""Which removed row and which added row are one row that was altered: decided by their places alone."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
Pairs = tuple[Positions, Positions]  # the positions, in the first and in the second array, of what belongs together

ROUNDS = 16  # of looking for neighbours; what is left then is paired in its order


def nearest_pairs(old_keys: Positions, old_places: Positions, new_keys: Positions, new_places: Positions) -> Pairs:
    """Pair as many rows of equal keys as there can be, those first that are nearest to each other.

    Two rows are paired while each is the nearest of the other; of two equally near ones the upper is.
    """
    width = int(max(old_places.max(initial=0), new_places.max(initial=0))) + 1
    old, new = old_keys * width + old_places, new_keys * width + new_places
    found = list(_rounds(old, new, width))
    left, right = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
    return left, right


def _rounds(old: Positions, new: Positions, width: int) -> Iterator[Pairs]:
    left, right = np.argsort(old, kind="stable"), np.argsort(new, kind="stable")
    for _ in range(ROUNDS):
        if not len(left) or not len(right):
            break
        there, back = _nearest(old[left], new[right], width), _nearest(new[right], old[left], width)
        mutual = (there >= 0) & (back[there] == np.arange(len(left)))
        if not mutual.any():
            break
        yield left[mutual], right[there[mutual]]
        right = np.delete(right, there[mutual])
        left = left[~mutual]
    yield _by_order(left, right, old // width, new // width)


def _nearest(of: Positions, among: Positions, width: int) -> Positions:
    """Return for each sorted value the index of the nearest of its key among other sorted values, else -1."""
    after = np.searchsorted(among, of)
    before = after - 1
    padded = np.append(among, [-width, -width])  # two of no key: the last one is what index -1 finds
    after_distance = np.where(padded[after] // width == of // width, padded[after] - of, np.iinfo(np.int64).max)
    before_distance = np.where(padded[before] // width == of // width, of - padded[before], np.iinfo(np.int64).max)
    nearest = np.where(before_distance <= after_distance, before, after)
    return np.where(np.minimum(before_distance, after_distance) < np.iinfo(np.int64).max, nearest, -1)


def _by_order(left: Positions, right: Positions, old_keys: Positions, new_keys: Positions) -> Pairs:
    """Pair the first of each key with the first, the second with the second."""
    size = max(len(left), len(right)) + 1
    old_ranks, new_ranks = (_ranks(keys) + keys * size for keys in (old_keys[left], new_keys[right]))
    _, at_left, at_right = np.intersect1d(old_ranks, new_ranks, assume_unique=True, return_indices=True)
    return left[at_left], right[at_right]


def _ranks(keys: Positions) -> Positions:
    return np.arange(len(keys)) - np.searchsorted(keys, keys)


def same_places(old_places: Positions, new_places: Positions) -> Pairs:
    """Pair the rows that stand at the same place."""
    _, left, right = np.intersect1d(old_places, new_places, return_indices=True)
    return left, right


def same_gaps(old_rows: Positions, new_rows: Positions) -> Pairs:
    """Pair sorted rows that have as many rows above them that stayed: a row put in or taken out above moves them.

    Where several stand between the same two rows that stayed, the first is paired with the first.
    """
    # Records of one row have one gap, hence the maximum so far.
    old_gaps, new_gaps = (np.maximum.accumulate(rows - np.arange(len(rows))) for rows in (old_rows, new_rows))
    order = np.arange(len(old_rows)), np.arange(len(new_rows))
    return _by_order(*order, old_gaps, new_gaps)
