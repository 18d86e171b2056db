"""Processes: started, watched from outside through /proc, and always ended."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS, STOP_SECONDS = 90, 20


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, with everything it started."""

    url: str
    pid: int

    def pids(self) -> list[int]:
        """Return its processes."""
        return tree(self.pid)


@contextmanager
def serving(command: Sequence[str], url: str, folder: Path, probe: str = "/", **environment: str) -> Iterator[Server]:
    """Run a server until the end of the block; its output is kept in `folder` and shown when it cannot start."""
    log = folder / "server.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DASH_KPI_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=inherited | environment,
            start_new_session=True,
            preexec_fn=_end_with_us if sys.platform == "linux" else None,
        )
    try:
        _wait_until_it_answers(process, url + probe, log)
        yield Server(url, process.pid)
    finally:
        end(process)


def _end_with_us() -> None:
    """Let the kernel end the process when we are killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group, gently if it lets us."""
    pids = tree(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    ending = "still runs" if process.poll() is None else f"ended with {process.returncode}"
    raise RuntimeError(
        f"{url} does not answer, and its process {ending}:\n{log.read_text('utf-8', errors='replace')[-3000:]}"
    )


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        found.append(one := queue.pop())
        queue += children.get(one, [])
    return found


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat after the name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time of processes, with that of children of theirs that ended."""
    stats = (_stat(pid) for pid in pids)
    return sum(sum(map(int, stat[11:15])) for stat in stats if stat) / TICKS


def resident_mb(pids: Sequence[int]) -> float:
    """Return the sum of what each process has in memory; what they share is counted in each."""
    return sum(_kilobytes(pid, "status", "VmRSS:") for pid in pids) / 1024


def proportional_mb(pids: Sequence[int]) -> float:
    """Return the memory of processes together; what they share is counted once."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in pids) / 1024


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text("ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


@dataclass
class Peak:
    """The largest value that was seen."""

    mb: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def peak_of(pid: int, memory: Callable[[Sequence[int]], float], every_seconds: float = 0.05) -> Iterator[Peak]:
    """Look again and again at the memory of a process and its descendants while the block runs."""
    peak = Peak()

    def watch() -> None:
        while True:
            peak.mb = max(peak.mb, memory(tree(pid)))
            if peak._stop.wait(every_seconds):
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        peak._stop.set()
        thread.join()
