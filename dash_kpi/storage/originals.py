"""Originals: the very bytes that were read, kept beside the snapshots under their SHA-256."""

import hashlib
import secrets
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from dash_kpi.errors import NotFound
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest, Revision, Snapshot, Source
from dash_kpi.storage.sources import file_name

CHUNK_BYTES = 2**20
PART = ".part-"
FORGOTTEN_SECONDS = 3600  # after which a file that no revision names is rubbish


def keep(settings: Settings, path: Path, sha256: str) -> bool:
    """Keep a file's content; return False when it is not, or no longer, the content of that hash.

    It is a copy and not a link: programs that save in place would change what is kept. Raises OSError.
    """
    if not settings.originals_days:
        return True
    final = settings.originals / sha256
    if final.exists():
        final.touch()  # as young as its newest reading: the sweep must not take it from under a commit
        return True
    settings.originals.mkdir(parents=True, exist_ok=True)
    part = settings.originals / f"{PART}{secrets.token_hex(8)}"
    try:
        if _copy(path, part) != sha256:
            return False
        part.replace(final)
    finally:
        part.unlink(missing_ok=True)
    return True


def _copy(source: Path, target: Path) -> str:
    """Copy a file and return the hash of what the copy holds."""
    digest = hashlib.sha256()
    with source.open("rb") as from_, target.open("xb") as to:
        while chunk := from_.read(CHUNK_BYTES):
            digest.update(chunk)
            to.write(chunk)
    return digest.hexdigest()


def kept(settings: Settings) -> frozenset[str]:
    """Return the hashes of the contents that are kept."""
    if not settings.originals.is_dir():
        return frozenset()
    return frozenset(path.name for path in settings.originals.iterdir() if not path.name.startswith(PART))


def original_of(database: Database, workspace: str, number: int) -> tuple[Path, str]:
    """Return where the file is kept that made a revision, and its name. Raises NotFound."""
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        found = session.execute(
            select(Ingest.sha256, Ingest.path)
            .join(Revision, Revision.ingest_id == Ingest.id)
            .where(Revision.workspace_id == workspace_id, Revision.number == number)
        ).one_or_none()
    if found is None or found.sha256 not in kept(database.settings):
        raise NotFound.saying(f"The file of revision {number} is not kept.")
    return database.settings.originals / found.sha256, file_name(found.path)


def sweep(database: Database, now: datetime) -> int:
    """Delete the originals that are too old, and return how many; what current snapshots rest on stays."""
    settings = database.settings
    names = kept(settings)
    if not names:
        return 0
    wanted = _wanted(database, now - timedelta(days=settings.originals_days)) if settings.originals_days else set()
    gone = [settings.originals / name for name in names - wanted]
    gone += settings.originals.glob(f"{PART}*")
    old = [path for path in gone if _age_seconds(path) > FORGOTTEN_SECONDS or not settings.originals_days]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _wanted(database: Database, since: datetime) -> set[str | None]:
    """Return the contents that are counted now, were since a moment, or are held and may be counted yet."""
    ended = select(Revision.created_at).where(
        Revision.workspace_id == Snapshot.workspace_id, Revision.number == Snapshot.valid_to
    )
    counted = (
        select(Ingest.sha256)
        .join(Snapshot, Snapshot.ingest_id == Ingest.id)
        .where(Snapshot.valid_to.is_(None) | (ended.scalar_subquery() >= since))
        .distinct()
    )
    held = select(Ingest.sha256).join(Source, Source.held_ingest_id == Ingest.id)
    with database.reading() as session:
        return {*session.scalars(counted), *session.scalars(held)}


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:  # another sweep was quicker
        return 0.0
