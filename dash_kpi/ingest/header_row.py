"""Find the row of headings among the first rows of a sheet."""

import re
from dataclasses import dataclass

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.headings import understand
from dash_kpi.ingest.package import Grid

_ROWS_BELOW = 20
_LONGEST_HEADING = 80
_AMOUNT = re.compile(r"[^\W\d]{1,3}[.$]?\s?\d[\d.,]*\Z(?<=[.,]\d\d)|[^\W\d]{1,3}[.$]?\s\d")

_HOUR = re.compile(r"\d{1,2}[:h]\d\d(?::00)?(?:\s?[ap]m)?(?:\s?[-–]\s?\d{1,2}[:h]\d\d)?\Z", re.IGNORECASE)
_FEWEST_HOURS = 3  # that are headings; a record seldom has more than a begin and an end


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """A row of headings: its number as the sheet shows it, and the heading of each column."""

    row: int
    headings: dict[int, str]

    def heading(self, column: int) -> str:
        """Return the heading of a column, or its letters where it has none."""
        return self.headings.get(column) or f"Column {letters(column)}"


def find_header(grid: Grid) -> HeaderRow | None:
    """Return the row whose texts best name the values below it, the first of equals."""
    rows = sorted(row for row, cells in grid.items() if cells)
    best, best_score = None, 0.0
    for place, row in enumerate(rows):
        score = _score(grid, row, rows[place + 1 : place + 1 + _ROWS_BELOW])
        if score > best_score:
            best, best_score = row, score
    if best is None:
        return None
    return HeaderRow(best, {column: " ".join(text.split()) for column, text in grid[best].items()})


def looks_like_value(text: str) -> bool:
    """Tell whether a text is a number, a date or a code rather than words."""
    signs = [sign for sign in text if not sign.isspace()]
    digits = sum(sign.isdigit() for sign in signs)
    if not signs or digits * 2 < len(signs):
        return False
    # "Q1" and "m12" are names; "Rs 500" and "SO51247" are not.
    return not text[0].isalpha() or digits >= 5 or bool(_AMOUNT.match(text))


def _score(grid: Grid, row: int, below: list[int]) -> float:
    cells = grid[row]
    names = {column for column, text in cells.items() if not looks_like_value(text) and len(text) <= _LONGEST_HEADING}
    hours = {column for column, text in cells.items() if _HOUR.match(text)}
    names |= hours if len(hours) >= _FEWEST_HOURS else set()
    if len(names) < 2 or len(names) < 0.6 * len(cells) or not below:
        return 0.0
    named_values = sum(_holds_values(grid, column, below) for column in names)
    meanings = (understand(cells[column]) for column in names)
    known = sum(bool(meaning.measure or meaning.date_rank or meaning.is_code) for meaning in meanings)
    return 3.0 * named_values + 2.0 * known + 0.5 * min(len(cells), 20)


def _holds_values(grid: Grid, column: int, rows: list[int]) -> bool:
    texts = [text for row in rows if (text := grid[row].get(column))]
    return bool(texts) and sum(looks_like_value(text) for text in texts) * 2 >= len(texts)
