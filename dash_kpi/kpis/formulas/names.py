"""Names that are nearly right."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, None where none is near."""
    by_folded = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def same(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is this one but for case, blanks and underscores."""
    names = list(known)
    return name if name in names else next((one for one in names if _folded(one) == _folded(name)), None)


def _folded(name: str) -> str:
    return "".join(name.casefold().replace("_", " ").split())
