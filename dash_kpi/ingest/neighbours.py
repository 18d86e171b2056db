"""Files beside a file: those in which its values can be looked up, and those that look up in it.

A file without dates is no source; what the prices or names in it are good for is to be joined to a file that is.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.ingest.jobs import path_of
from dash_kpi.ingest.rules import Instructions, Rules
from dash_kpi.settings import Settings
from dash_kpi.storage.models import Ingest, MappingVersion, Source

MOST_OFFERED = 5
MOST_BYTES = 1 << 19  # of a file that is offered to be looked up in


def looked_up_in(session: Session, workspace_id: int, path: str, rules: Iterable[Rules]) -> dict[str, str]:
    """Return the content (SHA-256, "" for none) of each file beside a file in which its rules look values up."""
    names = {join.file for one in rules for join in one.joins if join.file is not None}
    found = _last_contents(session, workspace_id, [beside(path, name) for name in names])
    return {name: found.get(beside(path, name), "") for name in sorted(names)}


def offered(session: Session, settings: Settings, workspace_id: int, path: str) -> dict[str, Path]:
    """Return the small files of a file's folder that could not be read by themselves, by their names."""
    last = select(func.max(Ingest.id)).where(Ingest.workspace_id == workspace_id).group_by(Ingest.path)
    refused = session.scalars(
        select(Ingest.path).where(
            Ingest.id.in_(last), Ingest.status == "refused", Ingest.path != path, Ingest.size <= MOST_BYTES
        )
    )
    folder = PurePath(path).parent
    paths = sorted(other for other in refused if PurePath(other).parent == folder)[:MOST_OFFERED]
    return {PurePath(other).name: path_of(settings, other) for other in paths}


def told_besides(
    session: Session, settings: Settings, workspace_id: int, path: str, instructions: Instructions
) -> Instructions:
    """Return the instructions with what does not come from a person's rules: the fiscal year, and the files beside."""
    rules = (*instructions.by_sheet.values(), *instructions.by_header.values())
    named = {join.file for one in rules for join in one.joins if join.file is not None}
    files = offered(session, settings, workspace_id, path)
    files |= {name: path_of(settings, beside(path, name)) for name in sorted(named)}
    return replace(instructions, fiscal_year_start=settings.fiscal_year_start, neighbours=files)


def dependents(session: Session, workspace_id: int, path: str) -> list[str]:
    """Return the files whose mapping looks values up in a file."""
    folder, name = PurePath(path).parent, PurePath(path).name
    found: set[str] = set()
    for version in session.scalars(
        select(MappingVersion).where(MappingVersion.workspace_id == workspace_id, MappingVersion.ended_at.is_(None))
    ):
        if all(join.file != name for join in Rules.from_json(version.rules).joins):
            continue
        if version.path is not None:
            found.add(version.path)
        else:
            sources = select(Source.path).where(Source.workspace_id == workspace_id, Source.header == version.header)
            found.update(session.scalars(sources))
    return sorted(other for other in found if PurePath(other).parent == folder and other != path)


def beside(path: str, name: str) -> str:
    """Return the path of a file in the folder of another one; a name that leads elsewhere leads nowhere."""
    return str(PurePath(path).parent / PurePath(name).name)


def _last_contents(session: Session, workspace_id: int, paths: list[str]) -> dict[str, str]:
    last = select(func.max(Ingest.id)).where(
        Ingest.workspace_id == workspace_id, Ingest.path.in_(paths), Ingest.sha256.is_not(None)
    ).group_by(Ingest.path)  # fmt: skip
    rows = session.execute(select(Ingest.path, Ingest.sha256).where(Ingest.id.in_(last)))
    return {path: sha256 or "" for path, sha256 in rows}
