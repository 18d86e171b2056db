"""Backups: the database, its snapshots and the originals in one zip file; and the check that they belong together."""

import json
import shutil
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath

from sqlalchemy import select

from dash_kpi.errors import Refused
from dash_kpi.kpis.measures import Daily
from dash_kpi.storage import originals, sqlite
from dash_kpi.storage.daily import daily_measures
from dash_kpi.storage.database import Database
from dash_kpi.storage.definitions import problems_of_definitions
from dash_kpi.storage.file_names import refusals_name
from dash_kpi.storage.files import snapshot_files
from dash_kpi.storage.models import Ingest, Snapshot, Source, Workspace
from dash_kpi.storage.sources import State, state_at

DATABASE_MEMBER = "dash_kpi.sqlite3"
SNAPSHOTS_MEMBER, ORIGINALS_MEMBER = FOLDERS = "snapshots", "originals"
TOLERANCE = 1e-9  # relative: two ways of adding up the same numbers


def back_up(database: Database, target: Path) -> int:
    """Write a consistent copy of everything into a zip file, and return how many snapshots it holds.

    It may run while others read and write. Raises Refused when the file exists already, or the
    database is not a file.
    """
    if target.exists():
        raise Refused(f"{target} exists already.")
    with tempfile.TemporaryDirectory(dir=database.settings.instance) as folder:
        copy = Path(folder, DATABASE_MEMBER)
        sqlite.copy(_file_of(database), copy)
        part = Path(folder, "backup.zip")
        with zipfile.ZipFile(part, "w") as archive:
            archive.write(copy, DATABASE_MEMBER, zipfile.ZIP_DEFLATED)
            names = [
                name
                for column in (Snapshot.file, Snapshot.shared_file)
                for name in sqlite.column(copy, Snapshot.__tablename__, column.key)
                if name
            ]
            for name in (*names, *_files_beside(database, copy, names)):
                archive.write(database.settings.snapshots / name, f"{SNAPSHOTS_MEMBER}/{name}")
            for path in _originals(database, copy):
                with suppress(FileNotFoundError):  # its days were over just now
                    archive.write(path, f"{ORIGINALS_MEMBER}/{path.name}")
        shutil.move(part, target)
    return len(names)


def _files_beside(database: Database, copy: Path, names: list[str]) -> list[str]:
    """Return the files that are there beside the snapshots: held readings, and the refused cells of both."""
    held = [json.loads(text) for text in sqlite.column(copy, Source.__tablename__, Source.held.key) if text]
    waiting = [one["file"] for one in held if one]
    beside = [*waiting, *(refusals_name(name) for name in (*names, *waiting))]
    return [name for name in beside if (database.settings.snapshots / name).is_file()]


def restore(database: Database, archive_path: Path, *, is_replaced: bool) -> int:
    """Bring back a backup, and return how many snapshots came with it. Stop web and worker before.

    Raises Refused when the file is no backup, or when there is data already and `is_replaced` is false.
    """
    target = _file_of(database)
    if target.exists() and not is_replaced:
        raise Refused(f"There is data in {database.settings.instance} already; add --replace to lose it.")
    database.close()
    try:
        with zipfile.ZipFile(archive_path) as archive, tempfile.TemporaryDirectory(dir=target.parent) as folder:
            names = [_checked(name) for name in archive.namelist()]
            count = sum(name.startswith(f"{SNAPSHOTS_MEMBER}/") and ".refused" not in name for name in names)
            archive.extractall(folder)
            for name in names:
                if name != DATABASE_MEMBER:
                    target_folder = database.settings.instance / PurePosixPath(name).parts[0]
                    target_folder.mkdir(exist_ok=True)
                    shutil.move(Path(folder, name), target_folder / PurePosixPath(name).name)
            for suffix in ("-wal", "-shm"):
                Path(f"{target}{suffix}").unlink(missing_ok=True)
            shutil.move(Path(folder, DATABASE_MEMBER), target)
    except (zipfile.BadZipFile, FileNotFoundError) as error:
        raise Refused(f"{archive_path} is not a backup of Dash KPI.") from error
    database.upgrade()
    return count


def _originals(database: Database, copy: Path) -> list[Path]:
    """Return the originals that a copy of the database names and that are kept."""
    named = set(sqlite.column(copy, Ingest.__tablename__, Ingest.sha256.key))
    return [database.settings.originals / name for name in sorted(named & originals.kept(database.settings))]


def _checked(name: str) -> str:
    """Return a member's name; anything but the database, snapshots and originals is none of ours."""
    parts = PurePosixPath(name).parts
    if name != DATABASE_MEMBER and (len(parts) != 2 or parts[0] not in FOLDERS or ".." in parts):
        raise Refused(f"The backup holds '{name}', which is none of ours.")
    return name


def _file_of(database: Database) -> Path:
    if database.url.get_backend_name() != "sqlite" or not database.url.database:
        raise Refused("This database has its own tools for backups; only SQLite is backed up here.")
    return Path(database.url.database)


def check(database: Database) -> list[str]:
    """Return what is wrong with the stored data, one sentence each: tables, definitions, files, and their totals."""
    problems = []
    if database.url.get_backend_name() == "sqlite":
        problems += sqlite.integrity_problems(_file_of(database))
    if not database.is_current():
        problems.append("The tables are not of this program's version; run: dash-kpi db upgrade")
    with database.reading() as session:
        names = list(session.scalars(select(Workspace.name)))
        files = snapshot_files(session)
        undefined = problems_of_definitions(session)
    missing = sorted(name for name in files if not (database.settings.snapshots / name).is_file())
    problems += [*undefined, *(f"The snapshot {name} is missing." for name in missing)]
    if not missing and not undefined:
        for name in names:
            problems += _different_totals(database, state_at(database, name))
    return problems


def _different_totals(database: Database, state: State) -> list[str]:
    """Compare the daily measures with the rows that they were summed from."""
    by_day = daily_measures(database, state, ())
    problems = []
    for source in state.sources:
        by_row = database.snapshots.daily({source.snapshot: source.id}, tuple(source.aggregations), ())
        for measure, values in by_row.items():
            total, kept = _total(values, source.id), _total(by_day.get(measure), source.id)
            if abs(kept - total) > TOLERANCE * max(abs(kept), abs(total)):
                problems.append(f"{source.file}: '{measure}' is {kept} by day but {total} by row.")
    return problems


def _total(values: Daily | None, source: int) -> float:
    return 0.0 if values is None else float(values.totals[values.sources == source].sum())
