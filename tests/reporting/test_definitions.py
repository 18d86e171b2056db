"""What people decide about KPIs: one revision each, checked against what is there, and undone."""

from datetime import date, timedelta
from typing import Any

import pytest

from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.reporting import definitions
from dash_kpi.reporting.catalogue import every_kpi, kpis_of
from dash_kpi.reporting.definition_list import edited, listed
from dash_kpi.reporting.kpi_preview import preview
from dash_kpi.reporting.points import Question, points
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
from tests.builders import NOW, commit_rows, sale

SHARE = {"name": "online_share", "formula": 'revenue[Channel = "Online"] / revenue', "unit": "percent"}
BY = "tests"


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    rows = [sale(date(2025, 1, 1), 100, 60, Channel="Online"), sale(date(2025, 1, 2), 300, 100, Channel="Shop")]
    commit_rows(database, "sales.xlsx", rows)


def save(database: Database, given: dict[str, Any], **options: Any) -> definitions.Change:
    return definitions.save(database, MAIN, given, BY, NOW, **options)


def names(database: Database) -> list[str]:
    return [kpi.name for kpi in kpis_of(database, state_at(database, MAIN))]


def value_of(database: Database, name: str, as_of: int | None = None) -> float | None:
    found = points(database, MAIN, Question(kpis=(name,), as_of=as_of))["kpis"][0]["points"][0]["value"]
    return found if found is None else float(found)


def version_of(database: Database, name: str) -> int:
    return definitions.versions(database, MAIN, name)[0].number


def test_a_new_kpi_is_a_revision_and_the_past_does_not_know_it(database: Database) -> None:
    change = save(database, SHARE)

    assert (change.revision, change.sentence) == (2, "KPI Online share added.")
    assert value_of(database, "online_share") == 0.25
    with pytest.raises(NotFound):
        value_of(database, "online_share", as_of=1)


def test_a_changed_formula_changes_the_numbers_of_now_and_not_of_then(database: Database) -> None:
    save(database, SHARE)
    save(database, SHARE | {"formula": 'revenue[Channel = "Shop"] / revenue'})

    assert (value_of(database, "online_share", as_of=2), value_of(database, "online_share")) == (0.25, 0.75)


def test_saving_what_holds_already_is_no_revision(database: Database) -> None:
    save(database, SHARE)

    again = save(database, SHARE)

    assert (again.revision, again.sentence) == (2, "Nothing was changed.")
    assert again.version == version_of(database, "online_share")


def test_whoever_saw_an_older_version_is_told_so(database: Database) -> None:
    save(database, SHARE, version=0)
    seen = version_of(database, "online_share")
    save(database, SHARE | {"label": "Web"}, version=seen)

    with pytest.raises(Conflict, match="Somebody else has changed"):
        save(database, SHARE | {"label": "Shop"}, version=seen)
    with pytest.raises(Conflict):
        definitions.remove(database, MAIN, "online_share", BY, NOW, version=0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (SHARE | {"formula": "revnue / 2"}, "did you mean 'revenue'"),
        (SHARE | {"formula": "online_share + 1"}, "circle: online_share → online_share"),
        (SHARE | {"target": {"formula": "budgt"}}, "Unknown measure 'budgt'"),
        (SHARE | {"name": "days"}, "is a word of formulas"),
        (SHARE | {"name": "IF"}, "is a word of formulas"),
        (SHARE | {"name": "Revenue"}, "There is a KPI named 'revenue' already"),
        (SHARE | {"name": "2nd"}, "must begin with a letter"),
        (SHARE | {"formula": ""}, "The formula is empty"),
        (SHARE | {"colour": "red"}, "A KPI has no 'colour'"),
    ],
)
def test_what_cannot_work_is_refused_and_changes_nothing(database: Database, given: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        save(database, given)

    assert state_at(database, MAIN).revision == 1


def test_a_name_is_taken_only_for_who_makes_a_new_one(database: Database) -> None:
    save(database, SHARE, is_new=True)

    with pytest.raises(Refused, match="There is a KPI named 'online_share' already"):
        save(database, SHARE, is_new=True)


def test_a_circle_through_another_kpi_is_named_at_the_place_where_it_begins(database: Database) -> None:
    save(database, {"name": "one", "formula": "revenue * 2"})
    save(database, {"name": "two", "formula": "one * 2"})

    with pytest.raises(FormulaError, match="circle: one → two → one") as caught:
        save(database, {"name": "one", "formula": "1 + two"})

    assert (caught.value.start, caught.value.end) == (4, 7)


def test_a_built_in_kpi_is_hidden_used_all_the_same_and_shown_again(database: Database) -> None:
    definitions.set_hidden(database, MAIN, "profit", True, BY, NOW)
    save(database, {"name": "half", "formula": "profit / 2"})

    assert "profit" not in names(database)
    assert value_of(database, "half") == 120
    definitions.set_hidden(database, MAIN, "profit", False, BY, NOW)
    assert "profit" in names(database)
    assert definitions.versions(database, MAIN, "profit")[0].is_in_force is False  # it is as built in again


def test_the_formula_of_a_built_in_kpi_follows_the_measures_although_it_was_hidden(database: Database) -> None:
    definitions.set_hidden(database, MAIN, "profit", True, BY, NOW)
    commit_rows(database, "sales.xlsx", [sale(date(2025, 1, 1), 100)])
    commit_rows(database, "costs.xlsx", [{"date": date(2025, 1, 1), "cogs": 30}])

    profit = next(kpi for kpi in every_kpi(database, state_at(database, MAIN)) if kpi.name == "profit")

    assert (profit.definition.formula, profit.definition.is_hidden) == ("revenue - cogs", True)


def test_a_hidden_kpi_whose_measures_are_gone_is_not_there(database: Database) -> None:
    definitions.set_hidden(database, MAIN, "profit", True, BY, NOW)
    commit_rows(database, "sales.xlsx", [{"date": date(2025, 1, 1), "units": 3}])

    assert [kpi.name for kpi in every_kpi(database, state_at(database, MAIN))] == ["units"]


def test_a_changed_built_in_kpi_is_reset_and_not_removed(database: Database) -> None:
    save(database, {"name": "profit", "formula": "revenue - 1", "unit": "currency"})

    with pytest.raises(Refused, match="is built in; it can be hidden"):
        definitions.remove(database, MAIN, "profit", BY, NOW)
    assert value_of(database, "profit") == 399
    definitions.reset(database, MAIN, "profit", BY, NOW)
    assert value_of(database, "profit") == 240


def test_what_another_kpi_uses_is_not_removed(database: Database) -> None:
    save(database, SHARE)
    save(database, {"name": "shop_share", "label": "Shop share", "formula": "1 - Online_Share"})
    save(database, {"name": "goal", "formula": "revenue", "target": {"formula": "online_share"}})

    with pytest.raises(Refused, match="Online share cannot be removed: Goal and Shop share use it"):
        definitions.remove(database, MAIN, "online_share", BY, NOW)


def test_a_removal_is_undone_and_redone(database: Database) -> None:
    save(database, SHARE)
    definitions.remove(database, MAIN, "online_share", BY, NOW)
    assert "online_share" not in names(database)

    definitions.undo(database, MAIN, "online_share", BY, NOW)
    assert value_of(database, "online_share") == 0.25
    definitions.undo(database, MAIN, "online_share", BY, NOW)
    assert "online_share" not in names(database)


def test_a_change_is_undone_and_an_earlier_version_restored(database: Database) -> None:
    save(database, SHARE)
    first = version_of(database, "online_share")
    for label in ("Web", "Net"):
        save(database, SHARE | {"label": label})

    definitions.undo(database, MAIN, "online_share", BY, NOW)
    assert definitions.versions(database, MAIN, "online_share")[0].definition.label == "Web"
    definitions.restore(database, MAIN, "online_share", first, BY, NOW)
    assert definitions.versions(database, MAIN, "online_share")[0].definition.label == "Online share"
    assert [one.is_in_force for one in definitions.versions(database, MAIN, "online_share")].count(True) == 1


def test_undoing_what_made_a_kpi_removes_it_unless_it_is_used(database: Database) -> None:
    save(database, SHARE)
    save(database, {"name": "shop", "formula": "1 - online_share"})

    with pytest.raises(Refused, match="Shop uses it"):
        definitions.undo(database, MAIN, "online_share", BY, NOW)
    save(database, {"name": "half", "formula": "online_share / 2"})
    with pytest.raises(Refused, match="Half and Shop use it"):
        definitions.undo(database, MAIN, "online_share", BY, NOW)
    for name in ("half", "shop", "online_share"):
        definitions.undo(database, MAIN, name, BY, NOW)
    assert "online_share" not in names(database)


def test_nothing_can_be_undone_where_nothing_was_done(database: Database) -> None:
    with pytest.raises(NotFound, match="there is nothing to undo"):
        definitions.undo(database, MAIN, "revenue", BY, NOW)


def test_what_uses_a_kpi_is_listed(database: Database) -> None:
    save(database, {"name": "half", "formula": "sum(profit) / 2 + revenue"})

    using = {one.name for one in definitions.uses(database, state_at(database, MAIN), "revenue")}

    assert using == {"growth_rate", "revenue_per_day", "efficiency_ratio", "profit_margin", "half"}
    assert [one.name for one in definitions.uses(database, state_at(database, MAIN), "profit")] == ["profit_margin"]


def test_the_last_kpi_that_is_shown_is_not_hidden(database: Database) -> None:
    *others, last = names(database)
    for name in others:
        definitions.set_hidden(database, MAIN, name, True, BY, NOW)

    with pytest.raises(Refused, match="No KPI would be left to show"):
        definitions.set_hidden(database, MAIN, last, True, BY, NOW)


def test_the_list_has_the_data_of_a_past_revision_where_the_view_asks_for_it(database: Database) -> None:
    commit_rows(database, "more.xlsx", [sale(date(2025, 1, 3), 1000)])
    save(database, {"name": "twice", "formula": "revenue * 2", "target": {"value": 900}})

    for as_of, value, status in ((1, 800, "missed"), (None, 2800, "met")):
        row = next(
            row
            for row in listed(database, MAIN, View(period="all", as_of=as_of)).rows
            if row.entry.definition.name == "twice"
        )
        assert row.card is not None
        assert (row.card.value, row.card.status) == (value, status)


def test_the_list_has_hidden_kpis_at_its_end(database: Database) -> None:
    definitions.set_hidden(database, MAIN, "revenue", True, BY, NOW)

    assert [row.entry.definition.name for row in listed(database, MAIN, View()).rows][-1] == "revenue"


def test_a_copy_has_a_name_of_its_own(database: Database) -> None:
    save(database, SHARE)
    save(database, SHARE | {"name": "online_share_2"})

    copy = edited(database, MAIN, "", "online_share")

    assert (copy.is_new, copy.entry.definition.name, copy.entry.definition.formula) == (
        True,
        "online_share_3",
        SHARE["formula"],
    )


def test_a_preview_compares_a_month_that_is_not_over_with_the_same_days_before(database: Database) -> None:
    rows = [sale(date(2025, month, 1 if month < 6 else 10), 100 * month) for month in range(1, 7)]
    rows += [sale(date(2025, 5, 20), 7000)]
    commit_rows(database, "sales.xlsx", rows)

    found = preview(database, MAIN, {"formula": "revenue"})

    assert (found.labels[-1], found.is_last_whole, found.values[-1]) == ("Jun 2025", False, 600)
    assert found.change == pytest.approx(600 / 500 - 1)


def test_a_preview_names_the_sources_that_are_left_out(database: Database) -> None:
    commit_rows(database, "shop.xlsx", [sale(date(2025, 1, 1), 100)])

    found = preview(database, MAIN, {"formula": "revenue - cogs"})

    assert (found.sources, found.left_out) == (("sales.xlsx",), ("shop.xlsx",))


def test_a_preview_without_a_value_says_why(database: Database) -> None:
    assert "divides by zero" in (preview(database, MAIN, {"formula": "revenue / 0"}).note or "")
    assert "takes no measure" in (preview(database, MAIN, {"formula": "1 / 0"}).note or "")


def test_a_preview_ends_with_the_data_of_its_kpi(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(date(2025, 1, 1) + timedelta(days=day), 10) for day in range(59)])
    commit_rows(database, "budget.xlsx", [{"date": date(2025, 12, 1), "budget": 1.0}])

    found = preview(database, MAIN, {"formula": "revenue"})
    assert (found.labels[-1], found.values[-1], found.is_last_whole) == ("Feb 2025", 280, True)
