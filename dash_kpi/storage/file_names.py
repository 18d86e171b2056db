"""The names of the files in the folder of the snapshots, and what a refused cell is.

Whoever reads files has no use for the database, which is large.
"""

from dataclasses import dataclass
from uuid import uuid4

SUFFIX = ".parquet"
DIVIDED = "-"  # in the name of a part, before what tells it from other parts


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused cell: where it stands, what it holds, and the code of the reason."""

    address: str
    heading: str
    content: str | None
    code: str


def refusals_name(snapshot: str) -> str:
    """Return the name of the file that holds the refused cells of a snapshot, beside it, where there are any."""
    return f"{snapshot.removesuffix(SUFFIX).partition(DIVIDED)[0]}.refused{SUFFIX}"


def divided_name(snapshot: str) -> str:
    """Return a new name for a part of a snapshot; its refused cells are found by it as well."""
    return f"{snapshot.removesuffix(SUFFIX).partition(DIVIDED)[0]}{DIVIDED}{uuid4().hex}{SUFFIX}"
