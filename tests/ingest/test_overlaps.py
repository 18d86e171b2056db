"""Rows that two sources share: named, and counted once unless they may be alike by chance or somebody decides."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dash_kpi.errors import NotFound
from dash_kpi.ingest import jobs
from dash_kpi.ingest.decisions import publish
from dash_kpi.ingest.load import load
from dash_kpi.ingest.missing import restore, retire
from dash_kpi.ingest.overlap_decisions import decide
from dash_kpi.ingest.overlaps import verdict
from dash_kpi.reporting.quality import quality
from dash_kpi.settings import load_settings
from dash_kpi.storage.backup import back_up, check
from dash_kpi.storage.backup import restore as bring_back
from dash_kpi.storage.daily import daily_measures
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Overlap, Snapshot, Source
from dash_kpi.storage.overlaps import SharedRows, shared_rows_of
from dash_kpi.storage.shared_rows import Comparison
from dash_kpi.storage.sources import state_at
from tests.builders import NOW, Row, commit_rows, commit_tables, sale, table_of
from tests.databases import new_database

START = date(2025, 1, 1)


def sales(first: int, last: int, *, every: int = 1) -> list[Row]:
    """Return rows of some days, a few a day, whose amounts tell them apart."""
    return [
        sale(START + timedelta(days=day), 100 + day * 1.37 + number * 0.11, Region=region)
        for day in range(first, last, every)
        for number, region in enumerate(("North", "South"))
    ]


def revenue(rows: Iterable[Row]) -> float:
    return sum(row["revenue"] for row in rows)


def counted(database: Database, as_of: int | None = None) -> float:
    """Return the revenue that is counted, which both ways of asking must give."""
    state = state_at(database, MAIN, as_of)
    by_day, by_row = (
        float(found["revenue"].totals.sum()) if (found := daily_measures(database, state, filters)) else 0.0
        for filters in ((), (("Region", ("North", "South", "")),))
    )
    assert by_day == pytest.approx(by_row)
    return by_day


def pairs(database: Database) -> tuple[SharedRows, ...]:
    with database.reading() as session:
        return shared_rows_of(session, 1)


def source_id(database: Database, file: str) -> int:
    with database.reading() as session:
        return next(one.id for one in session.query(Source) if one.path.endswith(file))


def test_rows_that_a_later_export_repeats_are_counted_once(database: Database) -> None:
    commit_rows(database, "january.xlsx", sales(0, 40))
    commit_rows(database, "february.xlsx", sales(31, 60))

    assert counted(database) == pytest.approx(revenue(sales(0, 60)))
    (pair,) = pairs(database)
    assert (pair.source, pair.other, pair.rows, pair.is_certain, pair.counted) == (
        "february.xlsx",
        "january.xlsx",
        18,
        True,
        "once",
    )
    assert check(database) == []


def test_the_rows_that_are_left_out_are_kept(database: Database) -> None:
    commit_rows(database, "january.xlsx", sales(0, 40))
    commit_rows(database, "february.xlsx", sales(31, 60))

    with database.reading() as session:
        snapshot = session.query(Snapshot).order_by(Snapshot.id.desc()).first()
    assert snapshot is not None
    assert (snapshot.rows, snapshot.shared_rows) == (58, 18)
    assert snapshot.shared_file is not None
    assert sorted(path.name for path in database.settings.snapshots.iterdir()) == sorted(
        [snapshot.file, snapshot.shared_file, _file(database, "january.xlsx")]
    )


def _file(database: Database, file: str) -> str:
    return next(one.snapshot for one in state_at(database, MAIN).sources if one.file == file)


def test_two_sheets_of_one_workbook_are_two_places(database: Database) -> None:
    folder = database.settings.snapshots
    years = [("2009-2010", sales(0, 40)), ("2010-2011", sales(35, 80))]
    commit_tables(database, "retail.xlsx", *(table_of(folder, rows, sheet=name) for name, rows in years))

    assert counted(database) == pytest.approx(revenue(sales(0, 80)))
    (pair,) = pairs(database)
    assert pair.warning(pair.source_id) == (
        "shared_rows",
        "10 rows are also in sheet '2009-2010' and counted once, there.",
    )
    assert pair.warning(pair.other_id)[1] == "10 rows are also in sheet '2010-2011' and counted once, here."


def test_a_day_that_both_have_in_part_is_recognised_by_its_smaller_part(database: Database) -> None:
    rows = [sale(START, 1 + number * 1.01, Region="North") for number in range(60)]
    later = [sale(START + timedelta(days=1), 1000 + number * 1.01, Region="North") for number in range(60)]
    commit_rows(database, "a.xlsx", [*rows, *later[:30]])
    commit_rows(database, "b.xlsx", [*rows[30:], *later])

    assert counted(database) == pytest.approx(revenue([*rows, *later]))


def test_what_every_day_has_alike_is_counted_in_both_and_named(database: Database) -> None:
    """Two shops that sell the same few things every day: dropping one of them would lose real sales."""
    till = [sale(START + timedelta(days=day), 2.5, Product="Coffee") for day in range(60) for _ in range(3)]
    large = [*till, *till, *(sale(START + timedelta(days=day), 4.0, Product="Cake") for day in range(60))]
    commit_rows(database, "large.xlsx", large)
    commit_rows(database, "small.xlsx", till)

    state = state_at(database, MAIN)
    assert daily_measures(database, state, ())["revenue"].totals.sum() == pytest.approx(revenue([*large, *till]))
    (pair,) = pairs(database)
    assert pair.warning(pair.source_id) == (
        "maybe_shared_rows",
        "180 rows are also in large.xlsx and counted in both; decide on the page Data.",
    )


def test_shops_of_their_own_share_nothing_to_speak_of(database: Database) -> None:
    commit_rows(database, "north.xlsx", [sale(START + timedelta(days=n), 10 + n, Region="N") for n in range(50)])
    commit_rows(database, "south.xlsx", [sale(START + timedelta(days=n), 90 - n, Region="N") for n in range(50)])

    assert pairs(database) == ()


def test_an_export_with_a_column_less_gives_way_to_the_one_that_has_it(database: Database) -> None:
    full = [{**row, "units": float(number)} for number, row in enumerate(sales(0, 40))]
    commit_rows(database, "short.xlsx", sales(20, 60))
    commit_rows(database, "full.xlsx", full)

    assert counted(database) == pytest.approx(revenue(sales(0, 60)))
    assert daily_measures(database, state_at(database, MAIN), ())["units"].totals.sum() == sum(range(80))
    (pair,) = pairs(database)
    assert (pair.source, pair.other, pair.rows) == ("short.xlsx", "full.xlsx", 40)


def test_daily_totals_without_a_dimension_are_no_copy_of_the_sales(database: Database) -> None:
    commit_rows(database, "sales.xlsx", sales(0, 40))
    commit_rows(database, "totals.xlsx", [sale(row["date"], row["revenue"]) for row in sales(0, 40)])

    assert pairs(database) == ()


def test_what_the_one_loses_the_other_counts(database: Database) -> None:
    commit_rows(database, "a.xlsx", sales(0, 40))
    commit_rows(database, "b.xlsx", sales(20, 60))
    first = counted(database)

    retire(database, MAIN, source_id(database, "a.xlsx"), NOW)
    assert counted(database) == pytest.approx(revenue(sales(20, 60)))
    restore(database, MAIN, source_id(database, "a.xlsx"), NOW)
    assert counted(database) == pytest.approx(first)
    revision = commit_rows(database, "a.xlsx", sales(0, 30))

    assert counted(database) == pytest.approx(revenue(sales(0, 60)))
    assert [counted(database, as_of) for as_of in range(1, revision + 1)] == [
        pytest.approx(revenue(rows)) for rows in (sales(0, 40), sales(0, 60), sales(20, 60), sales(0, 60), sales(0, 60))
    ]
    assert check(database) == []


def test_a_decision_is_a_revision_and_can_be_taken_back(database: Database) -> None:
    commit_rows(database, "a.xlsx", sales(0, 40))
    commit_rows(database, "b.xlsx", sales(20, 60))
    once = counted(database)
    (pair,) = pairs(database)

    revision = decide(database, MAIN, pair.id, "both", NOW, "Anna")

    assert revision == 3
    assert counted(database) == pytest.approx(revenue(sales(0, 40)) + revenue(sales(20, 60)))
    assert pairs(database)[0].warning(pair.other_id)[1] == (
        "40 rows are also in b.xlsx and counted in both, as somebody decided."
    )
    decide(database, MAIN, pair.id, "once", NOW, "Anna")
    assert counted(database) == pytest.approx(once)
    with pytest.raises(NotFound):
        decide(database, MAIN, 99, "once", NOW, "Anna")


def test_a_decision_outlives_a_version_of_the_file(database: Database) -> None:
    commit_rows(database, "a.xlsx", sales(0, 40))
    commit_rows(database, "b.xlsx", sales(20, 60))
    decide(database, MAIN, pairs(database)[0].id, "both", NOW, "Anna")

    commit_rows(database, "b.xlsx", sales(50, 60))
    assert pairs(database) == ()
    commit_rows(database, "b.xlsx", sales(20, 61))

    assert pairs(database)[0].decision == "both"
    assert counted(database) == pytest.approx(revenue(sales(0, 40)) + revenue(sales(20, 61)))


def test_days_that_count_as_before_stay_one_row(database: Database) -> None:
    commit_rows(database, "a.xlsx", sales(0, 40))
    commit_rows(database, "b.xlsx", sales(20, 60))
    commit_rows(database, "b.xlsx", sales(20, 61))

    with database.engine.connect() as connection:
        moved = connection.exec_driver_sql(
            "SELECT day FROM kpi_data WHERE valid_to IS NOT NULL OR valid_from = 3"
        ).all()
    assert moved == [("2025-03-02",)]


def test_two_files_committed_at_once_count_what_they_share_exactly_once(database: Database) -> None:
    tables = {
        name: table_of(database.settings.snapshots, sales(*days))
        for name, days in (("a.xlsx", (0, 40)), ("b.xlsx", (20, 60)), ("c.xlsx", (30, 70)))
    }
    threads = [threading.Thread(target=commit_tables, args=(database, name, table)) for name, table in tables.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted(database) == pytest.approx(revenue(sales(0, 70)))
    assert check(database) == []


def test_a_backup_has_the_rows_that_are_left_out(database: Database, tmp_path: Any) -> None:
    commit_rows(database, "a.xlsx", sales(0, 40))
    commit_rows(database, "b.xlsx", sales(20, 60))
    back_up(database, tmp_path / "backup.zip")
    other = Database(load_settings(instance=tmp_path / "other").prepare())
    bring_back(other, tmp_path / "backup.zip", is_replaced=False)

    retire(other, MAIN, source_id(other, "a.xlsx"), NOW)

    assert counted(other) == pytest.approx(revenue(sales(20, 60)))
    with other.reading() as session:
        shared = session.query(Snapshot).filter(Snapshot.shared_rows > 0).one().shared_file
    (other.settings.snapshots / str(shared)).unlink()
    assert check(other) == [f"The snapshot {shared} is missing."]
    other.close()


@pytest.mark.parametrize(
    ("compared", "found"),
    [
        (None, None),
        (Comparison(441, 441, 441, 0.0), True),
        (Comparison(1, 1, 1, 0.0), True),
        (Comparison(1, 1, 1, 0.3), False),
        (Comparison(300, 310, 900, 0.3), True),
        (Comparison(300, 310, 900, 0.7), False),
        (Comparison(300, 1000, 1000, 0.0), False),
        (Comparison(300, 1000, 1000, 0.25), None),
        (Comparison(19, 1000, 1000, 0.0), None),
        (Comparison(25, 10_000, 10_000, 0.0), None),
    ],
    ids=["none", "a repeated part", "one row", "one likely row", "many rows", "alike every day", "a part", "by chance",
         "few", "a trace"],
)  # fmt: skip
def test_what_counts_as_the_same_rows(compared: Comparison | None, found: bool | None) -> None:
    judged = verdict(compared)

    assert (judged and judged.is_certain) is found


# Any sequence of changes leads to what the sources hold now, counted by the rule.

contents = st.lists(
    st.builds(
        lambda day, amount, region: sale(START + timedelta(days=day), amount, Region=region),
        st.integers(0, 5), st.sampled_from([1.25, 2.5, 7.75, 11.0]), st.sampled_from(["North", "South"]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
steps = st.lists(
    st.tuples(st.sampled_from("abc"), contents)
    | st.tuples(st.sampled_from("abc"), st.sampled_from(["retire", "restore"]))
    | st.tuples(st.integers(0, 2), st.sampled_from(["once", "both"])),
    min_size=2, max_size=7,
)  # fmt: skip


@given(steps)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happened_before_the_same_sources_count_the_same(tmp_path_factory: Any, changes: Any) -> None:
    database = new_database(load_settings(instance=tmp_path_factory.mktemp("steps")))
    current: dict[str, Sequence[Row]] = {}
    retired: dict[str, Sequence[Row]] = {}
    for who, what in changes:
        if isinstance(what, list):
            commit_rows(database, f"{who}.xlsx", what)
            retired.pop(who, None)
            current[who] = what
        elif what == "retire" and who in current:
            retire(database, MAIN, source_id(database, f"{who}.xlsx"), NOW)
            retired[who] = current.pop(who)
        elif what == "restore" and who in retired:
            restore(database, MAIN, source_id(database, f"{who}.xlsx"), NOW)
            current[who] = retired.pop(who)
        elif isinstance(who, int) and who < len(pairs(database)):
            decide(database, MAIN, pairs(database)[who].id, what, NOW, "Anna")
        assert counted(database) == pytest.approx(expected(database, current))
    assert check(database) == []
    database.close()


def expected(database: Database, current: dict[str, Sequence[Row]]) -> float:
    """Count every row as the rule says, from what the sources hold and what was decided."""
    with database.reading() as session:
        decided = {(row.source_id, row.other_id): row.decision for row in session.query(Overlap)}
        order = [one.path[-6] for one in session.query(Source).order_by(Source.id) if one.path[-6] in current]
        ids = {one.path[-6]: one.id for one in session.query(Source)}
    rows = {name: Counter(tuple(sorted(row.items())) for row in current[name]) for name in order}
    total = 0.0
    for place, name in enumerate(order):
        elsewhere: Counter[Any] = Counter()
        for earlier in order[:place]:
            judged = verdict(compared(rows[earlier], rows[name]))
            decision = decided.get((ids[name], ids[earlier]))
            if judged and (decision == "once" or (decision is None and judged.is_certain)):
                elsewhere |= rows[earlier]
        total += sum(dict(row)["revenue"] * count for row, count in (rows[name] - elsewhere).items())
    return total


def compared(one: Counter[Any], two: Counter[Any]) -> Comparison | None:
    shared = one & two
    if not shared:
        return None
    per_day = [Counter[date](), Counter[date]()]
    for days, rows in zip(per_day, (one, two), strict=True):
        for row, count in rows.items():
            days[dict(row)["date"]] += count
    common = set(per_day[0]) & set(per_day[1])
    days = len(set(per_day[0]) | set(per_day[1]))
    seen: dict[Any, set[date]] = {}
    for row in one | two:
        seen.setdefault((dict(row)["revenue"], dict(row)["Region"]), set()).add(dict(row)["date"])
    elsewhere = sum(count * (len(seen[dict(row)["revenue"], dict(row)["Region"]]) - 1) for row, count in shared.items())
    number = shared.total()
    return Comparison(
        number,
        sum(min(per_day[0][day], per_day[1][day]) for day in common),
        min(sum(days[day] for day in common) for days in per_day),
        elsewhere / number / (days - 1) if days > 1 else 1 - len(shared) / number,
    )


def test_months_across_the_columns_are_compared_as_the_records_they_are(database: Database) -> None:
    for name, months in (("first", range(1, 9)), ("second", range(5, 13))):
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(["Product", *(date(2025, month, 1) for month in months)])
        for product in range(6):
            book.active.append([f"P{product}", *(1000 * product + month * 1.37 for month in months)])
        book.save(path := database.settings.inbox / f"{name}.xlsx")
        job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
        assert job is not None
        assert load(database, job).outcome == "loaded"

    (pair,) = pairs(database)
    assert (pair.rows, pair.counted) == (4 * 6, "once")
    total = sum(1000 * product + month * 1.37 for product in range(6) for month in range(1, 13))
    assert sum(
        one.totals.sum() for one in daily_measures(database, state_at(database, MAIN), ()).values()
    ) == pytest.approx(total)
    assert check(database) == []


def read_csv(database: Database, name: str, head: str, *rows: str) -> str:
    path = database.settings.inbox / name
    path.write_text("\n".join([head, *rows, ""]), "utf-8")
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return load(database, job).outcome


def lines(first: int, last: int, after: str = "") -> list[str]:
    return [f"2025-01-{day:02};North;{day * 1.37:.2f}{after}" for day in range(first, last)]


def test_a_held_version_that_is_published_counts_what_it_shares_once(database: Database) -> None:
    read_csv(database, "a.csv", "Date;Region;Revenue", *lines(1, 20))
    read_csv(database, "b.csv", "Date;Region;Revenue;Units", *lines(21, 29, ";1"))
    assert read_csv(database, "b.csv", "Date;Region;Revenue", *lines(10, 29)) == "refused"
    b = source_id(database, "b.csv")
    with database.reading() as session:
        held = session.get_one(Source, b).held_ingest_id
    assert held is not None

    publish(database, MAIN, b, held, NOW)

    assert counted(database) == pytest.approx(sum(round(day * 1.37, 2) for day in range(1, 29)))
    assert check(database) == []


def test_the_refused_cells_of_a_divided_snapshot_are_still_found(database: Database) -> None:
    for name, days in (("a.csv", (1, 25)), ("b.csv", (10, 29))):
        assert read_csv(database, name, "Date;Region;Revenue", *lines(*days), "soon;North;1") == "loaded"

    assert [pair.rows for pair in pairs(database)] == [15]
    for name in ("a.csv", "b.csv"):
        report = quality(database, MAIN, source_id(database, name), NOW)
        assert report.reasons == (("unreadable_date", 1),)
