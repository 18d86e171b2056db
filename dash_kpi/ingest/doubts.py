"""What was read by a rule of thumb, or by one notation of several: the reading that was chosen, to be checked."""

from collections.abc import Iterable, Sequence

from dash_kpi.ingest.addresses import MOST_ADDRESSES
from dash_kpi.ingest.cleaning import CleanTable
from dash_kpi.ingest.columns import COSTS, DateSource, Mapping, MeasureSource
from dash_kpi.ingest.date_source import holds_unix_time
from dash_kpi.ingest.dates import DateTexts
from dash_kpi.ingest.fiscal import describe_year
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.rates import RATES, says_percent, scale_of
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.storage.identifiers import quoted

_MOST_TEXTS = 10_000


def number_doubts(table: RawTable, measure: MeasureSource) -> Iterable[Finding]:
    """Yield what the notation of a column of numbers leaves in doubt."""
    one, numbers = measure.profile, measure.profile.numbers
    if numbers is None:
        return
    heading = one.column.heading
    if numbers.ambiguous:
        example = min(numbers.ambiguous, key=lambda text: (len(text), text))
        count, cells = _cells_with(table, one, numbers.ambiguous)
        yield Finding(
            "ambiguous_decimal",
            f"Nothing in column '{heading}' shows whether the sign in '{example}' separates thousands or a fraction; "
            f"it was read as {_written(numbers.values.get(example))}.",
            cells,
            count,
        )
    if numbers.percents and numbers.plain:
        yield Finding(
            "mixed_percent",
            f"Column '{heading}' has numbers with a percent sign and others above 1 without; 5 % was read as 0.05, "
            "and 5 as 5.",
            count=numbers.plain,
        )
    if len(numbers.currencies) > 1:
        yield Finding(
            "mixed_currencies",
            f"Column '{heading}' is written in {len(numbers.currencies)} currencies, "
            f"{_listed(numbers.currencies)}; its numbers were not converted.",
            count=len(numbers.currencies),
        )


def date_doubts(table: RawTable, source: DateSource, cleaned: CleanTable) -> Iterable[Finding]:
    """Yield what the notation of the dates leaves in doubt."""
    texts = cleaned.dates
    if texts is None:
        return
    if holds_unix_time(source.columns[0]):
        yield Finding("unix_time", f"Column '{source.name}' counts the time since 1970; its days are those of UTC.")
    if texts.ambiguous:
        count = table.rows("SELECT count(*) FROM clean WHERE date IS NOT NULL")[0][0]
        yield Finding(
            "ambiguous_day_month",
            f"Nothing in column '{source.name}' shows whether the day or the month comes first; "
            f"its dates were read as {texts.format}.",
            count=count,
        )
    if texts.swapped:
        yield _swapped_days(table, source, texts, cleaned.is_repaired)
    if texts.has_fiscal:
        yield Finding(
            "fiscal_period",
            f"Column '{source.name}' counts fiscal periods; fiscal year 2024 was read as "
            f"{describe_year(table.fiscal_year_start)}.",
        )
    if len(texts.notations) > 1:
        yield Finding(
            "two_date_notations",
            f"Column '{source.name}' writes its dates in {len(texts.notations)} notations: {_listed(texts.notations)}.",
            count=len(texts.notations),
        )


def rate_doubts(mapping: Mapping, cleaned: CleanTable) -> Iterable[Finding]:
    """Yield how discounts and margins were read where their headings do not say it."""
    used = {source for implied in cleaned.derived for source in implied.sources}
    has_derived_revenue = any(implied.name == "revenue" for implied in cleaned.derived)
    for measure in mapping.measures:
        one, name, heading = measure.profile, measure.name, measure.profile.column.heading
        if name in used and name in RATES and scale_of(one, name == "margin") == "percent" and not says_percent(one):
            yield Finding(
                "assumed_percent",
                f"The numbers of column '{heading}' lie between {_written(one.lowest)} and {_written(one.highest)} "
                "and were read as percent.",
            )
        if name == "discount" and name not in used and has_derived_revenue and one.highest:
            yield Finding(
                "discount_not_used",
                f"Column '{heading}' holds amounts, not percents; the revenue was derived without it.",
            )


def cost_doubts(table: RawTable, mapping: Mapping) -> Iterable[Finding]:
    """Yield the costs that are written as negative numbers: those that were turned, and those of both signs."""
    for measure in mapping.measures:
        one = measure.profile
        if measure.name not in COSTS or one.lowest is None or one.lowest >= 0:
            continue
        heading = one.column.heading
        if measure.is_turned:
            message = f"Column '{heading}' writes its costs as negative numbers; they were read as positive amounts."
            yield Finding("negative_costs", message)
        elif (total := table.rows(f"SELECT sum({quoted(measure.name)}) FROM clean WHERE is_loaded")[0][0] or 0) < 0:  # noqa: S608
            message = (
                f"Column '{heading}' holds costs of both signs that add up to {_written(total)}; it was read as it is."
            )
            yield Finding("negative_costs", message)


def spelling_doubts(mapping: Mapping, cleaned: CleanTable) -> Iterable[Finding]:
    """Yield how many spellings of a dimension were merged."""
    for name, one in mapping.dimensions.items():
        merged = cleaned.categories[name]
        if merged.merged and merged.example:
            what = "1 spelling" if merged.merged == 1 else f"{merged.merged:,} spellings"
            yield Finding(
                "merged_spellings",
                f"{what} of column '{one.column.heading}' {'differs' if merged.merged == 1 else 'differ'} from others "
                f"only in case, blanks or accents, such as '{merged.example[0]}' and '{merged.example[1]}'; "
                f"{'it was' if merged.merged == 1 else 'they were'} merged.",
                count=merged.merged,
            )


def _swapped_days(table: RawTable, source: DateSource, texts: DateTexts, is_repaired: bool) -> Finding:
    column = source.columns[0].column
    rows = table.rows(
        "SELECT sheet_row, count(*) OVER () FROM raw "  # noqa: S608
        f"WHERE regexp_matches({source.expression}, '^\\d{{4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,2}}') "
        f"ORDER BY 1 LIMIT {MOST_ADDRESSES}"
    )
    count = rows[0][1] if rows else 0
    what = f"{count:,} {'date cells' if table.has_cells else 'dates'} of column '{source.name}'"
    cells = tuple(table.address(column.place, row) for row, _ in rows)
    if is_repaired:
        message = f"Day and month of {what} were swapped back, as decided in the mapping."
        return Finding("repaired_days", message, cells, count)
    return Finding(
        "swapped_days",
        f"{what} look as if day and month were swapped: none has a day after the 12th, and all texts that were left, "
        f"such as '{texts.unswapped}', have one. Repair it in the mapping.",
        cells,
        count,
    )


def _cells_with(table: RawTable, one: Profile, texts: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Return how many cells hold one of these texts, and where the first of them are."""
    rows = table.rows(
        f"SELECT sheet_row, count(*) OVER () FROM raw WHERE {one.column.name} IN (SELECT unnest(?)) "  # noqa: S608
        f"ORDER BY 1 LIMIT {MOST_ADDRESSES}",
        list(texts[:_MOST_TEXTS]),
    )
    return (rows[0][1] if rows else 0), tuple(table.address(one.column.place, row) for row, _ in rows)


def _written(number: float | None) -> str:
    return "nothing" if number is None else f"{number:.12g}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1]))
