"""Both processes of a single machine, web server and worker: started, kept alive, and stopped together.

A process of its own, `python -m dash_kpi.web.supervisor`, that imports next to nothing: it lives as long
as they do. The settings reach them through its environment.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dash_kpi.errors import DashKpiError, SettingError

LONGEST_DELAY_SECONDS = 30.0
STABLE_SECONDS = 60.0  # of life, after which a process counts as healthy again
STOP_SECONDS = 15.0  # between the request to end and the end
LOOK_SECONDS = 0.1  # between two looks while the start is waited for
IDLE_SECONDS = 0.5  # and afterwards
PR_SET_PDEATHSIG = 1
LEAN = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


@dataclass
class Child:
    """A process that is to live, and what is known of its recent lives."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = field(default=0.0)

    def look(self, now: float) -> None:
        """Start the process if it is due, and notice when it died."""
        if self.process is None:
            if now >= self.due:
                self.process, self.started = self.start(), now
        elif self.process.poll() is not None:
            self.deaths = 1 if now - self.started >= STABLE_SECONDS else self.deaths + 1
            delay = delay_seconds(self.deaths)
            self.due = now + delay
            print(f"The {self.name} ended ({ending(self.process.returncode)}); starting it again in {delay:.0f} s.",
                  file=sys.stderr, flush=True)  # fmt: skip
            self.process = None


def delay_seconds(deaths: int) -> float:
    """Return how long to wait before the next start, after so many deaths in a row."""
    return min(2.0 ** (deaths - 1), LONGEST_DELAY_SECONDS)


def ending(code: int) -> str:
    """Say how a process ended."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def supervise(host: str, port: int, folders: Sequence[str]) -> None:
    """Serve until SIGTERM or SIGINT; raises SettingError when the web server cannot start."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    listener = listen(host, port)
    host, port = listener.getsockname()[:2]
    environment = os.environ | LEAN | {"DASH_KPI_PORT": str(port)}
    web = Child("web server", lambda: launch(web_command(listener), environment, listener.fileno()))
    worker = Child("worker", lambda: launch([sys.executable, "-m", "dash_kpi", "worker"], environment))
    try:
        keep(web, worker, stop, host, port, folders)
    finally:
        end([child.process for child in (web, worker) if child.process])
        listener.close()


def keep(web: Child, worker: Child, stop: threading.Event, host: str, port: int, folders: Sequence[str]) -> None:
    """Look after both until told to stop; say where they are once they answer."""
    is_ready = False
    while not stop.wait(IDLE_SECONDS if is_ready else LOOK_SECONDS):
        if not is_ready and web.process and web.process.poll() is not None:
            raise SettingError("The web server cannot start; the reason is above.")
        for child in (web, worker):
            child.look(time.monotonic())
        if not is_ready and answers(host, port):
            is_ready = True
            print(f"Dash KPI is at {address(host, port)}", flush=True)
            print(f"Watching {', '.join(folders)}", flush=True)


def listen(host: str, port: int) -> socket.socket:
    """Open the port, once and for all: while the web server is started anew, browsers wait instead of failing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        is_unknown = isinstance(error, socket.gaierror)
        reason = error.strerror if is_unknown else os.strerror(error.errno or 0)  # the other text repeats the address
        raise SettingError(f"The web server cannot listen on {host}, port {port}: {reason}.") from error


def address(host: str, port: int) -> str:
    """Return the URL under which a browser on this machine finds the dashboard."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}"


def answers(host: str, port: int) -> bool:
    """Tell whether the web server is ready."""
    connection = http.client.HTTPConnection(address(host, port).removeprefix("http://"), timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def web_command(listener: socket.socket) -> list[str]:
    """Return the command line of gunicorn."""
    options = ["--config", "python:dash_kpi.web.gunicorn_conf", "--bind", f"fd://{listener.fileno()}"]
    return [sys.executable, "-m", "gunicorn", *options]


def launch(command: list[str], environment: dict[str, str], *descriptors: int) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches the supervisor alone."""
    return subprocess.Popen(  # noqa: S603
        command,
        env=environment,
        pass_fds=descriptors,
        start_new_session=True,
        preexec_fn=_die_with_parent(),  # safe: we have one thread
    )


def _die_with_parent() -> Callable[[], None] | None:
    """Let the kernel end the process when the supervisor is killed; only Linux can."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before the kernel knew
            os._exit(1)

    return ask


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask the processes to end, kill those that do not, and whatever they leave behind."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(ProcessLookupError):  # what it started itself is in its group
            os.killpg(process.pid, signal.SIGKILL)


def main() -> None:
    """Supervise; the arguments are the address, the port and the watched folders."""
    host, port, *folders = sys.argv[1:]
    try:
        supervise(host, int(port), folders)
    except DashKpiError as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
