"""Rules: what a person decided about a table; whatever they leave open is inferred.

They are kept as JSON, for one source or for every table with the same header, and given to the child
that reads the file.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from dash_kpi.ingest.headings import normalised
from dash_kpi.ingest.reading import Aggregation, Layout, Part


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """The part of one column; `name` and `aggregation` are inferred where they are None."""

    part: Part
    name: str | None = None
    aggregation: Aggregation | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """A lookup: `columns` of another sheet (or file) are added where its column `key` equals our `column`."""

    column: str
    file: str | None  # None: the same workbook
    sheet: str | None
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is decided about one table. Columns are named by their headings as the sheet writes them.

    `is_read`: True reads a sheet although it is hidden or looks like no table, False leaves it out.
    `header_row` is the last row of headings as the sheet counts, `header_rows` how many there are.
    `repairs_dates` swaps day and month of the date cells that an import has swapped.
    """

    is_read: bool | None = None
    layout: Layout | None = None
    header_row: int | None = None
    header_rows: int | None = None
    month_first: bool | None = None
    decimal: Literal[".", ","] | None = None
    repairs_dates: bool = False
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    joins: tuple[Join, ...] = ()

    def of(self, heading: str) -> ColumnRule | None:
        """Return what is decided about the column with this heading."""
        return self.columns.get(heading) if self.columns else None

    def as_json(self) -> dict[str, Any]:
        """Return the rules as they are kept, without what is left open."""
        plain = {
            name: getattr(self, name)
            for name in ("is_read", "layout", "header_row", "header_rows", "month_first", "decimal")
        }
        kept = {name: value for name, value in plain.items() if value is not None}
        if self.repairs_dates:
            kept["repairs_dates"] = True
        if self.columns:
            kept["columns"] = {heading: _plain(rule) for heading, rule in self.columns.items()}
        if self.joins:
            kept["joins"] = [_plain(join) for join in self.joins]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the rules that `as_json` gave."""
        plain = dict(kept)
        columns = {heading: ColumnRule(**rule) for heading, rule in plain.pop("columns", {}).items()}
        joins = tuple(
            Join(**{"file": None, "sheet": None, **join, "columns": tuple(join["columns"])})
            for join in plain.pop("joins", ())
        )
        return cls(**plain, columns=columns, joins=joins)


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the reading of one file is told: rules by sheet ("" for a file without sheets) and by header.

    `fiscal_year_start` is the month (1 to 12) in which the fiscal years of every table start. `looked_up` are the
    contents of the files beside it in which the rules look values up, `neighbours` those and the ones to be proposed.
    """

    by_sheet: Mapping[str, Rules] = field(default_factory=dict)
    by_header: Mapping[str, Rules] = field(default_factory=dict)  # by `signature` of the headings
    password: str | None = field(default=None, repr=False)
    fiscal_year_start: int = 1
    looked_up: Mapping[str, str] = field(default_factory=dict)
    neighbours: Mapping[str, Path] = field(default_factory=dict)

    @property
    def digest(self) -> str | None:
        """Return what tells these rules from others; None for none. A password is no rule."""
        kept: list[dict[str, Any]] = [
            {name: rules.as_json() for name, rules in found.items()} for found in (self.by_sheet, self.by_header)
        ]
        kept += [dict(self.looked_up)] if self.looked_up else []
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest() if any(kept) else None

    def for_sheet(self, sheet: str | None) -> Rules:
        """Return the rules of a sheet before its headings are known."""
        return self.by_sheet.get(sheet or "", NO_RULES)

    def for_table(self, sheet: str | None, headings: Iterable[str]) -> Rules:
        """Return the rules of a table: its own, or those of its header."""
        return self.by_sheet.get(sheet or "") or self.by_header.get(signature(headings), NO_RULES)


def signature(headings: Iterable[str]) -> str:
    """Return what tables with the same columns, in any order and spelling of case, have in common."""
    names = sorted(filter(None, (normalised(heading) for heading in headings)))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _plain(value: ColumnRule | Join) -> dict[str, Any]:
    found = {name: getattr(value, name) for name in type(value).__slots__}
    return {name: list(one) if isinstance(one, tuple) else one for name, one in found.items() if one is not None}
