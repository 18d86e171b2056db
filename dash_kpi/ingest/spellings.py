"""Spellings of one category: those that differ only in case, blanks or how accents are stored are one."""

import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np

from dash_kpi.ingest.digits import without_invisible
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.raw import RawTable


@dataclass(frozen=True, slots=True)
class Category:
    """The expression of a dimension's cleaned text, how many values it takes, and what was merged for it.

    `merged` counts the spellings that another one stands for; `example` is one of them and that other.
    """

    expression: str
    values: int
    merged: int = 0
    example: tuple[str, str] | None = None


def category(table: RawTable, one: Profile, joins: list[str]) -> Category:
    """Return a dimension's texts with one spelling for each value, the most frequent one."""
    name = one.column.name
    if one.column.kind != "text":
        is_number = one.column.kind == "number" and one.is_whole
        text = f"raw.{name}::BIGINT::VARCHAR" if is_number else f"raw.{name}::VARCHAR"
        return Category(text, table.rows(f"SELECT count(DISTINCT {name}) FROM raw")[0][0])  # noqa: S608
    counted = table.rows(f"SELECT {name}, count(*) FROM raw WHERE {name} IS NOT NULL GROUP BY 1")  # noqa: S608
    best = _best_spellings(counted)
    spelling = {text: best[_key(text)] for text, _ in counted}
    changed = {text: spelled for text, spelled in spelling.items() if text != spelled}
    if not changed:
        return Category(f"raw.{name}", len(best))
    _register(table, name, changed)
    joins.append(f"LEFT JOIN spelling_{name} ON spelling_{name}.text = raw.{name}")
    rivals = Counter(map(_key, spelling))
    pairs = ((text, spelled) for text, spelled in changed.items() if rivals[_key(text)] > 1)
    return Category(
        f"coalesce(spelling_{name}.spelled, raw.{name})", len(best), len(counted) - len(best), min(pairs, default=None)
    )


def _best_spellings(counted: list[tuple[str, int]]) -> dict[str, str]:
    """Return the most frequent spelling of each value."""
    weights: dict[str, int] = {}
    for text, count in counted:
        weights[_tidy(text)] = weights.get(_tidy(text), 0) + count
    best: dict[str, tuple[int, str]] = {}
    for tidy, weight in weights.items():
        key = _key(tidy)
        best[key] = max(best.get(key, (0, "")), (weight, tidy))
    return {key: tidy for key, (_, tidy) in best.items()}


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", without_invisible(text)).split())


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", _tidy(text)).casefold()


def _register(table: RawTable, name: str, changed: dict[str, str]) -> None:
    table.connection.execute(f"CREATE OR REPLACE TEMP TABLE spelling_{name} (text VARCHAR, spelled VARCHAR)")
    pairs = {
        "t": np.array(list(changed), dtype=object),
        "s": np.array(list(changed.values()), dtype=object),
    }
    table.connection.register("pairs", pairs)
    table.connection.execute(f"INSERT INTO spelling_{name} SELECT t, s FROM pairs")  # noqa: S608
    table.connection.unregister("pairs")
