"""Filters: which rows are let through, and how SQL says so."""

from collections.abc import Sequence
from typing import Any

from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.formulas.tree import Condition
from dash_kpi.storage.identifiers import quoted

# What lets a row through: for each dimension the values that do; "" stands for a blank cell.
Filters = tuple[tuple[str, tuple[str, ...]], ...]
Conditions = Sequence[tuple[str, tuple[str, ...]] | Condition]  # the same, and those of formulas


def in_words(filters: Filters) -> str:
    """Return filters as people read them: "Channel: Online, (blank); Region: North", or "none"."""
    return "; ".join(f"{name}: {', '.join(map(value_words, values))}" for name, values in filters) or "none"


def condition(filters: Conditions) -> tuple[str, list[Any]]:
    """Return the SQL condition of the filters, or of the conditions of a formula, and its values."""
    parts, values = ["true"], []
    for dimension, allowed, *excluding in filters:
        named = [value for value in allowed if value]
        either = [f"{quoted(dimension)} IN ({', '.join('?' * len(named))})"] if named else []
        either += [f"{quoted(dimension)} IS NULL"] if "" in allowed else []
        passes = f"coalesce({' OR '.join(either) or 'false'}, false)"
        parts.append(f"NOT {passes}" if excluding == [True] else passes)
        values += named
    return " AND ".join(parts), values
