"""The name under which an upload is kept: what a browser sends is only a proposal."""

import re
import unicodedata

from dash_kpi.errors import Refused

MOST_BYTES = 200  # file systems allow 255; the rest is room for temporary names
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # on Windows shares
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")
_JOINERS = "\u200c\u200d"  # invisible, but part of words in Persian and Hindi


def safe_name(proposed: str) -> str:
    """Return a file name with the letters of the proposed one, safe on every file system.

    Raises Refused when nothing is left of it.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", proposed)[-1])
    name = "".join(letter for letter in name if letter in _JOINERS or unicodedata.category(letter)[0] != "C")
    name = _FORBIDDEN.sub("_", name).lstrip(".~$ \u3000").rstrip(". \u3000")
    if not re.search(r"\w", name):
        raise Refused(f"'{proposed[:80]}' is no name for a file.")
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name.encode()) <= MOST_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, suffix = name, ""
    ending = dot and suffix and f".{suffix}"
    return _cut(stem, MOST_BYTES - len(ending.encode())) + ending


def _cut(text: str, most_bytes: int) -> str:
    return text.encode()[:most_bytes].decode(errors="ignore").rstrip(". ")
