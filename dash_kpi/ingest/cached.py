"""What formulas gave when a workbook was saved last, carried over into a copy that was written without it."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from dash_kpi.ingest.package import sheet_parts

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELL, _FORMULA, _VALUE = (f"{{{_MAIN}}}{name}" for name in ("c", "f", "v"))

Values = Mapping[str, Mapping[str, tuple[str | None, str]]]  # by sheet and cell: the type and the text of the value


def cached_values(path: Path) -> Values:
    """Return the values of the formulas in every sheet of a workbook."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for name, part in sheet_parts(path).items():
            values: dict[str, tuple[str | None, str]] = {}
            with archive.open(part.member) as file:
                for _, element in ElementTree.iterparse(file):  # noqa: S314  in a child with limits
                    if element.tag == _CELL:
                        value = element.findtext(_VALUE)
                        if value is not None and element.find(_FORMULA) is not None:
                            values[element.get("r", "")] = (element.get("t"), value)
                        element.clear()
            found[name] = values
    return found


def put_back(path: Path, values: Values) -> None:
    """Give the formulas of a workbook the values that they had; one that has changed is left without."""
    members = {part.member: values.get(name, {}) for name, part in sheet_parts(path).items()}
    if not any(members.values()):
        return
    ElementTree.register_namespace("", _MAIN)
    copy = path.with_suffix(".copy")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as after:
        for item in before.infolist():
            content = before.read(item)
            if members.get(item.filename):
                content = _with_values(content, members[item.filename])
            after.writestr(item, content)
    copy.replace(path)


def _with_values(content: bytes, values: Mapping[str, tuple[str | None, str]]) -> bytes:
    root = ElementTree.fromstring(content)  # noqa: S314  openpyxl wrote it
    for cell in root.iter(_CELL):
        known = values.get(cell.get("r", ""))
        if known is None or cell.find(_FORMULA) is None:
            continue
        kind, text = known
        value = cell.find(_VALUE)
        if value is None:
            value = ElementTree.SubElement(cell, _VALUE)
        value.text = text
        if kind is None:
            cell.attrib.pop("t", None)
        else:
            cell.set("t", kind)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
