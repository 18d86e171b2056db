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
from dash_kpi.ingest.rules import Instructions

OnProgress = Callable[[str, float], None]
Call = tuple[Callable[..., Any], tuple[Any, ...]]

_NO_INSTRUCTIONS = Instructions()
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
    """What a child says before it ends: what its function returned, or the sentence that refuses the file."""

    value: Any = None
    refusal: str | None = None


def warm_up() -> None:
    """Start the process that forks the children, so that the first file does not wait for imports."""
    process = _context.Process(target=_nothing)
    process.start()
    process.join()
    process.close()


def read_in_child(
    path: Path,
    directory: Path,
    limits: Limits,
    on_progress: OnProgress,
    instructions: Instructions = _NO_INSTRUCTIONS,
) -> FileReading:
    """Read a file as instructed into `directory` within the limits; raise Refused with one sentence otherwise.

    `on_progress` is called with every phase, and at least every second with the last one.
    """
    with private_folder(directory) as private:
        reading: FileReading = run_in_child(_read, (path, private, instructions), private, limits, on_progress)
        return _moved(reading, directory)


@contextlib.contextmanager
def private_folder(directory: Path) -> Iterator[Path]:
    """Make a folder in `directory` that one child works in, and remove it with all that is left in it."""
    _remove_abandoned(directory)
    private = directory / f"{_PREFIX}{uuid4().hex}"
    private.mkdir(parents=True)
    try:
        yield private
    finally:
        shutil.rmtree(private, ignore_errors=True)


def run_in_child(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    private: Path,
    limits: Limits,
    on_progress: OnProgress = lambda phase, fraction: None,
) -> Any:
    """Return what a function of a module returns in a child; raise Refused with one sentence otherwise.

    The function is given the arguments and, last, where to tell its progress. What it prints goes into
    the folder `private`.
    """
    with _started((function, arguments), private, limits) as (process, connection):
        outcome = _listen(connection, time.monotonic() + limits.seconds, limits, on_progress)
        if outcome is None:
            process.join(_GRACE_SECONDS)
            raise Refused(_reason_of_death(process.exitcode, private, limits))
    if outcome.refusal is not None:
        raise Refused(outcome.refusal)
    return outcome.value


@contextlib.contextmanager
def _started(call: Call, private: Path, limits: Limits) -> Iterator[tuple[ForkServerProcess, Connection]]:
    """Start a child and leave none behind, whatever happens."""
    receiver, sender = _context.Pipe(duplex=False)
    process = _context.Process(target=_serve, args=(sender, call, private, limits), daemon=True)
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
    tables = tuple(
        replace(table, refusals=_moved_file(table.refusals, directory), snapshot=_moved_file(table.snapshot, directory))
        for table in reading.tables
    )
    return replace(reading, tables=tables)


def _moved_file(file: Path | None, directory: Path) -> Path | None:
    return file and file.rename(directory / file.name)


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


def _read(path: Path, private: Path, instructions: Instructions, on_progress: OnProgress) -> FileReading:
    from dash_kpi.ingest import reader  # large, and only the children need it

    return reader.read_file(path, private, on_progress, instructions)


def _serve(connection: Connection, call: Call, private: Path, limits: Limits) -> None:
    """Call the function and send the outcome; this is the top of the child, so it catches everything."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(limits.seconds) + _GRACE_SECONDS)
    _redirect_output(private / "output")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    try:
        function, arguments = call
        outcome = _Outcome(function(*arguments, lambda *progress: connection.send(progress)))
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
