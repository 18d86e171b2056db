"""Families: a file for each month with the same headings is one source that grows."""

import string
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from dash_kpi.reporting.values import SourceRow
from dash_kpi.ui import format as formatted

FEWEST = 4  # sources that are shown as one; fewer are quicker read one by one


@dataclass(frozen=True, slots=True)
class Family:
    """Sources of one folder that have the same headings."""

    members: tuple[SourceRow, ...]

    @property
    def name(self) -> str:
        """Return what the names of the files have in common: new_*.xlsx."""
        names = sorted({row.file for row in self.members})
        if len(names) == 1:
            return names[0]
        start = _common(names).rstrip(string.digits)
        end = _common([name[len(start) :][::-1] for name in names])[::-1].lstrip(string.digits)
        return f"{start}*{end}"

    @property
    def size(self) -> str:
        """Return how many files they are, or how many sheets of one file."""
        files = {row.file for row in self.members}
        if len(files) == len(self.members):
            return formatted.count(len(files), "file")
        sheets = formatted.count(len(self.members), "sheet")
        return sheets if len(files) == 1 else f"{formatted.count(len(files), 'file')}, {sheets}"


def _common(names: Sequence[str]) -> str:
    """Return what all begin with."""
    columns = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in columns)


def families(rows: Sequence[SourceRow]) -> list[SourceRow | Family]:
    """Return the sources in their order, those of a family as one, where its first one is."""
    members: dict[str, list[SourceRow]] = defaultdict(list)
    for row in rows:
        if row.family:
            members[row.family].append(row)
    shown: list[SourceRow | Family] = []
    for row in rows:
        family = members[row.family] if row.family else []
        if len(family) < FEWEST:
            shown.append(row)
        elif row is family[0]:
            shown.append(Family(tuple(family)))
    return shown
