"""Rows and columns that only sum others: by their words, and by arithmetic."""

import re
from collections.abc import Sequence

from dash_kpi.ingest import vocabulary
from dash_kpi.ingest.months import plain

_WHOLE = re.compile(rf"(?:{vocabulary.TOTALS}|gesamtergebnis|totaux|eindtotaal|ytd|year to date|cumul\w*|kumuliert)\Z")
_PART = re.compile(
    r"totals?\b|\A(?:summe|gesamt|zwischensumme|sous[- ]total|sub-?totaal|totaal|totale|итого|всего|suma)\b"
    r"|\b(?:gesamt|summe|ergebnis)\Z|\bytd\b|\bcumul"
)
_CLOSE = 1e-6


def is_total_word(text: str) -> bool:
    """Tell whether a text is a word for a total and nothing else."""
    return bool(_WHOLE.match(plain(text).strip(" .:")))


def names_total(text: str) -> bool:
    """Tell whether a text could be the name of a total: "Total North", "North total"."""
    return bool(_PART.search(plain(text).strip(" .:")))


def sums_to(total: Sequence[float | None], parts: Sequence[Sequence[float | None]]) -> bool:
    """Tell whether the numbers of a row are the sums of those in other rows, column by column."""
    compared = 0
    for column, cell in enumerate(total):
        if cell is None:
            continue
        others = [other for row in parts if column < len(row) and (other := row[column]) is not None]
        added = sum(others)
        if len(others) < 2 or abs(added - cell) > max(0.006 * len(others), _CLOSE * abs(cell)):
            return False
        compared += cell != 0
    return compared > 0


def total_rows(
    rows: Sequence[tuple[int, str, Sequence[float | None]]], *, keeps: frozenset[int] = frozenset()
) -> set[int]:
    """Return the rows that sum others, of (row, its words, its numbers); `keeps` are never among them.

    A row with a total's word alone is one. A row with such a word among others, or with no word at all,
    is one where it adds up: the rows since the last total, or all rows that are no totals.
    """
    found: set[int] = set()
    since: list[Sequence[float | None]] = []
    records: list[Sequence[float | None]] = []
    for row, words, numbers in rows:
        if row not in keeps and _is_total(words, numbers, since, records):
            found.add(row)
            since = []
        else:
            since.append(numbers)
            records.append(numbers)
    return found


def _is_total(
    words: str,
    numbers: Sequence[float | None],
    since: Sequence[Sequence[float | None]],
    records: Sequence[Sequence[float | None]],
) -> bool:
    if is_total_word(words):
        return True
    if words and not names_total(words):
        return False
    return (
        sums_to(numbers, since)
        or sums_to(numbers, records)
        or any(sums_to(numbers, since[start:]) for start in range(max(0, len(since) - 12), len(since) - 1))
    )
