"""Read a file in a process of its own that may be killed, run out of memory or crash.

The parsers of workbooks abort the process, panic or eat gigabytes on broken and hostile files. Whatever
happens in there, the caller gets a reading or one clear sentence, and nothing is left behind.
"""

import contextlib
import logging
import multiprocessing
import os
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

from dash_kpi.errors import Refused
from dash_kpi.ingest.reading import FileReading

OnProgress = Callable[[str, float], None]

_HEARTBEAT_SECONDS = 1.0
_GRACE_SECONDS = 5
_PREFIX = ".child-"
_ABANDONED_SECONDS = 3600
_DAMAGED = "The file is damaged: the reader gave up on it."
_OUT_OF_MEMORY = (
    b"memory allocation of",
    b"Cannot allocate memory",
    b"can't start new thread",
    b"Out of Memory",
    b"out of memory",
    b"capacity overflow",
    b"MemoryError",
)

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["dash_kpi.ingest.reader"])
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a child may take, and how much memory it may address."""

    seconds: float = 120.0
    memory_bytes: int = 2 << 30


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a child says before it ends: a reading, or the sentence that refuses the file."""

    reading: FileReading | None = None
    refusal: str | None = None


def warm_up() -> None:
    """Start the process that forks the children, so that the first file does not wait for imports."""
    process = _context.Process(target=_nothing)
    process.start()
    process.join()
    process.close()


def read_in_child(path: Path, directory: Path, limits: Limits, on_progress: OnProgress) -> FileReading:
    """Read a file into `directory` within the limits; raise Refused with one sentence otherwise.

    `on_progress` is called with every phase, and at least every second with the last one.
    """
    _remove_abandoned(directory)
    private = directory / f"{_PREFIX}{uuid4().hex}"
    private.mkdir(parents=True)
    try:
        reading = _outcome(path, private, limits, on_progress)
        return _moved(reading, directory)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _outcome(path: Path, private: Path, limits: Limits, on_progress: OnProgress) -> FileReading:
    with _started(path, private, limits) as (process, connection):
        outcome = _listen(connection, time.monotonic() + limits.seconds, limits, on_progress)
        if outcome is None:
            process.join(_GRACE_SECONDS)
            raise Refused(_reason_of_death(process.exitcode, private, limits))
    if outcome.reading is None:
        raise Refused(outcome.refusal or _DAMAGED)
    return outcome.reading


@contextlib.contextmanager
def _started(path: Path, private: Path, limits: Limits) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """Start a child and leave none behind, whatever happens."""
    receiver, sender = _context.Pipe(duplex=False)
    process = _context.Process(target=_serve, args=(sender, path, private, limits), daemon=True)
    try:
        process.start()
        sender.close()
        yield process, receiver
    finally:
        receiver.close()
        if process.pid is not None:
            process.join(0 if process.exitcode is None else None)
            process.kill()
            process.join()
        process.close()


def _listen(connection: Connection, deadline: float, limits: Limits, on_progress: OnProgress) -> _Outcome | None:
    """Pass progress on until the outcome arrives; return None where the child ends without one."""
    phase, fraction = "opening", 0.0
    on_progress(phase, fraction)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Refused(f"Reading took longer than {limits.seconds:g} seconds and was stopped.")
        if connection.poll(min(_HEARTBEAT_SECONDS, left)):
            try:
                message: Any = connection.recv()
            except (EOFError, OSError):
                return None
            if isinstance(message, _Outcome):
                return message
            phase, fraction = message
        on_progress(phase, fraction)


def _reason_of_death(exit_code: int | None, private: Path, limits: Limits) -> str:
    """Return the sentence for a child that ended without a word."""
    words = b""
    with contextlib.suppress(OSError):
        words = (private / "output").read_bytes()[-20_000:]
    _log.info("reading_child_died exit_code=%s", exit_code)
    if exit_code == -signal.SIGALRM:
        return f"Reading took longer than {limits.seconds:g} seconds and was stopped."
    if exit_code == -signal.SIGKILL or any(sign in words for sign in _OUT_OF_MEMORY):
        return _needs_memory(limits)
    if exit_code == -signal.SIGSEGV:  # of a broken file, or of an allocation that failed and was not looked at
        return f"The file is damaged, or {_needs_memory(limits)[9:]}"
    return _DAMAGED


def _needs_memory(limits: Limits) -> str:
    gibibytes = limits.memory_bytes / (1 << 30)
    size = f"{gibibytes:g} GiB" if gibibytes >= 1 else f"{limits.memory_bytes >> 20} MiB"
    return f"The file needs more than {size} of memory to open."


def _moved(reading: FileReading, directory: Path) -> FileReading:
    """Move the snapshots to where they stay and return the reading that says so."""
    tables = []
    for table in reading.tables:
        if table.snapshot is not None:
            final = directory / table.snapshot.name
            table.snapshot.rename(final)
            table = replace(table, snapshot=final)
        tables.append(table)
    return replace(reading, tables=tuple(tables))


def _remove_abandoned(directory: Path) -> None:
    """Remove what a worker left behind that was killed long ago."""
    oldest = time.time() - _ABANDONED_SECONDS
    for folder in directory.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


# In the child


def _nothing() -> None:
    """Do nothing: a child that starts proves that the next one will."""


def _serve(connection: Connection, path: Path, private: Path, limits: Limits) -> None:
    """Read the file and send the outcome; this is the top of the child, so it catches everything."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(limits.seconds) + _GRACE_SECONDS)
    _redirect_output(private / "output")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    try:
        from dash_kpi.ingest import reader  # large, and only the children need it

        reading = reader.read_file(path, private, lambda *progress: connection.send(progress))
        outcome = _Outcome(reading=reading)
    except Refused as refusal:
        outcome = _Outcome(refusal=str(refusal))
    except BaseException as error:  # noqa: BLE001 - a panic of the parsers is no Exception
        outcome = _Outcome(refusal=_sentence_for(error, limits))
    connection.send(outcome)
    connection.close()


def _sentence_for(error: BaseException, limits: Limits) -> str:
    words = str(error).encode("utf-8", "replace")
    if isinstance(error, MemoryError) or any(sign in words for sign in _OUT_OF_MEMORY):
        return _needs_memory(limits)
    if isinstance(error, OSError):
        return "The file cannot be opened: it is gone, or it may not be read."
    return _DAMAGED


def _redirect_output(file: Path) -> None:
    """Keep what the parsers print in a file of the child's own, out of the log."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
