from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dash_kpi.ingest.lookups import Lookup, Proposal, join, kept, propose, propose_for
from dash_kpi.ingest.profile import profile
from dash_kpi.ingest.raw import RawColumn, RawTable, connect
from dash_kpi.ingest.rows import read_rows
from dash_kpi.ingest.rules import Join, Rules
from dash_kpi.ingest.snapshot import Target

Make = Callable[..., tuple[RawColumn, ...]]
KINDS = {"VARCHAR": "text", "DOUBLE": "number", "BIGINT": "number", "DATE": "date"}
SALES = {"Day": "DATE", "Product ID": "VARCHAR", "Quantity": "BIGINT"}
ROWS = [("2024-01-01", "P1", 1), ("2024-01-02", "p2 ", 2), ("2024-01-03", "P3", 3), ("2024-01-04", "P1", 4)]
PRODUCTS = {"ID": "VARCHAR", "Unit Cost": "DOUBLE", "Category": "VARCHAR"}
PRICES = [("P1", 1.5, "a"), ("P2", 2.5, "a"), ("P3", 3.5, "b"), ("P4", 4.5, "b")]


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[tuple[Make, Callable[[], RawTable]]]:
    """Return a maker of DuckDB tables from types by heading, and one of the raw table."""
    with connect(64 << 20, tmp_path) as connection:

        def make(name: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> tuple[RawColumn, ...]:
            types = ", ".join(f"c{place} {kind}" for place, kind in enumerate(columns.values()))
            connection.execute(f"CREATE TABLE {name} (sheet_row BIGINT, {types})")
            marks = ", ".join("?" * (len(columns) + 1))
            connection.executemany(
                f"INSERT INTO {name} VALUES ({marks})", [(number, *row) for number, row in enumerate(rows, start=2)]
            )
            return tuple(RawColumn(place, heading, KINDS[columns[heading]]) for place, heading in enumerate(columns))

        yield make, lambda: RawTable(connection, make("raw", SALES, ROWS), 1)


Tables = tuple[Make, Callable[[], RawTable]]


def proposals(tables: Tables, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> list[Proposal]:
    make, raw = tables
    table = raw()
    return propose(table, profile(table), [Lookup("products", make("products", columns, rows), "Products")])


def test_a_sheet_that_knows_every_value_is_proposed(tables: Tables) -> None:
    (found,) = proposals(tables, PRODUCTS, PRICES)
    finding = found.as_finding()

    assert finding.code == "lookup_proposed"
    assert finding.message == (
        "Sheet 'Products' gives 'Unit Cost' and 'Category' for each 'Product ID' (all 3 values found): join it?"
    )


def test_a_proposal_is_all_that_a_rule_needs(tables: Tables) -> None:
    (found,) = proposals(tables, PRODUCTS, PRICES)
    data = found.as_finding().data

    assert data is not None
    assert Rules.from_json({"joins": [data["join"]]}).joins == (
        Join("Product ID", None, "Products", "ID", ("Unit Cost", "Category")),
    )


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (PRODUCTS, PRICES[:2]),
        (PRODUCTS, [*PRICES, PRICES[0]]),
        ({"ID": "VARCHAR"}, [("P1",), ("P2",), ("P3",)]),
        ({**PRODUCTS, "Since": "DATE"}, [(*row, "2024-01-01") for row in PRICES]),
        ({"ID": "BIGINT", "Weight": "DOUBLE"}, [(number, 1.0) for number in range(9)]),
    ],
    ids=["too-few-found", "not-unique", "nothing-gained", "has-dates", "only-numbers-in-common"],
)
def test_what_does_not_fit_is_not_proposed(
    tables: Tables, columns: dict[str, str], rows: Sequence[Sequence[Any]]
) -> None:
    assert proposals(tables, columns, rows) == []


def test_a_text_key_under_another_name_is_proposed_where_it_finds_all(tables: Tables) -> None:
    (found,) = proposals(tables, {"Artikel": "VARCHAR", "Gruppe": "VARCHAR"}, [(row[0], "x") for row in PRICES])

    assert found.join.key == "Artikel"


def joined(tables: Tables, rows: Sequence[Sequence[Any]], rule: Join) -> tuple[RawTable, Any]:
    make, raw = tables
    return join(raw(), Lookup("products", make("products", PRODUCTS, rows), "Products"), rule)


RULE = Join("Product ID", None, "Products", "ID", ("Unit Cost", "Category"))


def test_a_join_adds_the_columns_and_no_rows(tables: Tables) -> None:
    table, findings = joined(tables, PRICES, RULE)

    assert findings == ()
    assert [column.heading for column in table.columns][3:] == ["Unit Cost", "Category"]
    assert table.rows("SELECT sheet_row, c3, c4 FROM raw") == [
        (2, 1.5, "a"),
        (3, 2.5, "a"),
        (4, 3.5, "b"),
        (5, 1.5, "a"),
    ]


def test_a_joined_column_is_shown_where_its_key_stands(tables: Tables) -> None:
    table, _ = joined(tables, PRICES, RULE)

    assert table.columns[3].letters == "B"


def test_keys_that_are_not_there_are_counted_with_their_addresses(tables: Tables) -> None:
    table, (finding,) = joined(tables, [PRICES[0], PRICES[2], (None, 9.0, "z")], RULE)

    assert (finding.code, finding.cells, finding.count) == ("lookup_missed", ("B3",), 1)
    assert finding.message == "1 cell of column 'Product ID' is not in sheet 'Products', such as 'p2 '."
    assert table.rows("SELECT c3 FROM raw WHERE sheet_row = 3") == [(None,)]


def test_a_key_that_is_not_unique_is_refused_with_a_sentence(tables: Tables) -> None:
    table, (finding,) = joined(tables, [*PRICES, ("p1", 9.0, "z")], RULE)

    assert finding.code == "lookup_refused"
    assert finding.message.endswith("more than once, and rows would be counted twice.")
    assert len(table.columns) == 3
    assert len(table.rows("FROM raw")) == 4


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (Join("SKU", None, "Products", "ID", ("Category",)), "the table has no column 'SKU'."),
        (Join("Product ID", None, "Products", "SKU", ("Category",)), "it has no column 'SKU'."),
        (Join("Product ID", None, "Products", "ID", ("Colour",)), "it has no column 'Colour'."),
    ],
)
def test_a_rule_that_the_tables_no_longer_fit_is_refused(tables: Tables, rule: Join, sentence: str) -> None:
    _, (finding,) = joined(tables, PRICES, rule)

    assert finding.message == f"Nothing was looked up in sheet 'Products': {sentence}"


def test_a_table_that_was_read_is_looked_at_by_its_snapshot(tables: Tables, tmp_path: Path) -> None:
    make, raw = tables
    table = raw()
    reading = read_rows(table, "Sales", Target(tmp_path, lambda phase, fraction: None))
    lookup = Lookup(
        "products", make("products", {**PRODUCTS, "Quantity": "DOUBLE"}, [(*row, 1) for row in PRICES]), "P"
    )

    (finding,) = propose_for(reading, table.connection, [lookup])
    assert finding.message.startswith("Sheet 'P' gives 'Unit Cost' and 'Category' for each 'Product ID' (all 3")


def test_a_table_is_kept_to_be_looked_up_in(tables: Tables) -> None:
    _, raw = tables
    lookup = kept(raw(), "kept sales", "Sales")

    assert [column.heading for column in lookup.columns] == list(SALES)
