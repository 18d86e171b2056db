"""Uploads: a raw body becomes a file in the inbox and a job that reads it.

The body is streamed to a hidden name beside its final one and then renamed, so that whoever watches
the folder sees a whole file or none.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from dash_kpi.errors import Protected, Refused
from dash_kpi.ingest import jobs, sniff
from dash_kpi.ingest.load import limits_of
from dash_kpi.ingest.protected import opened
from dash_kpi.settings import Settings
from dash_kpi.web.context import database, workspace
from dash_kpi.web.names import safe_name

CHUNK_BYTES = 2**18
DRAINED_BYTES = 2**28  # that a refused client may still send until it is cut off
HIDDEN = ".upload-"
PASSWORD_HEADER = "X-File-Password"  # noqa: S105  the name of the header
ASKED = "The file is protected with a password."
FORGOTTEN_SECONDS = 3600  # after which a part that nobody writes to belongs to a process that was killed

Opener = Callable[[Path], AbstractContextManager[Path]]

log = logging.getLogger(__name__)
uploads = Blueprint("uploads", __name__)


@uploads.post("/api/uploads")
def upload() -> tuple[Response, int]:
    """Keep the body under the name given by the query, and queue its reading."""
    settings = database().settings
    request.max_content_length = settings.upload_mb * 2**20
    name = safe_name(request.args.get("name", ""))
    target = settings.inbox / name
    if target.is_dir():
        raise Refused(f"There is a folder named '{name}'; rename the file.")
    try:
        replaces = receive(request.stream, target, request.content_length, _opener(settings))
    except Protected as protected:
        is_asked = protected.can_be_opened and PASSWORD_HEADER not in request.headers
        return jsonify(error=ASKED if is_asked else str(protected), protected=protected.can_be_opened), 422
    except RequestEntityTooLarge:
        abort(413, f"The file is larger than {settings.upload_mb} MB, the most that can be uploaded.")
    except OSError as error:
        log.exception("upload_failed")
        abort(507, f"The server cannot keep the file: {error.strerror}.")
    job = jobs.enqueue(database(), workspace(), target, datetime.now(UTC), jobs.UPLOADED)
    return jsonify(job=job, file=name, replaces=replaces), 202


def _opener(settings: Settings) -> Opener | None:
    """Return what opens a protected file with the password that came along; None where none came.

    It comes in a header, percent-encoded, for a header has no letters but those of ASCII.
    """
    password = unquote(request.headers.get(PASSWORD_HEADER, ""))
    if not password:
        return None
    limits = limits_of(settings)
    return lambda path: opened(path, password, path.parent, limits.seconds, limits.memory_bytes)


@uploads.after_request
def drain(response: Response) -> Response:
    """Take in what a refused client is still sending: browsers read no answer before they have sent all."""
    left = DRAINED_BYTES if response.status_code >= 400 else 0
    with suppress(OSError):
        while left > 0 and (chunk := request.environ["wsgi.input"].read(CHUNK_BYTES)):
            left -= len(chunk)
    return response


def receive(stream: IO[bytes], target: Path, length: int | None = None, opener: Opener | None = None) -> bool:
    """Write a stream to a file, all or nothing; return whether it replaces one.

    What `opener` makes of it is kept in its place. Raises Refused when it ends before `length` bytes, or
    when its content is nothing that can be read; Protected when it needs a password, or another one.
    """
    remove_forgotten(target.parent, time.time())
    with hidden_part(target.parent) as part:
        with part.open("xb") as file:
            while chunk := stream.read(CHUNK_BYTES):
                file.write(chunk)
            if length is not None and file.tell() != length:  # gunicorn ends a stream whose client is gone
                raise Refused("The upload was cut off.")
            file.flush()
            os.fsync(file.fileno())
        with opener(part) if opener else nullcontext(part) as content:
            sniff.kind_of(content)
            replaces = target.exists()
            content.replace(target)
    return replaces


@contextmanager
def hidden_part(folder: Path) -> Iterator[Path]:
    """Yield a name that watchers pass over; whatever is left under it at the end is removed."""
    part = folder / f"{HIDDEN}{secrets.token_hex(8)}"
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def remove_forgotten(folder: Path, now: float) -> None:
    """Remove the parts of uploads that were cut off together with their process."""
    for part in folder.glob(f"{HIDDEN}*"):
        try:
            if now - part.stat().st_mtime > FORGOTTEN_SECONDS:
                part.unlink()
        except OSError:  # somebody else was quicker
            continue
