"""What the cells of each column hold, from one query over the whole table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash_kpi.ingest.dates import looks_like_dates
from dash_kpi.ingest.headings import Heading, is_english, understand
from dash_kpi.ingest.numbers import (
    DOUBTFUL,
    LARGEST,
    PLAIN,
    NumberTexts,
    looks_like_codes,
    looks_like_numbers,
    read_numbers,
)
from dash_kpi.ingest.placeholders import is_placeholder
from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.ingest.rules import NO_RULES, Rules

Kind = Literal["number", "date", "text", "number_text", "date_text", "truth", "duration", "empty"]

_QUERY_COLUMNS = 60
_SAMPLE_ROWS = 2_000
_SAMPLE_TEXTS = 400
_MOST_NUMBER_TEXTS = 2_000_000


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known about one column before its part is decided.

    `kind` looks through the text: numbers and dates written as text are `number_text` and
    `date_text`. `distinct` is approximate for large columns. `lowest`, `highest` and `is_whole` are
    of the numbers; `numbers` says what the texts mean.
    """

    column: RawColumn
    heading: Heading
    kind: Kind
    filled: int
    distinct: int
    lowest: float | None = None
    highest: float | None = None
    is_whole: bool = False
    sample: tuple[str, ...] = ()
    numbers: NumberTexts | None = None

    @property
    def is_number(self) -> bool:
        """Tell whether the column holds numbers, typed or written."""
        return self.kind in ("number", "number_text")


def profile(table: RawTable, rules: Rules = NO_RULES) -> tuple[Profile, ...]:
    """Return what each column holds, in the order of the columns.

    A text column that a person has made a measure, a date or a dimension is looked at as that.
    """
    if not table.columns:
        return ()
    facts = [fact for start in range(0, len(table.columns), _QUERY_COLUMNS) for fact in _facts(table, start)]
    samples = _samples(table)
    prefers_comma = table.prefers_comma or not is_english(column.heading for column in table.columns)
    return tuple(
        _profile_of(table, column, fact, samples.get(column.index, ()), prefers_comma, rules)
        for column, fact in zip(table.columns, facts, strict=True)
    )


def distinct_texts(table: RawTable, expression: str) -> list[str]:
    """Return the distinct texts that an expression over "raw" gives."""
    return [text for (text,) in table.rows(f"SELECT DISTINCT {expression} AS t FROM raw WHERE t IS NOT NULL")]  # noqa: S608


def _facts(table: RawTable, start: int) -> tuple[dict[str, Any], ...]:
    """Return the facts about some columns; planning a query of hundreds of them takes longer than several."""
    columns = table.columns[start : start + _QUERY_COLUMNS]
    return table.rows(f"SELECT {', '.join(map(_facts_of, columns))} FROM raw")[0]  # noqa: S608


def _facts_of(column: RawColumn) -> str:
    name = column.name
    fields = {"filled": f"count({name})", "n": f"approx_count_distinct({name})"}
    if column.kind == "number":
        finite = f"CASE WHEN abs({name}::DOUBLE) < {LARGEST} THEN {name} END"
        fields |= {
            "low": f"min({finite})",
            "high": f"max({finite})",
            "whole": f"coalesce(bool_and({name} = floor({name})), false)",
        }
    return f"{{{', '.join(f'{key!r}: {value}' for key, value in fields.items())}}} AS {name}"


def _samples(table: RawTable) -> dict[int, tuple[str, ...]]:
    """Return some distinct texts of each text column, from rows spread over the whole table."""
    columns = [column for column in table.columns if column.kind == "text"]
    samples: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(columns), _QUERY_COLUMNS):
        chosen = columns[start : start + _QUERY_COLUMNS]
        # Lists of all texts: hundreds of DISTINCT lists take gigabytes, whatever the number of rows.
        lists = ", ".join(f"list({column.name})" for column in chosen)
        found = table.rows(
            f"SELECT {lists} FROM raw WHERE sheet_row % "  # noqa: S608
            f"greatest(1, (SELECT count(*) FROM raw) // {_SAMPLE_ROWS}) = 0"
        )[0]
        for column, texts in zip(chosen, found, strict=True):
            distinct = tuple(text for text in dict.fromkeys(texts or ()) if text is not None)
            samples[column.index] = distinct[:_SAMPLE_TEXTS] or _any_texts(table, column)
    return samples


def _any_texts(table: RawTable, column: RawColumn) -> tuple[str, ...]:
    name = column.name
    found = table.rows(f"SELECT {name} FROM raw WHERE {name} IS NOT NULL LIMIT {_SAMPLE_TEXTS}")  # noqa: S608
    return tuple(text for (text,) in found)


def _profile_of(
    table: RawTable,
    column: RawColumn,
    fact: dict[str, Any],
    sample: Sequence[str],
    prefers_comma: bool,
    rules: Rules,
) -> Profile:
    heading = understand(column.heading)
    filled, distinct = int(fact["filled"]), min(int(fact["n"]), int(fact["filled"]))
    if not filled:
        return Profile(column, heading, "empty", 0, 0)
    if column.kind == "number":
        low, high, whole = fact["low"], fact["high"], bool(fact["whole"])
        return Profile(
            column,
            heading,
            "number",
            filled,
            distinct,
            None if low is None else float(low),
            None if high is None else float(high),
            whole,
        )
    if column.kind != "text":
        kind: Kind = "date" if column.kind == "date" else "truth" if column.kind == "truth" else "duration"
        return Profile(column, heading, kind, filled, distinct)
    kind = _kind_of_text(heading, distinct, tuple(sample), rules)
    if kind != "number_text":
        return Profile(column, heading, kind, filled, distinct, sample=tuple(sample))
    return _profile_of_numbers(table, column, heading, (filled, distinct), tuple(sample), prefers_comma, rules)


def _kind_of_text(heading: Heading, distinct: int, sample: tuple[str, ...], rules: Rules) -> Kind:
    """Return what the texts of a column are: what a person decided, or what most of a sample are."""
    rule = rules.of(heading.text)
    if rule is not None:
        decided: dict[str, Kind] = {"measure": "number_text", "date": "date_text"}
        return decided.get(rule.part, "text")
    if all(is_placeholder(text) for text in sample):
        return "text"
    if looks_like_dates(sample, heading.date_rank > 0):
        return "date_text"
    is_number = looks_like_numbers(sample) and not looks_like_codes(sample) and distinct < _MOST_NUMBER_TEXTS
    return "number_text" if is_number and (heading.date_rank or not heading.is_code) else "text"


def _profile_of_numbers(
    table: RawTable,
    column: RawColumn,
    heading: Heading,
    counts: tuple[int, int],
    sample: tuple[str, ...],
    prefers_comma: bool,
    rules: Rules,
) -> Profile:
    filled, distinct = counts
    needs_comma = rules.decimal == "," if rules.decimal else prefers_comma
    plain = None if needs_comma else _plain_numbers(table, column)
    if plain is not None:
        return Profile(column, heading, "number_text", filled, distinct, *plain, sample)
    numbers = read_numbers(distinct_texts(table, column.name), prefers_comma, table.has_cells, rules.decimal)
    found = numbers.values.values()
    return Profile(
        column,
        heading,
        "number_text",
        filled,
        distinct,
        min(found, default=None),
        max(found, default=None),
        all(number.is_integer() for number in found),
        sample,
        numbers,
    )


def _plain_numbers(table: RawTable, column: RawColumn) -> tuple[float, float, bool] | None:
    """Return the lowest and highest number and whether all are whole, where none needs our reading.

    A column in which every sign stands before three digits needs it: its points may separate thousands.
    """
    name = column.name
    value = f"CASE WHEN regexp_full_match({name}, '{PLAIN}') THEN try_cast({name} AS DOUBLE) END"
    lowest, highest, is_whole, texts, is_doubtful = table.rows(
        "SELECT min(value), max(value), bool_and(value = floor(value)), "  # noqa: S608
        "list(DISTINCT text) FILTER (WHERE value IS NULL), "
        f"bool_and(regexp_full_match(text, '{DOUBTFUL}')) FILTER (WHERE value IS NOT NULL AND contains(text, '.')) "
        f"FROM (SELECT {name} AS text, {value} AS value FROM raw WHERE {name} IS NOT NULL)"
    )[0]
    if lowest is None or is_doubtful or read_numbers(texts or ()).values:
        return None
    return float(lowest), float(highest), bool(is_whole)
