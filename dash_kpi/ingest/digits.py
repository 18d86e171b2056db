"""Digits and signs of other scripts, written in ASCII: "１２．５" and "١٢٫٥" are "12.5"."""

import unicodedata
from functools import lru_cache

_SIGNS = str.maketrans("．，：／－（）％＋＄￥￡٫٬٪", ".,:/-()%+$¥£.,%")
# What copying from web pages and other programs leaves between letters, and nobody sees.
_UNSEEN = "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2060\u2066\u2069\ufeff"
_INVISIBLE = dict.fromkeys(map(ord, _UNSEEN))


@lru_cache(maxsize=65536)
def in_ascii(text: str) -> str:
    """Return the text with the digits and number signs of ASCII, without invisible characters."""
    if text.isascii():
        return text
    shown = text.translate(_INVISIBLE).translate(_SIGNS)
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in shown)


def without_invisible(text: str) -> str:
    """Return the text without the characters that nobody sees."""
    return text if text.isascii() else text.translate(_INVISIBLE)
