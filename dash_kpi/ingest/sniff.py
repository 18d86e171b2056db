"""Which kind of file this is, by its content; its name proves nothing."""

import mmap
import os
import re
import zipfile
from pathlib import Path
from typing import Literal

from dash_kpi.errors import Protected, Refused

Kind = Literal["xlsx", "xlsb", "xls", "ods", "text"]

MOST_DIRECTORY_BYTES = 1 << 20  # of a zip; a workbook of a hundred sheets needs some 10 KiB
LONGEST_END_OF_ZIP = 22 + 65535

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
PASSWORD = "The file is protected with a password. Save a copy without one and load that."  # noqa: S105
DAMAGED = "The file is damaged and cannot be opened. Open it in Excel and save it again."
_ANCIENT = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")


def kind_of(path: Path) -> Kind:
    """Return the kind of a file; raise Refused with the reason where it is none that we read."""
    with path.open("rb") as file:
        start = file.read(8192)
    if not start:
        raise Refused("The file is empty.")
    if start.startswith(b"PK"):
        return _kind_of_zip(path)
    if start.startswith(_OLE2):
        return _kind_of_ole2(path)
    if start.startswith(_ANCIENT):
        raise Refused("The workbook is in a format older than Excel 97. Save it as .xlsx and load that.")
    for magic, name in _OTHER_KINDS:
        if start.startswith(magic) and (len(magic) > 2 or b"\x00" in start):
            raise Refused(f"The file is {name}, not a workbook.")
    _refuse_markup(start)
    return "text"


def _refuse_markup(start: bytes) -> None:
    head = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise Refused("The file is an XML Spreadsheet 2003. Open it in Excel and save it as .xlsx.")
    has_markup = head.startswith((b"<", b"mime-version:")) and re.search(rb"<(html|table|body|head|div)[\s>]", head)
    if has_markup or head.startswith((b"<!doctype html", b"<meta", b"<style")):
        raise Refused("The file is a web page, not a workbook. Open it in Excel and save it as .xlsx.")
    if head.startswith((b"<?xml", b"<!doctype", b"<office:")):
        is_page = b"<html" in head
        raise Refused(f"The file is {'a web page' if is_page else 'an XML document'}, not a workbook.")


def _kind_of_zip(path: Path) -> Kind:
    try:
        _refuse_long_directory(path)
        with zipfile.ZipFile(path) as archive:
            members = {name.lower().replace("\\", "/"): name for name in archive.namelist()}
            if any(archive.getinfo(name).flag_bits & 1 for name in members.values()):
                raise Protected(PASSWORD, can_be_opened=False)
            if "content.xml" in members:
                _refuse_encrypted_ods(archive, members)
                return "ods"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Refused(DAMAGED) from error
    if any(re.search(r"workbook\d*\.bin$", name) for name in members):
        return "xlsb"
    if any(re.search(r"(^|/)(workbook\d*\.xml|worksheets/.*\.xml)$", name) for name in members):
        return "xlsx"
    for folder, name in (("word/", "a Word document"), ("ppt/", "a presentation")):
        if any(member.startswith(folder) for member in members):
            raise Refused(f"The file is {name}, not a workbook.")
    raise Refused("The file is a compressed archive that holds no workbook.")


def _refuse_long_directory(path: Path) -> None:
    """Refuse a zip whose directory alone would fill the memory, before it is read."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LONGEST_END_OF_ZIP))
        end = file.read()
    place = end.rfind(b"PK\x05\x06")
    if place >= 0 and int.from_bytes(end[place + 12 : place + 16], "little") > MOST_DIRECTORY_BYTES:
        raise Refused(DAMAGED)


def _refuse_encrypted_ods(archive: zipfile.ZipFile, members: dict[str, str]) -> None:
    if "meta-inf/manifest.xml" not in members:
        return
    with archive.open(members["meta-inf/manifest.xml"]) as manifest:
        if b"encryption-data" in manifest.read(1 << 20):
            raise Protected(PASSWORD, can_be_opened=False)


def _kind_of_ole2(path: Path) -> Kind:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        _refuse_other_ole2(content)
    return "xls"


def _refuse_other_ole2(content: mmap.mmap) -> None:
    if content.find(_utf16("EncryptedPackage")) >= 0:
        raise Protected(PASSWORD, can_be_opened=True)
    if content.find(_utf16("WordDocument")) >= 0:
        raise Refused("The file is a Word document, not a workbook.")
    if content.find(_utf16("PowerPoint Document")) >= 0:
        raise Refused("The file is a presentation, not a workbook.")
    if _has_password_record(content):
        raise Protected(PASSWORD, can_be_opened=True)


def _has_password_record(content: mmap.mmap) -> bool:
    """Tell whether a workbook stream begins with a FILEPASS record, as [MS-XLS] 2.4.117 describes it."""
    for opening in re.finditer(rb"\x09\x08[\x08\x10]\x00\x00[\x05\x06]\x05\x00", content):
        place = opening.start()
        for _ in range(8):
            if place + 4 > len(content):
                break
            record = int.from_bytes(content[place : place + 2], "little")
            if record == 0x2F:
                return True
            place += 4 + int.from_bytes(content[place + 2 : place + 4], "little")
    return False


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
