"""Folders: which files are ours to read, and how a folder is watched."""

from pathlib import Path

import openpyxl
import pytest

from dash_kpi.worker.folders import candidates, file_system_of, is_candidate, is_complete, way_to_watch


def save_workbook(path: Path) -> Path:
    openpyxl.Workbook().save(path)
    return path


@pytest.mark.parametrize(
    "name", ["~$sales.xlsx", ".~lock.sales.xlsx#", ".hidden.xlsx", "sales.xlsx.part", "sales.tmp", "sales.crdownload"]
)
def test_what_programs_make_for_themselves_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04")

    assert list(candidates(tmp_path)) == []


@pytest.mark.parametrize("name", ["a.XLSX", "a.csv", "a.ods", "a.xlsb", "sub/folder/a.tsv"])
def test_tables_are_read_in_every_subfolder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()

    assert list(candidates(tmp_path)) == [tmp_path / name]


def test_a_workbook_without_its_suffix_is_known_by_its_content(tmp_path: Path) -> None:
    save_workbook(tmp_path / "a.xlsx").rename(tmp_path / "report")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")

    assert is_candidate(tmp_path / "report")
    assert not is_candidate(tmp_path / "photo.jpg")


def test_a_workbook_that_is_half_copied_is_not_complete(tmp_path: Path) -> None:
    whole = save_workbook(tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])

    assert is_complete(tmp_path / "a.xlsx")
    assert not is_complete(tmp_path / "half.xlsx")
    assert not is_complete(tmp_path / "absent.xlsx")


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/srv/share/reports", "cifs"), ("/srv/with space/x", "nfs4"), ("/home/x", "ext4")],
)
def test_a_network_share_is_found_in_the_mounts(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda / ext4 rw 0 0\n//server/share /srv/share cifs rw 0 0\nserver:/x /srv/with\\040space nfs4 rw 0 0\n",
        "utf-8",
    )

    assert file_system_of(Path(folder), mounts) == kind


def test_the_setting_decides_over_what_is_found(tmp_path: Path) -> None:
    assert way_to_watch(tmp_path, "polling") == "polling"
    assert way_to_watch(tmp_path, "native") == "native"
    assert way_to_watch(tmp_path, "auto") == "native"
