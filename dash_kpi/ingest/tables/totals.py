"""Rows and columns that only sum others: by their words, by their place, and by arithmetic."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dash_kpi.ingest import vocabulary
from dash_kpi.ingest.months import plain

_WHOLE = re.compile(rf"(?:{vocabulary.TOTALS}|gesamtergebnis|totaux|eindtotaal|ytd|year to date|cumul\w*|kumuliert)\Z")
_PART = re.compile(
    r"totals?\b|\A(?:summe|gesamt|zwischensumme|sous[- ]total|sub-?totaal|totaal|totale|итого|всего|suma)\b"
    r"|\b(?:gesamt|summe|ergebnis)\Z|\bytd\b|\bcumul"
    r"|\A(?:all(?: \w+s)?|alle|ensemble|tous|toutes|todos|todas|tutti|tutte|wszystkie|все)\Z"
)
_CLOSE = 1e-6
_ROUNDING = 0.006  # of each part, where amounts are rounded to cents
_NEAR = 12  # records that a subtotal without a heading may sum
_WINDOW = 60  # records that a parent may have
MOST_ROWS = 3_000  # in which parents are looked for
ENOUGH_DIGITS = 9


def is_total_word(text: str) -> bool:
    """Tell whether a text is a word for a total and nothing else."""
    return bool(_WHOLE.match(plain(text).strip(" .:")))


def names_total(text: str) -> bool:
    """Tell whether a text could be the name of a total: "Total North", "North total"."""
    return bool(_PART.search(plain(text).strip(" .:")))


@dataclass(frozen=True, slots=True)
class Totals:
    """The rows that sum others, and those that are called a total but do not add up."""

    rows: frozenset[int]
    doubtful: frozenset[int]
    unlike: frozenset[int] = frozenset()  # called a total, and like no sum of the others


def total_rows(
    rows: Sequence[tuple[int, str, Sequence[float | None]]],
    *,
    finds_parents: bool,
    outlined: frozenset[int] = frozenset(),
) -> Totals:
    """Return the rows that sum others, of (row, its words, its numbers).

    A row with a total's word alone is one. A row with such a word among others, or with no word at all, is one
    where it adds up. With `finds_parents`, so is a row that is exactly the sum of those below or above it: the
    region above its shops, where enough digits agree to rule out chance, or where all rows are such groups.
    `outlined` are rows that stand above others like a heading, which are totals where they add up.
    """
    words = [text for _, text, _ in rows]
    numbers = np.array([[np.nan if one is None else one for one in found] for *_, found in rows], dtype=np.float64)
    sums = _Sums(numbers.reshape(len(rows), -1))
    found: set[int] = set()
    doubtful: set[int] = set()
    start = 0
    for at, text in enumerate(words):
        if is_total_word(text):
            found.add(at)
        elif not text or names_total(text):
            if sums.of_rows_above(at, start, found, least=1 if text else 2) or (text and sums.of_rows_below(at, found)):
                found.add(at)
            elif text:
                doubtful.add(at)
        elif rows[at][0] in outlined and sums.of_rows_below(at, found, least=1):
            found.add(at)
        if at in found:
            start = at + 1
    unlike = {at for at in found if is_total_word(words[at]) and sums.is_unlike(at, found)}
    if finds_parents and len(rows) <= MOST_ROWS:
        found |= sums.parents_of_all(found)
        for at in reversed(range(len(rows))):
            if at not in found and sums.digits(at) >= ENOUGH_DIGITS and sums.is_parent(at, found):
                found.add(at)
        unlike = {at for at in unlike if sums.is_unlike(at, found)}
    return Totals(
        frozenset(rows[at][0] for at in found),
        frozenset(rows[at][0] for at in doubtful - found),
        frozenset(rows[at][0] for at in unlike),
    )


def sums_to(total: float | None, parts: Sequence[float | None]) -> bool:
    """Tell whether a number is the sum of others."""
    known = [part for part in parts if part is not None]
    return total is not None and abs(sum(known) - total) <= max(_ROUNDING * len(known), _CLOSE * abs(total))


class _Sums:
    """Compares rows of numbers with the sums of others."""

    def __init__(self, numbers: npt.NDArray[np.float64]) -> None:
        self._numbers = numbers
        self._filled = np.nan_to_num(numbers)

    def digits(self, at: int) -> int:
        """Return how many significant digits of a row would have to agree by chance."""
        values = np.abs(self._filled[at])
        return int(sum(len(f"{value:.10g}".replace(".", "").strip("0")) for value in values[values > 0]))

    def of_rows_above(self, at: int, start: int, left_out: set[int], least: int) -> bool:
        """Tell whether a row sums records above it: all, those since the last total, or the nearest few.

        A row without a word of its own (`least` is 2) is not compared with records above the last total.
        """
        above = [row for row in range(at) if row not in left_out and np.any(self._filled[row])]
        since = [row for row in above if row >= start]
        if len(above) >= least and self._fits(at, above):
            return True
        near = list(reversed(since if least > 1 else above[-_WINDOW:]))
        return (len(since) >= least and self._fits(at, since)) or self._fits_some(
            at, near if least == 1 else near[:_NEAR], least
        )

    def of_rows_below(self, at: int, left_out: set[int], least: int = 2) -> bool:
        """Tell whether a row sums the records right below it."""
        below = [row for row in range(at + 1, len(self._filled)) if row not in left_out][:_WINDOW]
        return self._fits_some(at, below, least)

    def is_unlike(self, at: int, left_out: set[int]) -> bool:
        """Tell whether a row has amounts, none of which is the sum of all records, or of some right above or below."""
        if not np.any(self._filled[at]):
            return False
        kept = [row for row in range(len(self._filled)) if row not in left_out]
        above = [row for row in reversed(kept) if row < at][:_WINDOW]
        below = [row for row in kept if row > at][:_WINDOW]
        sums = [self._filled[kept].sum(axis=0, keepdims=True)]
        sums += [np.cumsum(self._filled[rows], axis=0) for rows in (above, below) if rows]
        total = self._filled[at]
        room = np.maximum(_ROUNDING * len(kept), _CLOSE * np.abs(total))
        return not any(bool(np.any((np.abs(found - total) <= room)[:, total != 0])) for found in sums)

    def parents_of_all(self, left_out: set[int]) -> set[int]:
        """Return the rows that sum those right below them, where all records are such rows and their parts.

        Either their digits rule out chance, or a row that is called a total sums exactly them.
        """
        kept = [row for row in range(len(self._filled)) if row not in left_out and np.any(self._filled[row])]
        parents: list[int] = []
        at, most = 0, 0
        while at < len(kept):
            count = self._parts(kept, at)
            if not count:
                return set()
            parents.append(kept[at])
            at, most = at + count + 1, max(most, count)
        is_told = any(self._fits(total, parents) for total in left_out)
        digits = sum(self.digits(parent) for parent in parents)
        return set(parents) if len(parents) > 1 and most > 1 and (is_told or digits >= ENOUGH_DIGITS) else set()

    def _parts(self, kept: list[int], at: int) -> int:
        """Return how many records below one add up to it, 0 where none do."""
        below = kept[at + 1 : at + 1 + _WINDOW]
        if not below:
            return 0
        running = np.cumsum(self._filled[below], axis=0)
        return next((n for n in range(1, len(below) + 1) if self._agrees(kept[at], running[n - 1], n)), 0)

    def is_parent(self, at: int, left_out: set[int]) -> bool:
        """Tell whether a row is the sum of two or more records right below or right above it."""
        above = [row for row in reversed(range(at)) if row not in left_out][:_WINDOW]
        return self.of_rows_below(at, left_out) or self._fits_some(at, above)

    def _fits(self, at: int, rows: list[int]) -> bool:
        if not rows or not np.any(self._filled[at]):
            return False
        return bool(self._agrees(at, self._filled[rows].sum(axis=0), len(rows)))

    def _fits_some(self, at: int, rows: list[int], least: int = 2) -> bool:
        """Tell whether the first two, three, … of these rows add up to a row."""
        if len(rows) < least or not np.any(self._filled[at]):
            return False
        running = np.cumsum(self._filled[rows], axis=0)
        return any(self._agrees(at, running[count - 1], count) for count in range(least, len(rows) + 1))

    def _agrees(self, at: int, added: npt.NDArray[np.float64], count: int) -> bool:
        present = ~np.isnan(self._numbers[at])
        total = self._filled[at][present]
        room = np.maximum(_ROUNDING * count, _CLOSE * np.abs(total))
        return bool(np.all(np.abs(added[present] - total) <= room))
