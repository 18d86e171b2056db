"""Turn a raw table and its mapping into the DuckDB table "clean": typed, derived, row by row judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from dash_kpi.ingest import vocabulary
from dash_kpi.ingest.columns import DateSource, Mapping
from dash_kpi.ingest.dates import FIRST_YEAR, LAST_YEAR, DateTexts, calendar_of, read_dates
from dash_kpi.ingest.derived import Derived, amount_sources, derive, expression
from dash_kpi.ingest.headings import is_english
from dash_kpi.ingest.numbers import LARGEST, PLAIN
from dash_kpi.ingest.profile import Profile, distinct_texts
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.rules import NO_RULES, Rules
from dash_kpi.ingest.spellings import Category, category
from dash_kpi.storage.identifiers import quoted

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class CleanTable:
    """What cleaning gave: the table "clean" has `sheet_row`, `date`, the measures and the dimensions.

    `is_total` marks rows that only sum others, `is_loaded` those with a date and an amount.
    `categories` tells of each dimension's values; `dates` says how written dates were read,
    `is_repaired` that day and month of date cells were swapped.
    """

    derived: tuple[Derived, ...]
    amounts: frozenset[str]
    dates: DateTexts | None
    categories: dict[str, Category]
    is_repaired: bool = False

    @property
    def values(self) -> dict[str, int]:
        """Return how many values each dimension has."""
        return {name: one.values for name, one in self.categories.items()}


def clean(table: RawTable, mapping: Mapping, source: DateSource, rules: Rules = NO_RULES) -> CleanTable:
    """Create the table "clean" from the table "raw"."""
    connection = table.connection
    joins: list[str] = []
    dates = None if source.is_typed else _register_dates(table, source, joins, rules)
    day = (
        _typed_day(source.expression, rules.repairs_dates)
        if source.is_typed
        else "DATE '1970-01-01' + dates.day::INTEGER"
    )
    fields = [f"({day}) AS date"]
    for measure in mapping.measures:
        number = (
            f"CASE WHEN raw.{measure.profile.column.name} IS NOT NULL THEN 1.0::DOUBLE END"
            if measure.aggregation == "count"
            else _number(connection, measure.profile, joins)
        )
        signed = f"(0 - {number})" if measure.is_turned else number
        fields.append(f'{signed} AS "{measure.name}"')
    measures = {measure.name: measure for measure in mapping.measures}
    derived = derive(measures)
    amounts = amount_sources(measures, derived)
    categories = {name: category(table, one, joins) for name, one in mapping.dimensions.items()}
    fields += [f"{one.expression} AS {quoted(name)}" for name, one in categories.items()]
    selected = "raw.sheet_row, " + ", ".join(fields)
    total = f"CASE WHEN ({day}) IS NULL THEN {_looks_like_total(table)} ELSE false END"
    read = (
        f"SELECT {selected}, {total} AS is_total "  # noqa: S608
        f"FROM raw {' '.join(joins)} WHERE {_is_filled(table)}"
    )
    for implied in derived:
        read = f"SELECT *, {expression(implied.formula)} AS {implied.name} FROM ({read})"  # noqa: S608
    amount = "revenue" if amounts else f"coalesce({', '.join(map(quoted, measures))})"
    connection.execute(
        f"CREATE OR REPLACE TABLE clean AS SELECT *, date IS NOT NULL AND {amount} IS NOT NULL AS is_loaded "  # noqa: S608
        f"FROM ({read}) {'ORDER BY sheet_row' if joins else ''}"
    )
    return CleanTable(derived, amounts, dates, categories, rules.repairs_dates)


def _typed_day(name: str, repairs: bool) -> str:
    day = f"{name}::DATE"
    if repairs:
        swapped = f"make_date(year({name}), day({name}), month({name}))"
        day = f"CASE WHEN day({name}) <= 12 THEN {swapped} ELSE {day} END"
    return f"CASE WHEN {name} >= DATE '{FIRST_YEAR}-01-01' AND {name} < DATE '{LAST_YEAR + 1}-01-01' THEN {day} END"


def _register_dates(table: RawTable, source: DateSource, joins: list[str], rules: Rules) -> DateTexts:
    """Read the distinct texts of the date once and join what they mean."""
    texts = distinct_texts(table, source.expression)
    month_first = rules.month_first
    if month_first is None:
        month_first = is_english(column.heading for column in table.columns) and not table.prefers_comma
    dates = read_dates(
        texts,
        month_first,
        is_decided=rules.month_first is not None,
        repairs=rules.repairs_dates,
        calendar=calendar_of(table.is_1904, table.fiscal_year_start),
    )
    days = [float(day.toordinal() - _EPOCH) for day in dates.values.values()]
    _register(table.connection, "dates", dates.values, "day", days)
    joins.append(f"LEFT JOIN dates ON dates.text = {source.expression}")
    return dates


def _number(connection: duckdb.DuckDBPyConnection, one: Profile, joins: list[str]) -> str:
    name = one.column.name
    if one.numbers is None and one.kind == "number_text":
        return f"CASE WHEN regexp_full_match(raw.{name}, '{PLAIN}') THEN try_cast(raw.{name} AS DOUBLE) END"
    if one.numbers is None:
        return f"CASE WHEN abs(raw.{name}::DOUBLE) < {LARGEST} THEN raw.{name}::DOUBLE END"
    _register(connection, f"numbers_{name}", one.numbers.values, "value", one.numbers.values.values())
    joins.append(f"LEFT JOIN numbers_{name} ON numbers_{name}.text = raw.{name}")
    return f"numbers_{name}.value"


def _register(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    texts: Iterable[str],
    value_name: str,
    values: Iterable[float],
) -> None:
    keys = list(texts)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} (text VARCHAR, {value_name} DOUBLE)")
    if not keys:
        return
    connection.register("meanings", {"t": np.array(keys, dtype=object), "v": np.array(list(values))})
    connection.execute(f"INSERT INTO {name} SELECT t, v FROM meanings")  # noqa: S608
    connection.unregister("meanings")


def _is_filled(table: RawTable) -> str:
    return f"({' OR '.join(f'raw.{column.name} IS NOT NULL' for column in table.columns)})"


def _looks_like_total(table: RawTable) -> str:
    """Return the condition that one of the texts of a row is a word for a total."""
    texts = [column.name for column in table.columns if column.kind == "text"]
    conditions = (f"regexp_full_match(lower(trim(raw.{name}, ' :.')), '{vocabulary.TOTALS}')" for name in texts)
    return f"coalesce({' OR '.join(conditions)}, false)" if texts else "false"
