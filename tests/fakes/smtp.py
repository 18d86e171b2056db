"""A mail server on loopback, as strict as large receivers are, with faults at any step of a transaction."""

import base64
import re
import select
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import BinaryIO, Literal, Self

from tests.fakes.certificates import Certificate

Step = Literal["CONNECT", "EHLO", "STARTTLS", "AUTH", "NOOP", "MAIL", "RCPT", "DATA", "BODY", "DOT", "RSET", "QUIT"]
Kind = Literal[
    "reply",  # answered with `text`, not handled
    "close",  # not handled, the connection ended
    "reset",  # not handled, the connection reset
    "hang",  # not handled, no reply until the client or the test ends
    "close_after",  # handled, then ended without a reply
    "reset_after",  # handled, then reset
    "hang_after",  # handled, no reply
    "garbage",  # handled, answered with what is no reply
    "slow",  # handled, the reply comes after `seconds`
]
LONGEST_WAIT = 30.0
LONGEST_LINE = 998
ONCE = (b"from", b"date", b"message-id", b"subject", b"to", b"in-reply-to", b"references", b"reply-to")
NEEDED = (b"from", b"date", b"message-id")
PATH = re.compile(r"(FROM|TO):<([^\s<>@\"]+@[a-z0-9.-]+)>( BODY=8BITMIME| SIZE=\d+)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailFault:
    """What goes wrong at a step of the next transaction that comes to it."""

    at: Step
    kind: Kind
    text: str = ""
    seconds: float = 0.1

    @property
    def patience(self) -> float:
        """The seconds a client should wait: few where no reply comes, else more than a busy machine needs."""
        return 0.3 if self.kind.startswith("hang") else 10


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that was accepted, the bytes as they were before dots were doubled."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    has_tls: bool
    user: str
    at: float

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class FakeMailServer:
    """A server on a free port, from `with` to its end.

    `script` has the faults to come, in order: one happens when its step is reached, and is gone; when it is empty,
    `plan` is asked at every step. `ledger` has what was accepted, `steps` every step that was reached.
    """

    def __init__(
        self,
        *,
        certificate: Certificate | None = None,
        is_implicit: bool = False,
        user: str = "",
        password: str = "",
        recipients: Collection[str] | None = None,  # None: everybody is known
        has_greylist: bool = False,
        plan: Callable[[Step], MailFault | None] | None = None,
    ) -> None:
        self.certificate, self.is_implicit = certificate, is_implicit
        self.user, self.password = user, password
        self.recipients, self.has_greylist, self.plan = recipients, has_greylist, plan
        self.script: deque[MailFault] = deque()
        self.ledger: list[Mail] = []
        self.steps: list[Step] = []
        self.lock = threading.Lock()
        self.has_seen: set[str] = set()
        self._is_over = threading.Event()

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.service = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="FakeMailServer")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what was accepted."""
        return [str(mail.message["Message-ID"]) for mail in self.ledger]

    def fault_at(self, step: Step) -> MailFault | None:
        """Take the fault that happens at a step."""
        with self.lock:
            self.steps.append(step)
            if self.script and self.script[0].at == step:
                return self.script.popleft()
            return self.plan(step) if self.plan and not self.script else None

    def wait(self, connection: socket.socket, seconds: float) -> None:
        """Wait, unless the client or the test ends before."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._is_over.wait(0.01):
            readable = select.select([connection], [], [], 0)[0]
            if readable and not (isinstance(connection, ssl.SSLSocket) or connection.recv(1, socket.MSG_PEEK)):
                return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128
    service: FakeMailServer


class _Over(Exception):
    """The connection is to end."""


class _Session(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def setup(self) -> None:
        self.service = self.server.service
        self.request.settimeout(LONGEST_WAIT)
        self.has_tls, self.has_met, self.user = False, False, ""
        self.sender, self.recipients = "", list[str]()
        self.file: BinaryIO | None = None

    def handle(self) -> None:
        try:
            if self.service.is_implicit:
                self.encrypt()
            self.file = self.request.makefile("rb")
            self.step("CONNECT", lambda: "220 fake ESMTP")
            while line := self.file.readline(2048):
                self.command(line)
        except (_Over, OSError):  # a client that is gone is part of the game
            pass

    def finish(self) -> None:
        if self.file:
            self.file.close()  # or the connection would stay open
        self.request.close()

    def encrypt(self) -> None:
        assert self.service.certificate
        self.request = self.service.certificate.context.wrap_socket(self.request, server_side=True)
        self.has_tls = True

    def say(self, reply: str) -> None:
        self.request.sendall(reply.encode() + b"\r\n")
        if reply.startswith(("221 ", "421 ")):
            raise _Over

    def step(self, step: Step, handled: Callable[[], str]) -> bool:
        """Handle one step, or let its fault happen; return whether it was handled."""
        fault = self.service.fault_at(step)
        kind = fault.kind if fault else ""
        if kind == "reply" and fault:
            self.say(fault.text)
            return False
        reply = handled() if kind in {"", "slow", "garbage"} or kind.endswith("_after") else ""
        if kind.startswith("reset"):
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise _Over
        if kind.startswith("close"):
            raise _Over
        if kind.startswith("hang"):
            self.service.wait(self.request, LONGEST_WAIT)
            raise _Over
        if kind == "slow" and fault:
            self.service.wait(self.request, fault.seconds)
        self.say("hello there" if kind == "garbage" else reply)
        return True

    def command(self, line: bytes) -> None:
        text = line.decode("ascii", "replace")
        if not text.endswith("\r\n") or "\ufffd" in text:
            self.say("500 5.5.2 a command is ASCII and ends with CR LF")
            return
        verb, _, rest = text[:-2].partition(" ")
        match verb.upper():
            case "EHLO":
                self.step("EHLO", lambda: self.hello(rest))
            case "STARTTLS":
                self.start_tls()
            case "AUTH":
                self.step("AUTH", lambda: self.authenticate(rest))
            case "MAIL":
                self.step("MAIL", lambda: self.mail(rest))
            case "RCPT":
                self.step("RCPT", lambda: self.recipient(rest))
            case "DATA":
                self.data()
            case "NOOP":
                self.step("NOOP", lambda: "250 2.0.0 yes")
            case "RSET":
                self.step("RSET", self.forget)
            case "QUIT":
                self.step("QUIT", lambda: "221 2.0.0 bye")
            case _:
                self.say("502 5.5.1 not known")

    def hello(self, name: str) -> str:
        if not re.fullmatch(r"[a-zA-Z0-9.-]+|\[[0-9a-zA-Z.:]+\]", name):
            return "501 5.5.4 EHLO wants a name"
        self.has_met = True
        self.forget()
        offers = ["fake", "SIZE 10000000", "8BITMIME"]
        if self.service.certificate and not self.has_tls:
            offers.append("STARTTLS")
        if self.service.user and self.has_tls:
            offers.append("AUTH PLAIN LOGIN")
        return "\r\n".join(f"250{' ' if one is offers[-1] else '-'}{one}" for one in offers)

    def start_tls(self) -> None:
        can = self.service.certificate and not self.has_tls
        if self.step("STARTTLS", lambda: "220 2.0.0 go ahead" if can else "502 5.5.1 not here") and can:
            self.encrypt()
            self.file = self.request.makefile("rb")
            self.has_met = False

    def authenticate(self, rest: str) -> str:
        if not self.has_tls:
            return "538 5.7.11 encryption is needed"
        method, _, coded = rest.partition(" ")
        if method.upper() != "PLAIN" or not coded:
            return "504 5.5.4 only PLAIN with its answer"
        _, user, password = base64.b64decode(coded).decode().split("\0")
        if (user, password) != (self.service.user, self.service.password):
            return "535 5.7.8 Username and Password not accepted"
        self.user = user
        return "235 2.7.0 welcome"

    def mail(self, rest: str) -> str:
        path = PATH.fullmatch(rest)
        if not self.has_met or self.sender:
            return "503 5.5.1 not now"
        if self.service.user and not self.user:
            return "530 5.7.0 authentication is needed"
        if not path or path[1].upper() != "FROM":
            return "501 5.1.7 bad sender"
        self.sender = path[2]
        return "250 2.1.0 ok"

    def recipient(self, rest: str) -> str:
        path = PATH.fullmatch(rest)
        if not self.sender:
            return "503 5.5.1 MAIL first"
        if not path or path[1].upper() != "TO":
            return "501 5.1.3 bad recipient"
        known = self.service.recipients
        if known is not None and path[2] not in known:
            return f"550 5.1.1 <{path[2]}>: user unknown"
        if self.service.has_greylist and path[2] not in self.service.has_seen:
            self.service.has_seen.add(path[2])
            return "451 4.7.1 greylisted, try again later"
        self.recipients.append(path[2])
        return "250 2.1.5 ok"

    def data(self) -> None:
        if not self.recipients:
            self.step("DATA", lambda: "503 5.5.1 RCPT first")
            return
        if not self.step("DATA", lambda: "354 end with a dot"):
            return
        if self.service.fault_at("BODY"):
            self.file.readline(LONGEST_LINE)
            raise _Over
        raw, problem = self.content()
        self.step("DOT", lambda: problem or self.accept(raw))
        self.forget()

    def content(self) -> tuple[bytes, str]:
        """Read to the dot; return the message and what a strict receiver has against it."""
        lines: list[bytes] = []
        problem = ""
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                raise _Over
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                problem = "550 5.6.11 bare CR or LF"
            if len(line) > LONGEST_LINE + 2:
                problem = "550 5.5.2 a line is too long"
            lines.append(line[1:] if line.startswith(b".") else line)
        raw = b"".join(lines)
        return raw, problem or _header_problem(raw)

    def accept(self, raw: bytes) -> str:
        with self.service.lock:
            mail = Mail(self.sender, tuple(self.recipients), raw, self.has_tls, self.user, time.time())
            self.service.ledger.append(mail)
            return f"250 2.0.0 queued as {len(self.service.ledger)}"

    def forget(self) -> str:
        self.sender, self.recipients = "", []
        return "250 2.0.0 ok"


def _header_problem(raw: bytes) -> str:
    """Return what is wrong with the headers of a message."""
    head = raw.partition(b"\r\n\r\n")[0]
    names = []
    for line in head.split(b"\r\n"):
        if not line.isascii():
            return "550 5.6.7 a header is not ASCII"
        if line.startswith((b" ", b"\t")) and names:
            continue
        name, colon, _ = line.partition(b":")
        if not colon or not re.fullmatch(rb"[!-9;-~]+", name):
            return "550 5.6.0 what stands in the head is no header"
        names.append(name.lower())
    if missing := [name for name in NEEDED if name not in names]:
        return f"550 5.7.1 {missing[0].decode()} is missing"
    if twice := [name for name in ONCE if names.count(name) > 1]:
        return f"550 5.7.1 {twice[0].decode()} is there twice"
    return ""
