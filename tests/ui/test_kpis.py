"""The list and the editor of KPIs: what a person reads, and that nobody's text becomes markup."""

from dataclasses import replace

import pytest

from dash_kpi.kpis.definition import Definition, Target
from dash_kpi.reporting.definition_list import Catalogue, Edited, Entry, Row, Words
from dash_kpi.reporting.definitions import Use
from dash_kpi.reporting.kpi_page import KpiPage
from dash_kpi.reporting.kpi_preview import Mistake, Preview
from dash_kpi.reporting.view import View
from dash_kpi.ui import kpi_editor, kpis
from dash_kpi.ui.kpi_page import rendered, tried
from tests.ui.examples import REVENUE
from tests.ui.reading import text, with_attribute

EVIL = "<img src=x onerror=alert(1)>"
LABELS = {"revenue": "Revenue", "profit": "Profit", "count": "Visits"}
SHARE = Definition(
    "share", EVIL, 'revenue[Channel = "Online"] / revenue', "percent", target=Target(0.4), owner=EVIL, tags=(EVIL,)
)
WORDS = Words(("revenue", "cogs"), (("share", EVIL),), ("Channel", "Sales region", 'Odd "one"', EVIL), ("sum", "days"))


@pytest.mark.parametrize(
    ("formula", "read"),
    [
        ("profit / revenue", "Profit ÷ Revenue"),
        ("revenue - 1", "Revenue − 1"),
        ('revenue[Channel = "revenue"] * 2', 'Revenue[Channel = "revenue"] × 2'),
        ("count(revenue) + count", "count(Revenue) + Visits"),
        ("'profit' + revenues", "'profit' + revenues"),
    ],
)
def test_a_formula_is_read_with_labels(formula: str, read: str) -> None:
    assert kpis.readable(formula, LABELS) == read


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (None, ""),
        (Target(0.4), "40.0 %"),
        (Target(0.4, "month"), "40.0 % per month"),
        (Target(formula="profit / 2"), "Profit ÷ 2"),
    ],
)
def test_a_target_is_told_in_words(target: Target | None, words: str) -> None:
    assert kpis.target_words(target, SHARE, LABELS).replace("\u00a0", " ") == words


def test_the_list_tells_what_a_kpi_comes_to_and_what_can_be_done() -> None:
    rows = (
        Row(
            Entry(Definition("revenue", "Revenue", "revenue", "currency"), True, 3, None),
            replace(REVENUE, target=2e6, status="missed"),
        ),
        Row(Entry(SHARE, False, 4, "Unknown measure.")),
    )
    shown = kpis.contents(Catalogue(1, View(period="30d"), rows, None), currency="EUR")

    assert "€1.24 M target missed" in text(shown)
    assert [getattr(one, "data-kpi-act") for one in with_attribute(shown, "data-kpi-act")] == [
        "hide",
        "reset",
        "hide",
        "remove",
    ]
    assert "Unknown measure." in text(shown)
    assert with_attribute(shown, "data-go")[1].href == "/settings/kpis?period=30d&edit=revenue"


def test_no_text_of_a_person_becomes_markup() -> None:
    page = KpiPage(View(), Catalogue(1, View(), (Row(Entry(SHARE, False, 1, EVIL)),), None))
    editor = KpiPage(View(), edited=Edited(Entry(SHARE, False, 1, None), False, True, (Use("kpi", "x", EVIL),), WORDS))
    wrong = Preview(SHARE, (Mistake("formula", EVIL, 0, 4, EVIL),))
    draft = {"definition": {"formula": EVIL}, "at": 1}

    for answer in (rendered(page, ""), rendered(editor, ""), tried(wrong, draft, "")):
        html = "".join(answer["parts"].values())
        assert "<img src=x" not in html
        assert "&lt;img" in html


def test_words_are_inserted_as_formulas_write_them() -> None:
    form = kpi_editor.form(Edited(Entry(SHARE, False, 1, None), False, True, (), WORDS), View())
    inserted = [getattr(one, "data-insert") for one in with_attribute(form, "data-insert")]

    assert inserted == [
        "revenue",
        "cogs",
        '[Channel = "|"]',
        '[Sales region = "|"]',
        '[\'Odd "one"\' = "|"]',
        f'["{EVIL}" = "|"]',
        "sum(|)",
        "days",
    ]


def test_a_target_in_percent_is_typed_in_percent() -> None:
    page = KpiPage(View(), edited=Edited(Entry(SHARE, False, 1, None), False, False, (), WORDS))

    assert 'id="kpi-target-value" inputmode="decimal" value="40"' in rendered(page, "")["parts"]["kpis-form"]


def test_the_place_of_a_mistake_is_pointed_at() -> None:
    answer = Preview(SHARE, (Mistake("formula", "Unknown.", 2, 8, "revenue"),))

    shown = tried(answer, {"definition": {"formula": "1+revnue / 2"}, "at": 3}, "")

    assert "1+<mark>revnue</mark> / 2" in shown["parts"]["kpi-formula-mistake"]
    assert (shown["wrong"], shown["at"]) == (["formula"], 3)
