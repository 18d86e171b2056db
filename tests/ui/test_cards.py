from dataclasses import replace

from dash_kpi.reporting.view import View
from dash_kpi.ui.cards import card, cards
from tests.ui.examples import CUSTOMERS, REVENUE
from tests.ui.reading import text, with_attribute, with_class


def test_a_card_tells_value_change_and_file():
    shown = card(REVENUE, is_chosen=False, currency="EUR")
    assert text(shown) == "Revenue €1.24 M €1,243,567.00 +4.2 % better was €1.19 M sales_2025.xlsx + 1"
    assert getattr(shown, "data-kpi") == "revenue"
    assert float(getattr(shown, "data-value")) == 1_243_567


def test_a_missing_value_is_na_with_its_reason_and_no_change():
    shown = card(CUSTOMERS, is_chosen=False)
    assert text(shown) == "Customers n/a No row has what it is computed from."
    assert getattr(shown, "data-value") == ""


def test_a_missing_change_gives_its_reason():
    shown = card(replace(REVENUE, change=None, change_reason="There is no data before."), is_chosen=False)
    assert text(with_class(shown, "kpi-change")) == "There is no data before."


def test_rising_cost_is_worse_whatever_the_arrow():
    shown = card(replace(REVENUE, direction="lower"), is_chosen=False)
    assert with_class(shown, "worse") == with_class(shown, "up") != []


def test_only_the_chosen_card_is_pressed():
    shown = cards((REVENUE, CUSTOMERS), "customers")
    pressed = [getattr(part, "aria-pressed") for part in with_attribute(shown, "aria-pressed")]
    assert pressed == ["false", "true"]


def test_a_note_is_shown():
    assert "Without crm.xlsx." in text(card(replace(REVENUE, note="Without crm.xlsx."), is_chosen=False))


def test_a_card_links_the_rows_behind_its_number_and_keeps_the_view():
    view = View.from_query("where=Region=North&as_of=3")
    shown = cards((REVENUE, CUSTOMERS), None, view=view)
    assert [part.href for part in with_class(shown, "kpi-rows")] == ["/rows?kpi=revenue&as_of=3&where=Region%3DNorth"]
