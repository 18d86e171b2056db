"""One conversation with a mail server: until the final dot everything is certain, from it on only an answer is.

Sources: RFC 5321 (4yz: not done, try again; 5yz: never as it is; a lost connection is like 451; ten minutes for the
reply to the final dot, 4.5.3.2.6), RFC 1047 and RFC 1123, 5.3.3 (a short wait there makes duplicates).
"""

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from dash_kpi.alerting.channels.certificates import NO_TLS, words_of
from dash_kpi.alerting.channels.transport import NotSent, RefusedForGood, Scope, Unknown

Encryption = Literal["starttls", "tls", "none"]
Step = Literal["greeting", "EHLO", "STARTTLS", "AUTH", "NOOP", "MAIL", "RCPT", "DATA", "dot"]

FINAL_SECONDS = 600.0  # for the reply to the final dot
QUIT_SECONDS = 2.0  # the message is accepted by then
WAITING: dict[Step, Scope] = {"RCPT": "destination", "MAIL": "message", "DATA": "message", "dot": "message"}
REFUSED: dict[Step, Scope] = {"RCPT": "destination", "DATA": "message", "dot": "message"}
ADVICE: dict[Step, str] = {
    "greeting": "takes no connection",
    "EHLO": "does not talk to us",
    "STARTTLS": "does not start TLS",
    "AUTH": "does not accept the user and the password: enter them again, or an app password where it wants one",
    "NOOP": "does not answer as it should",
    "MAIL": "does not accept the sender: use an address that this user may send from",
    "RCPT": "does not accept the recipient: check the address",
    "DATA": "does not take the message",
    "dot": "does not take the message",
}


class Trouble(Exception):
    """A message was not accepted, or nobody knows; `outcome` says which."""

    def __init__(self, outcome: NotSent | RefusedForGood | Unknown) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Account:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    encryption: Encryption
    user: str
    password: str = field(repr=False)
    own_name: str  # what we call ourselves

    @property
    def where(self) -> str:
        """The server, as people are told of it."""
        return f"{self.host}:{self.port}"


class Conversation:
    """A connection to a mail server that has begun."""

    def __init__(self, smtp: smtplib.SMTP, account: Account) -> None:
        self.smtp = smtp
        self.account = account

    def hand_in(self, sender: str, recipient: str, content: bytes, final_seconds: float) -> str:
        """Hand a message in for one recipient; return what the server says when it has accepted it. Raises Trouble."""
        self._expect("MAIL", self.smtp.docmd("MAIL", f"FROM:<{sender}>"), 250)
        self._expect("RCPT", self.smtp.docmd("RCPT", f"TO:<{recipient}>"), 250, 251, 252)
        self._expect("DATA", self.smtp.docmd("DATA"), 354)
        self.smtp.send(re.sub(rb"(?m)^\.", b"..", content))
        return self._ended(final_seconds)

    def ask(self) -> None:
        """See whether the connection works, without a message. Raises Trouble."""
        self._expect("NOOP", self.smtp.docmd("NOOP"), 250)

    def introduce(self) -> None:
        """Say who we are, go on in private where that is wanted, and log in."""
        self._expect("EHLO", self.smtp.ehlo(), 250)
        if self.account.encryption == "starttls":
            self._go_private()
            self._expect("EHLO", self.smtp.ehlo(), 250)
        if self.account.user:
            self._log_in()

    def leave(self) -> None:
        """Say good-bye; how the server takes it no longer matters."""
        with suppress(OSError, smtplib.SMTPException):
            if self.smtp.sock:
                self.smtp.sock.settimeout(QUIT_SECONDS)
                self.smtp.quit()
        self.smtp.close()

    def _ended(self, final_seconds: float) -> str:
        """Send the final dot and wait for what becomes of the message."""
        try:
            if self.smtp.sock:
                self.smtp.sock.settimeout(final_seconds)
                # Or the dot would wait until the server confirms that the text before it has come.
                self.smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.smtp.send(b".\r\n")
            code, text = self.smtp.getreply()
        except (OSError, smtplib.SMTPException):
            lost = "The connection was lost after the message was handed in, before the server said whether it took it."
            raise Trouble(Unknown(lost)) from None
        if 200 <= code < 300:
            return _words(text)
        if not 400 <= code < 600:
            raise Trouble(Unknown("The server answered the message with what is no reply."))
        raise Trouble(_answered("dot", self.account.where, code, text))

    def _go_private(self) -> None:
        if not self.smtp.has_extn("starttls"):
            advice = "does not offer STARTTLS: choose TLS, usually at port 465, or another port."
            raise Trouble(RefusedForGood(f"{self.account.where} {advice}", scope="channel"))
        try:
            self.smtp.starttls(context=ssl.create_default_context())
        except smtplib.SMTPResponseException as error:
            raise Trouble(_answered("STARTTLS", self.account.where, error.smtp_code, error.smtp_error)) from None

    def _log_in(self) -> None:
        """Log in; unlike smtplib's own way this takes passwords beyond ASCII."""
        user, password = self.account.user, self.account.password
        offered = str(self.smtp.esmtp_features.get("auth", "")).upper().split()
        if "PLAIN" in offered:
            reply = self.smtp.docmd("AUTH", "PLAIN " + _coded(f"\0{user}\0{password}"))
        elif "LOGIN" in offered:
            reply = self.smtp.docmd("AUTH", "LOGIN " + _coded(user))
            if reply[0] == 334:
                reply = self.smtp.docmd(_coded(password))
        else:
            advice = f"lets nobody log in by PLAIN or LOGIN, but by {', '.join(offered)}: it needs another server."
            if not offered:
                advice = "lets nobody log in: leave user and password empty, or choose another port."
            raise Trouble(RefusedForGood(f"{self.account.where} {advice}", scope="channel"))
        self._expect("AUTH", reply, 235)

    def _expect(self, step: Step, reply: tuple[int, bytes], *wanted: int) -> None:
        """Go on where the server agrees. Raises Trouble."""
        code, text = reply
        if code not in wanted:
            raise Trouble(_answered(step, self.account.where, code, text))


@contextmanager
def connected(account: Account, seconds: float) -> Iterator[Conversation]:
    """Give a conversation that is ready for mail; each step may take so many seconds. Raises Trouble.

    A connection that is lost inside is Trouble of a message that was certainly not sent: `hand_in` sees to the rest.
    """
    talk: Conversation | None = None
    try:
        talk = Conversation(_greeted(account, seconds), account)
        talk.introduce()
        yield talk
    except ssl.SSLCertVerificationError as error:
        raise Trouble(RefusedForGood(words_of(error, account.host), scope="channel")) from None
    except ssl.SSLError as error:
        raise Trouble(_without_tls(error, account.where)) from None
    except smtplib.SMTPResponseException as error:
        raise Trouble(_answered("greeting", account.where, error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Trouble(_lost(error, account.where, is_connected=talk is not None)) from None
    finally:
        if talk:
            talk.leave()


def _greeted(account: Account, seconds: float) -> smtplib.SMTP:
    """Connect and wait for the greeting."""
    if account.encryption == "tls":
        return smtplib.SMTP_SSL(
            account.host, account.port, account.own_name, timeout=seconds, context=ssl.create_default_context()
        )
    return smtplib.SMTP(account.host, account.port, account.own_name, timeout=seconds)


def _answered(step: Step, where: str, code: int, text: bytes | str) -> NotSent | RefusedForGood:
    """Say what an answer means that is not the wanted one, where the message was certainly not accepted."""
    said = f"{code} {_words(text)}".strip() if code > 0 else "what is no reply"
    if 500 <= code < 600:
        return RefusedForGood(f"{where} {ADVICE[step]}. It says: {said}", scope=REFUSED.get(step, "channel"))
    scope = "channel" if code == 421 else WAITING.get(step, "channel")
    return NotSent(f"{where} asks to try again later. It says: {said}", scope=scope)


def _without_tls(error: ssl.SSLError, where: str) -> NotSent | RefusedForGood:
    if error.reason == NO_TLS:
        advice = "does not speak TLS from the start: choose STARTTLS, usually at port 587."
        return RefusedForGood(f"{where} {advice}", scope="channel")
    return NotSent(f"No encrypted connection to {where} came about.", scope="channel")


def _lost(error: Exception, where: str, *, is_connected: bool) -> NotSent:
    if is_connected:
        return NotSent(f"The connection to {where} was lost before the message was handed in.")
    if isinstance(error, TimeoutError | smtplib.SMTPServerDisconnected):
        advice = "did not greet us in time: check the port, and whether TLS starts at once there."
        return NotSent(f"{where} {advice}", scope="channel")
    return NotSent(f"{where} could not be reached: check the host and the port.", scope="channel")


def _words(text: bytes | str) -> str:
    """Return what a server said as one short line."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())[:300]


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
