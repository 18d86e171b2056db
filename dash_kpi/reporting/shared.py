"""What is said of rows that two sources share, and of sources that could share some and do not."""

from collections.abc import Sequence
from itertools import permutations

from dash_kpi.storage.database import Database
from dash_kpi.storage.overlaps import SharedRows, shared_rows_of
from dash_kpi.storage.sources import SourceState, State

LEAST_SHARE = 0.6  # of the columns of the fuller one, to be called alike
MOST_NAMED = 20
WHERE = "Decide on the page Data."


def shared_notes(database: Database, state: State) -> tuple[str, ...]:
    """Return a sentence for those that are counted once and one for those in both; what was decided is known."""
    if state.is_past:
        return ()
    with database.reading() as session:
        undecided = [shared for shared in shared_rows_of(session, state.workspace_id) if shared.is_open]
    kinds = [[shared for shared in undecided if shared.counted == counted] for counted in ("once", "both")]
    return tuple(_sentence(kind) for kind in kinds if kind)


def same_days(state: State, sharing: frozenset[frozenset[int]]) -> tuple[str, ...]:
    """Name the sources that cover days of another one and have all its columns but a few, with no row in both.

    One of them may be an older form of the other; nobody but a person can tell. The pairs in `sharing` do have
    rows in common.
    """
    found = [
        f"{_name(less)} covers the same days as {_name(more)}, which has {_and_more(more, less)}; "
        "no row is in both, so both are counted."
        for less, more in permutations(state.sources, 2)
        if frozenset((less.id, more.id)) not in sharing and _is_lesser(less, more)
    ]
    return (*found[:MOST_NAMED], *([f"And {len(found) - MOST_NAMED:,} more such pairs."] if found[MOST_NAMED:] else []))


def _is_lesser(less: SourceState, more: SourceState) -> bool:
    ours, theirs = _columns(less), _columns(more)
    is_alike = bool(less.dimensions) and ours < theirs and len(ours) >= LEAST_SHARE * len(theirs)
    return is_alike and less.days.start <= more.days.end and more.days.start <= less.days.end


def _columns(source: SourceState) -> set[str]:
    return {*source.aggregations, *source.dimensions}


def _and_more(more: SourceState, less: SourceState) -> str:
    names = sorted(_columns(more) - _columns(less))
    return f"its columns and {', '.join(names)}"


def _name(source: SourceState) -> str:
    return f"{source.file} [{source.sheet}]" if source.sheet and not source.sheet.startswith("Sheet") else source.file


def _sentence(found: Sequence[SharedRows]) -> str:
    number = sum(shared.rows for shared in found)
    rows = f"{number:,} row{'' if number == 1 else 's'}"
    how = "counted once" if found[0].counted == "once" else "counted in both"
    if len(found) == 1:
        both = f"both in {found[0].source} and in {found[0].other}"
        return f"{rows} {'is' if number == 1 else 'are'} {both}, and {how}. {WHERE}"
    return f"{rows} in {len(found)} pairs of files or sheets are the same, and {how}. {WHERE}"
