"""Names of sheets: legal in Excel, and no two alike."""

import re
from collections.abc import Sequence

LONGEST = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\s]+")
RESERVED = "history"  # Excel keeps it for itself


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Return a name for a sheet of each title; those that would be alike, whatever the case, are numbered."""
    names: list[str] = []
    for title in titles:
        plain = _legal(title)
        name, number = plain, 1
        while name.casefold() in {other.casefold() for other in names}:
            number += 1
            ending = f" ({number})"
            name = plain[: LONGEST - len(ending)].rstrip(" '") + ending
        names.append(name)
    return names


def _legal(title: str) -> str:
    name = FORBIDDEN.sub(" ", title).strip(" '")[:LONGEST].rstrip(" '") or "Table"
    return f"{name} 1" if name.casefold() == RESERVED else name
