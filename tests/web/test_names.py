import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.errors import Refused
from dash_kpi.web.names import MOST_BYTES, safe_name


@pytest.mark.parametrize(
    ("proposed", "kept"),
    [
        ("sales.xlsx", "sales.xlsx"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\sales.xlsx", "sales.xlsx"),
        ("~$sales.xlsx", "sales.xlsx"),
        (".hidden.csv", "hidden.csv"),
        ("sales\x00\r\n.xlsx", "sales.xlsx"),
        ("sales\u202exslx.exe", "salesxslx.exe"),
        ("con.xlsx", "_con.xlsx"),
        ("LPT1", "_LPT1"),
        ("a:b?.csv", "a_b_.csv"),
        ("sales.xlsx . ", "sales.xlsx"),
        ("Größe 2026.xlsx", "Größe 2026.xlsx"),
        ("売上.xlsx", "売上.xlsx"),
        ("فروش\u200cها.xlsx", "فروش\u200cها.xlsx"),
        (unicodedata.normalize("NFD", "Größe.xlsx"), unicodedata.normalize("NFC", "Größe.xlsx")),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_is_dangerous(proposed: str, kept: str) -> None:
    assert safe_name(proposed) == kept


@pytest.mark.parametrize("proposed", ["", "..", "/", "~$", "a/", "\u202e", " . "])
def test_a_name_of_which_nothing_is_left_is_refused(proposed: str) -> None:
    with pytest.raises(Refused, match="no name for a file"):
        safe_name(proposed)


def test_a_long_name_is_cut_in_bytes_and_keeps_its_ending() -> None:
    name = safe_name("売" * 200 + ".xlsx")

    assert len(name.encode()) <= MOST_BYTES
    assert name.endswith("売.xlsx")


@given(st.text())
def test_whatever_is_proposed_a_kept_name_is_safe_and_stays_as_it_is(proposed: str) -> None:
    try:
        name = safe_name(proposed)
    except Refused:
        return
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith((".", "~$"))
    assert 0 < len(name.encode()) <= MOST_BYTES
    assert safe_name(name) == name
