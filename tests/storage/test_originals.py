"""Originals: what was read is kept, for as long as it may be asked for."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dash_kpi.errors import NotFound
from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.settings import load_settings
from dash_kpi.storage import originals
from dash_kpi.storage.backup import back_up, restore
from dash_kpi.storage.database import MAIN, Database
from tests.builders import NOW
from tests.databases import new_database

FIRST, SECOND = "date,revenue\n2025-01-01,10\n2025-01-02,20\n", "date,revenue\n2025-01-01,11\n2025-01-02,20\n"


def save(database: Database, content: str, name: str = "sales.csv") -> int:
    path = database.settings.inbox / name
    path.write_text(content, "utf-8")
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW, jobs.COMMANDED), NOW)
    assert job is not None
    revision = load(database, job).revision
    assert revision is not None
    return revision


def make_old(database: Database) -> None:
    for path in database.settings.originals.iterdir():
        os.utime(path, (0, 0))


def test_what_was_read_is_kept_under_its_hash_and_name(database: Database) -> None:
    first, second = save(database, FIRST), save(database, SECOND)

    path, name = originals.original_of(database, MAIN, first)

    assert (path.read_text("utf-8"), name) == (FIRST, "sales.csv")
    assert path.name == hashlib.sha256(FIRST.encode()).hexdigest()
    assert originals.original_of(database, MAIN, second)[0].read_text("utf-8") == SECOND


def test_a_content_that_changed_meanwhile_is_not_kept(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SECOND, "utf-8")

    assert not originals.keep(database.settings, tmp_path / "a.csv", hashlib.sha256(FIRST.encode()).hexdigest())
    assert list(database.settings.originals.iterdir()) == []


def test_the_sweep_keeps_what_counts_and_what_counted_lately(database: Database) -> None:
    first, second = save(database, FIRST), save(database, SECOND)
    make_old(database)

    ended = datetime.now(UTC)
    assert originals.sweep(database, ended + timedelta(days=364)) == 0
    assert originals.sweep(database, ended + timedelta(days=366)) == 1

    assert originals.original_of(database, MAIN, second)[1] == "sales.csv"
    with pytest.raises(NotFound, match="The file of revision 1 is not kept"):
        originals.original_of(database, MAIN, first)


def test_the_sweep_deletes_what_no_revision_names_once_it_is_old(database: Database) -> None:
    save(database, FIRST)
    (database.settings.originals / "0123").touch()
    (database.settings.originals / ".part-1").touch()

    assert originals.sweep(database, NOW) == 0
    make_old(database)
    assert originals.sweep(database, NOW) == 2


def test_with_0_days_none_is_kept(tmp_path: Path) -> None:
    database = new_database(load_settings(instance=tmp_path, originals_days=0))
    save(database, FIRST)

    assert originals.kept(database.settings) == frozenset()
    database.close()


@pytest.mark.parametrize("number", [0, 2])
def test_a_revision_that_read_nothing_has_no_file(database: Database, number: int) -> None:
    save(database, FIRST)

    with pytest.raises(NotFound):
        originals.original_of(database, MAIN, number)


def test_a_backup_brings_the_originals_back(database: Database, tmp_path: Path) -> None:
    revision = save(database, FIRST)
    other = Database(load_settings(instance=tmp_path / "other").prepare())

    back_up(database, tmp_path / "backup.zip")
    restore(other, tmp_path / "backup.zip", is_replaced=False)

    assert originals.original_of(other, MAIN, revision)[0].read_text("utf-8") == FIRST
    other.close()
