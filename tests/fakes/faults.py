"""The mechanics of a fake service: real HTTP on loopback, whose replies can be spoilt by script or at random."""

import json
import os
import random
import select
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

Kind = Literal[
    "status",  # answered with `status`, not handled
    "status_after",  # handled, and still answered with `status`
    "reset_before",  # the request is read and not handled, the connection reset
    "reset_after",  # handled, then reset
    "close_before",  # not handled, the connection ended without a reply
    "close_after",  # handled, then ended without a reply
    "hang",  # not handled, no reply until the client or the test ends
    "hang_after",  # handled, no reply
    "slow",  # handled, the reply comes after `seconds`
    "truncated",  # handled, half of the reply
    "malformed",  # handled, status 200 with what is no JSON
]
BEFORE: frozenset[Kind] = frozenset({"status", "reset_before", "close_before", "hang"})  # certainly not accepted
LONGEST_WAIT = 30.0  # seconds, where neither the client nor the test ends


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request; `path` is what its path must end with, "": any."""

    kind: Kind
    path: str = ""
    status: int = 503
    retry_after: float | str | None = None
    body: str = ""
    seconds: float = 0.2

    @property
    def patience(self) -> float:
        """The seconds a client should wait: few where no reply comes in time, else more than a busy machine needs."""
        return 0.3 if self.kind.startswith("hang") or self.seconds > 0.3 else 10


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived, read to its end."""

    method: str
    path: str  # with its query
    headers: Mapping[str, str]  # by names in small letters
    body: bytes
    at: float  # seconds since 1970

    @property
    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> Self:
        """Answer with JSON, or with a text as it is."""
        is_text = isinstance(value, str)
        kind = "text/plain; charset=utf-8" if is_text else "application/json; charset=utf-8"
        body = value.encode() if is_text else json.dumps(value).encode()
        return cls(
            status, body, {"Content-Type": kind, **{name.replace("_", "-"): one for name, one in headers.items()}}
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One message that was accepted."""

    at: float
    message: Any


Plan = Callable[[Request], Fault | None]


def at_random(seed: int, share: float, faults: Iterable[Fault]) -> Plan:
    """Return a plan that spoils a share of the requests, the same for the same seed and order of requests."""
    dice, choice = random.Random(seed), tuple(faults)

    def plan(request: Request) -> Fault | None:
        if dice.random() >= share:
            return None
        fault = dice.choice(choice)
        return fault if request.path.partition("?")[0].endswith(fault.path) else None

    return plan


class FakeService:
    """A service on a free port of loopback, from `with` to its end; a fake overrides `answer`.

    `script` has the faults of the next requests, first come first served (one whose path does not match lets the
    request through and waits); when it is empty, `plan` decides. `requests` has everything that arrived, `ledger` what
    `answer` accepted by `accept`. `answer` runs under a lock, one request at a time.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        self.script: deque[Fault | None] = deque()  # None: all is well
        self.plan = plan
        self.requests: list[Request] = []
        self.ledger: list[Entry] = []
        self.faults: list[Fault] = []  # those that happened
        self.errors: list[BaseException] = []
        self.behind = 0.0  # seconds that its clock is behind
        self.lock = threading.RLock()
        self._is_over = threading.Event()

    def answer(self, request: Request) -> Reply:
        """Handle a request."""
        raise NotImplementedError

    def accept(self, request: Request, message: Any) -> None:
        """Keep a message that was accepted."""
        self.ledger.append(Entry(request.at, message))

    @property
    def url(self) -> str:
        """The address, with a slash at its end."""
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.service = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name=type(self).__name__)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()  # waits for the threads of requests
        if self.errors:
            raise self.errors[0]

    def fault_of(self, request: Request) -> Fault | None:
        """Take the fault that this request meets."""
        if self.script:
            fault = self.script[0]
            if fault and not request.path.partition("?")[0].endswith(fault.path):
                return None
            return self.script.popleft()
        return self.plan(request) if self.plan else None

    def wait(self, connection: socket.socket, seconds: float) -> None:
        """Wait, unless the client or the test ends before."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._is_over.wait(0.01):
            if select.select([connection], [], [], 0)[0] and not connection.recv(1, socket.MSG_PEEK):
                return


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128
    service: FakeService

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if error and not isinstance(error, ConnectionError):  # a client that is gone is part of the game
            self.service.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = LONGEST_WAIT
    server: _Server

    def handle_any(self) -> None:
        service = self.server.service
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, time.time())
        self.close_connection = True
        with service.lock:
            service.requests.append(request)
            fault = service.fault_of(request)
            if fault:
                service.faults.append(fault)
            reply = Reply() if fault and fault.kind in BEFORE else service.answer(request)
        if fault:
            self.spoil(fault, reply)
        else:
            self.reply(reply)

    do_GET = do_POST = do_PUT = do_HEAD = handle_any  # noqa: N815

    def spoil(self, fault: Fault, reply: Reply) -> None:
        match fault.kind:
            case "status" | "status_after":
                wait = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after}"}
                self.reply(Reply(fault.status, fault.body.encode(), wait))
            case "reset_before" | "reset_after":
                self.reset()
            case "hang" | "hang_after":
                self.server.service.wait(self.connection, LONGEST_WAIT)
            case "slow":
                self.server.service.wait(self.connection, fault.seconds)
                self.reply(reply)
            case "truncated":
                self.reply(reply, share=0.5)
            case "malformed":
                self.reply(Reply(200, fault.body.encode() or b'{"ok": tr', {"Content-Type": "application/json"}))

    def reply(self, reply: Reply, share: float = 1.0) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), "Connection": "close", **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body[: int(len(reply.body) * share)])

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # at once, before the server ends it in good order

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(int(timestamp or time.time() - self.server.service.behind))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
