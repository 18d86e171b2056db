"""Cell addresses as spreadsheets show them: column letters and row numbers."""

import re

MOST_ADDRESSES = 200  # of one warning
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})\Z")


def letters(column: int) -> str:
    """Return the letters of a column counted from 0: 0 is "A", 27 is "AB"."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """Return the column, counted from 0, of its letters."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def position(address: str) -> tuple[int, int] | None:
    """Return the row, counted from 1, and the column, counted from 0, of "B7"; None for no address."""
    found = _ADDRESS.match(address)
    return (int(found[2]), column_of(found[1])) if found else None
