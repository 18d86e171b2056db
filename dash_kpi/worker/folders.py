"""Folders: which files in them are ours to read, and how a folder can be watched."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

# Suffixes of tables. What has another is looked at too, but only a workbook is taken: nobody wants to
# be told that a photograph is not a table.
SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv"})

# Beginnings and ends of the files that programs make for themselves while they save, copy or lock.
OWN_PREFIXES = ("~$", ".", "~")
OWN_SUFFIXES = frozenset({".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".lock", ".bak", ".swp"})

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "davfs", "vboxsf",
     "fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.s3fs", "fuse.vmhgfs-fuse", "virtiofs", "drvfs"}
)  # fmt: skip

WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
END_OF_ZIP = b"PK\x05\x06"
LONGEST_END_OF_ZIP = 22 + 65535


def is_own_file(path: Path) -> bool:
    """Tell whether a program made the file for itself: a lock, a temporary copy, a partial download."""
    return path.name.startswith(OWN_PREFIXES) or path.suffix.lower() in OWN_SUFFIXES


def is_table_name(path: Path) -> bool:
    """Tell whether the name alone says that the file is a table."""
    return path.suffix.lower() in SUFFIXES


def is_candidate(path: Path) -> bool:
    """Tell whether the file, which exists, is ours to read: by its name, or because it is a workbook."""
    if is_own_file(path):
        return False
    return is_table_name(path) or _start_of(path).startswith(WORKBOOK_STARTS)


def is_complete(path: Path) -> bool:
    """Tell whether the file opens and has its end: a zip that is still being copied has not."""
    try:
        with path.open("rb") as file:
            if not file.read(4).startswith(WORKBOOK_STARTS[0]):
                return True
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LONGEST_END_OF_ZIP))
            return END_OF_ZIP in file.read()
    except OSError:
        return False


def candidates(folder: Path) -> Iterator[Path]:
    """Return the files of a folder and its subfolders that are ours to read."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if is_candidate(path):
                yield path


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError:
        return b""


def way_to_watch(folder: Path, setting: Literal["auto", "native", "polling"]) -> Literal["native", "polling"]:
    """Return how a folder is watched: a network share tells no events of what other machines write."""
    if setting != "auto":
        return setting
    return "polling" if file_system_of(folder) in NETWORK_FILE_SYSTEMS else "native"


def file_system_of(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the kind of file system a folder lies on, "" where the system does not tell."""
    try:
        lines = mounts.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    kinds = {Path(_unescaped(line.split()[1])): line.split()[2] for line in lines if line.count(" ") >= 2}
    place = folder.resolve()
    return next((kinds[parent] for parent in (place, *place.parents) if parent in kinds), "")


def _unescaped(text: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text
