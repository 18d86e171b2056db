"""The doctor: checks configuration, folders, database and versions, and says what to do."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import requires, version
from pathlib import Path

import click
from packaging.requirements import Requirement

from dash_kpi import __version__
from dash_kpi.alerting.channels.store import problems_of_secrets
from dash_kpi.alerting.thresholds.entries import problems_of_rules
from dash_kpi.cli.options import with_settings
from dash_kpi.errors import DashKpiError
from dash_kpi.settings import SECRET_NAME, Settings
from dash_kpi.storage.backup import check
from dash_kpi.storage.database import Database
from dash_kpi.worker.folders import file_system_of, way_to_watch

LITTLE_SPACE = 500 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` says what to do about it, and is empty when it is well."""

    what: str
    advice: str = ""


@click.command()
@with_settings
def doctor(settings: Settings, workspace: str) -> None:
    """Check that everything is in order, and say what to do where it is not."""
    findings = [*_versions(), *_instance(settings), *_folders(settings), *_database(settings)]
    for finding in findings:
        click.echo(f"{'!!' if finding.advice else 'ok'}  {finding.what}")
        if finding.advice:
            click.echo(f"    {finding.advice}")
    if any(finding.advice for finding in findings):
        sys.exit(1)


def _versions() -> Iterator[Finding]:
    yield Finding(f"Dash KPI {__version__}, Python {platform.python_version()}, {platform.system()}")
    for text in requires("dash-kpi") or []:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = version(requirement.name)
        if not requirement.specifier.contains(found, prereleases=True):
            yield Finding(
                f"{requirement.name} {found} is installed", f"Install {requirement.name}{requirement.specifier}."
            )


def _instance(settings: Settings) -> Iterator[Finding]:
    writable = os.access(settings.instance, os.W_OK)
    yield Finding(
        f"Instance folder {settings.instance}", "" if writable else "Give this user the right to write there."
    )
    free = shutil.disk_usage(settings.instance).free
    yield Finding(f"{free / 1024**3:.1f} GiB free there", "Make room on that disk." if free < LITTLE_SPACE else "")
    secret = settings.instance / SECRET_NAME
    if secret.exists():
        is_private = secret.stat().st_mode & 0o077 == 0
        yield Finding(f"Secret key {secret}", "" if is_private else f"Others can read it; run: chmod 600 {secret}")


def _folders(settings: Settings) -> Iterator[Finding]:
    for folder in settings.watched:
        if not folder.is_dir():
            yield Finding(f"Watched folder {folder}", "It is not there; make it, or correct the setting 'folders'.")
        elif not os.access(folder, os.R_OK | os.X_OK):
            yield Finding(f"Watched folder {folder}", "Give this user the right to read it.")
        else:
            way = "polling" if way_to_watch(folder, settings.watch) == "polling" else "events of the system"
            yield Finding(f"Watched folder {folder}, by {way} ({file_system_of(folder) or 'unknown file system'})")
    limit = Path("/proc/sys/fs/inotify/max_user_watches")
    if limit.exists() and (watches := int(limit.read_text("ascii"))) < 8192:
        yield Finding(
            f"The system allows {watches} watched folders",
            "Raise it: sysctl fs.inotify.max_user_watches=65536; without that, large folders are polled.",
        )


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(settings)
    try:
        database.upgrade()
        problems = [*check(database), *problems_of_secrets(database), *problems_of_rules(database)]
    except DashKpiError as error:
        problems = [str(error)]
    finally:
        database.close()
    yield Finding(f"Database {database.url!r}")
    for problem in problems:
        yield Finding("Stored data", problem)
