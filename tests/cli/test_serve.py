"""Real processes on a free port of loopback; every one that a test starts is ended with it."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.service

CSV = "Date;Revenue\n2026-01-01;10\n2026-01-02;20\n"


@dataclass
class Running:
    """A `dash-kpi serve` or `demo`, and what it has said."""

    process: subprocess.Popen[bytes]
    said: Path

    @property
    def text(self) -> str:
        return self.said.read_text("utf-8")

    @property
    def port(self) -> int:
        found = wait_for(lambda: re.search(r"Dash KPI is at http://127\.0\.0\.1:(\d+)\n", self.text), 60, "the address")
        return int(found[1])

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def child(self, part: str) -> int:
        """The child whose command line contains `part`."""
        return wait_for(
            lambda: next((p for p in children(self.process.pid) if part in command_line(p)), 0), what=f"a child {part}"
        )

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


def children(parent: int) -> list[int]:
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(child) for child in path.read_text("utf-8").split()] if path.exists() else []


def family(parent: int) -> list[int]:
    return [parent] + [member for child in children(parent) for member in family(child)]


def command_line(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def is_alive(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    return False


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Running]:
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dash_kpi", *arguments, "--instance", str(folder / "instance")],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
    try:
        yield Running(process, said)
    finally:
        members = family(process.pid)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for member in members:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Running]:
    with started(tmp_path, "serve", "--port", "0") as running:
        yield running


def test_serving_says_where_once_it_answers_and_reads_what_appears(served: Running, tmp_path: Path) -> None:
    inbox = tmp_path / "instance" / "inbox"
    assert served.get("/readyz") == (200, b"ready")
    assert wait_for(lambda: f"Watching {inbox}\n" in served.text)

    (inbox / "sales.csv").write_text(CSV, "utf-8")

    flag = wait_for(lambda: (found := json.loads(served.get("/api/flag")[1]))["revision"] and found, 60, "a revision")
    assert flag["jobs"][0]["file"] == "sales.csv"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["terminated", "interrupted"])
def test_stopping_ends_every_process_without_a_traceback(served: Running, number: signal.Signals) -> None:
    assert served.port
    served.child("worker")
    members = family(served.process.pid)

    assert served.end(number) == 0

    assert len(members) >= 4
    assert wait_for(lambda: not [member for member in members if is_alive(member)], 10, "the end of every process")
    assert "Traceback" not in served.text


@pytest.mark.parametrize("part", ["gunicorn", "dash_kpi worker"])
def test_a_process_that_is_killed_is_started_again(served: Running, part: str) -> None:
    assert served.port
    killed = served.child(part)

    os.kill(killed, signal.SIGKILL)

    wait_for(lambda: (now := served.child(part)) != killed and now, what="its successor")
    assert "ended (SIGKILL); starting it again in 1 s." in served.text
    assert wait_for(lambda: served.get("/readyz"), 30) == (200, b"ready")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_nothing_survives_when_the_supervisor_is_killed(served: Running) -> None:
    assert served.port
    served.child("worker")
    members = family(served.process.pid)

    served.end(signal.SIGKILL)

    wait_for(lambda: not [member for member in members if is_alive(member)], 30, "the end of all")


def test_a_port_that_is_taken_ends_with_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started(tmp_path, "serve", "--port", port) as running:
            assert running.process.wait(30) == 1
            assert running.text == (
                f"Error: The web server cannot listen on 127.0.0.1, port {port}: Address already in use.\n"
            )


def test_the_demonstration_brings_its_own_workbooks(tmp_path: Path) -> None:
    with started(tmp_path, "demo", "--port", "0") as running:
        flag = wait_for(
            lambda: (f := json.loads(running.get("/api/flag")[1]))["revision"] >= 3 and f, 90, "the sample's revisions"
        )
        assert running.end(signal.SIGINT) == 0
        assert running.text.startswith("Writing sample workbooks … sales_")
        assert all(job["outcome"] in {"loaded", None} for job in flag["jobs"])
        assert "Traceback" not in running.text


def test_the_demonstration_leaves_what_is_there(tmp_path: Path) -> None:
    inbox = tmp_path / "instance" / "inbox"
    inbox.mkdir(parents=True)
    (inbox / "mine.csv").write_text(CSV, "utf-8")

    with started(tmp_path, "demo", "--port", "0") as running:
        assert running.port

    assert [path.name for path in inbox.iterdir()] == ["mine.csv"]
    assert "Writing" not in running.text


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "undeclared"])
def test_whoever_sends_too_much_is_told_so(tmp_path: Path, is_declared: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASH_KPI_UPLOAD_MB", "1")
    body = b"1;2\n" * 2**20
    with started(tmp_path, "serve", "--port", "0") as running:
        answer = upload(running, body if is_declared else iter([body]))

    assert answer == (413, b'{"error":"The file is larger than 1 MB, the most that can be uploaded."}\n')


@pytest.mark.parametrize(
    ("length", "body"),
    [("Content-Length: 100000", b"1;2\n" * 100), ("Transfer-Encoding: chunked", b"190\r\n" + b"1;2\n" * 100 + b"\r\n")],
    ids=["declared", "undeclared"],
)
def test_an_upload_whose_sender_goes_away_leaves_nothing(
    served: Running, tmp_path: Path, length: str, body: bytes
) -> None:
    inbox = tmp_path / "instance" / "inbox"
    lines = [f"{name}: {value}" for name, value in token_of(served).items()]
    head = ["POST /api/uploads?name=half.csv HTTP/1.1", "Host: 127.0.0.1", length, *lines, "", ""]

    with socket.create_connection(("127.0.0.1", served.port)) as sender:
        sender.sendall("\r\n".join(head).encode() + body)
        wait_for(lambda: list(inbox.iterdir()), what="the hidden part")

    wait_for(lambda: not list(inbox.iterdir()), what="its removal")


def token_of(running: Running) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    cookies = [value.split(";")[0] for value in answer.headers.get_all("Set-Cookie", [])]
    token = next(cookie for cookie in cookies if cookie.startswith("_csrf_token="))
    return {"Cookie": "; ".join(cookies), "X-CSRFToken": token.partition("=")[2]}


def upload(running: Running, body: bytes | Iterator[bytes]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    chunked = {} if isinstance(body, bytes) else {"Transfer-Encoding": "chunked"}
    try:
        connection.request(
            "POST",
            "/api/uploads?name=large.csv",
            body,
            token_of(running) | chunked,
            encode_chunked=bool(chunked),
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
