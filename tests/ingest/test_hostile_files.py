"""Broken, odd and hostile files: each ends in loaded tables or in one clear sentence."""

import re
from pathlib import Path

import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest.child import Limits, read_in_child, warm_up

PARSER_WORDS = re.compile(r"Traceback|Error|calamine|fastexcel|duckdb|panick|zipfile|/", re.IGNORECASE)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up()


@pytest.mark.parametrize("family", ["calamine", "exceldatareader", "openspout"])
def test_every_hostile_file_ends_in_tables_or_a_sentence(shared_data: Path, tmp_path: Path, family: str) -> None:
    for path in sorted((shared_data / "hostile" / family).iterdir()):
        sentence = _sentence(path, tmp_path)
        assert sentence.endswith("."), path.name
        assert not PARSER_WORDS.search(sentence), (path.name, sentence)
    assert [left for left in tmp_path.iterdir() if left.suffix != ".parquet"] == []


def test_protected_files_are_called_protected(shared_data: Path, tmp_path: Path) -> None:
    protected = [path for path in (shared_data / "hostile").rglob("*") if re.search("pass_?protected|_pwd_", path.name)]

    assert {_sentence(path, tmp_path) for path in protected} == {
        "The file is protected with a password. Save a copy without one and load that."
    }


def _sentence(path: Path, directory: Path) -> str:
    try:
        reading = read_in_child(path, directory, Limits(120, 2 << 30), lambda phase, fraction: None)
    except Refused as refusal:
        return str(refusal)
    assert any(table.status == "loaded" for table in reading.tables)
    return "Loaded."
