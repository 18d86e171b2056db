"""What the overview says of rows that two sources share."""

from collections.abc import Sequence

from dash_kpi.storage.database import Database
from dash_kpi.storage.overlaps import SharedRows, shared_rows_of
from dash_kpi.storage.sources import State

WHERE = "Decide on the page Data."


def shared_notes(database: Database, state: State) -> tuple[str, ...]:
    """Return a sentence for those that are counted once and one for those in both; what was decided is known."""
    if state.is_past:
        return ()
    with database.reading() as session:
        undecided = [shared for shared in shared_rows_of(session, state.workspace_id) if shared.is_open]
    kinds = [[shared for shared in undecided if shared.counted == counted] for counted in ("once", "both")]
    return tuple(_sentence(kind) for kind in kinds if kind)


def _sentence(found: Sequence[SharedRows]) -> str:
    number = sum(shared.rows for shared in found)
    rows = f"{number:,} row{'' if number == 1 else 's'}"
    how = "counted once" if found[0].counted == "once" else "counted in both"
    if len(found) == 1:
        both = f"both in {found[0].source} and in {found[0].other}"
        return f"{rows} {'is' if number == 1 else 'are'} {both}, and {how}. {WHERE}"
    return f"{rows} in {len(found)} pairs of files or sheets are the same, and {how}. {WHERE}"
