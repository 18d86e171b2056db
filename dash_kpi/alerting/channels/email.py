"""E-mail by SMTP: one recipient a transaction, and the same Message-ID for every try of a delivery."""

import re
from collections.abc import Mapping
from email.headerregistry import Address
from email.utils import parseaddr
from typing import cast, get_args

from dash_kpi.alerting.channels.email_mime import mail_of, message_id
from dash_kpi.alerting.channels.smtp import FINAL_SECONDS, Account, Encryption, Trouble, connected
from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    Config,
    Evidence,
    Field,
    NoEvidence,
    OnUnknown,
    Outcome,
    Outgoing,
    RefusedForGood,
    Sent,
)
from dash_kpi.settings import Settings

LABEL = "E-mail"
FIELDS: tuple[Field, ...] = (
    Field("host", "Mail server", "The name of the server that takes outgoing mail: smtp.example.com"),
    Field("port", "Port", "587 for STARTTLS, 465 for TLS, 25 without", usual="587", input="number"),
    Field(
        "encryption",
        "Encryption",
        usual="starttls",
        options=(("starttls", "STARTTLS"), ("tls", "TLS from the start"), ("none", "None")),
    ),
    Field("user", "User", "Empty where the server wants nobody to log in", is_needed=False),
    Field("password", "Password", "Or an app password", is_secret=True, is_needed=False, input="password"),
    Field("sender", "Sender", "The address that messages come from: Dash KPI <kpi@example.com>"),
    Field("recipients", "Recipients", "One address a line; each gets a message of its own", input="textarea"),
)
ON_UNKNOWN: OnUnknown = "resend"
PACE = 0.0
LONGEST_ADDRESS = 254
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){0,31}\.?|[0-9A-Fa-f:]{2,39}")  # a name, or IPv6


def check(values: Mapping[str, str], settings: Settings) -> None:
    """Check what a person told, without any request. Raises ChannelProblem with the field."""
    if not HOST.fullmatch(_host(values)):
        raise ChannelProblem(f"'{_host(values)}' is no name of a mail server such as smtp.example.com.", "host")
    _port(values)
    encryption = _encryption(values)
    user, password = values.get("user", "").strip(), values.get("password", "")
    if password and not user:
        raise ChannelProblem("There is a password and no user: enter the user too.", "user")
    if user and encryption == "none":
        raise ChannelProblem("Without encryption everybody on the way could read the password.", "encryption")
    if "\0" in user + password:
        raise ChannelProblem("The user or the password has a character that none may have.", "password")
    sender_of(values)
    if not (recipients := destinations(values)):
        raise ChannelProblem("There is no recipient: enter at least one address.", "recipients")
    for address in recipients:
        if not _is_address(address):
            raise ChannelProblem(f"'{address}' is no address such as ann@example.com.", "recipients")


def destinations(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses, each once."""
    found: dict[str, str] = {}
    for line in values.get("recipients", "").splitlines():
        found.setdefault(line.strip().lower(), line.strip())
    return tuple(filter(None, found.values()))


def test(config: Config) -> str:
    """Connect, log in and leave, without a message. Raises ChannelProblem."""
    check(config.values, config.settings)
    account = _account(config.values)
    try:
        with connected(account, config.settings.channel_seconds) as conversation:
            conversation.ask()
    except Trouble as trouble:
        raise ChannelProblem(trouble.outcome.reason, _field_of(trouble.outcome.reason)) from None
    who = f" as {account.user}" if account.user else ""
    return f"Connected to {account.where}{who}; no message was sent."


def send(config: Config, outgoing: Outgoing) -> Outcome:
    """Try once."""
    if not _is_address(outgoing.destination):
        return RefusedForGood(f"'{outgoing.destination}' is no address.", scope="destination")
    try:
        check({**config.values, "recipients": outgoing.destination}, config.settings)
        sender = sender_of(config.values)
    except ChannelProblem as problem:
        return RefusedForGood(str(problem), scope="channel")
    content = mail_of(outgoing, sender)
    said: str | None = None
    try:
        with connected(_account(config.values), config.settings.channel_seconds) as conversation:
            final_seconds = float(config.values.get("final_seconds") or FINAL_SECONDS)
            said = conversation.hand_in(sender.addr_spec, outgoing.destination, content, final_seconds)
    except Trouble as trouble:
        return trouble.outcome
    return Sent({"message_id": message_id(outgoing.uid, sender.domain), "said": said})


def reconcile(config: Config, outgoing: Outgoing) -> Evidence:
    """Look whether an earlier try was accepted: no mail server tells."""
    return NoEvidence("a mail server cannot be asked whether it took a message")


def close(config: Config, outgoing: Outgoing) -> None:
    """Do nothing: a mail that was sent stays as it is."""


def sender_of(values: Mapping[str, str]) -> Address:
    """Return the address that messages come from. Raises ChannelProblem."""
    given = values.get("sender", "").strip()
    name, address = parseaddr(given)
    if not _is_address(address) or not given.isprintable() or "=?" in given:
        raise ChannelProblem(f"'{given}' is no sender such as Dash KPI <kpi@example.com>.", "sender")
    return Address(name or "Dash KPI", addr_spec=address)


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return (
        len(text) <= LONGEST_ADDRESS
        and bool(ADDRESS.fullmatch(text))
        and ".." not in text
        and local.strip(".") == local
        and all(0 < len(label) <= 63 for label in domain.split("."))
    )


def _account(values: Mapping[str, str]) -> Account:
    user = values.get("user", "").strip()
    password = values.get("password", "")
    own_name = sender_of(values).domain
    return Account(_host(values), _port(values), _encryption(values), user, password, own_name)


def _host(values: Mapping[str, str]) -> str:
    return values.get("host", "").strip().strip("[]")


def _port(values: Mapping[str, str]) -> int:
    given = values.get("port", "").strip() or "587"
    if not (given.isascii() and given.isdigit() and len(given) < 6 and 0 < int(given) < 65536):
        raise ChannelProblem(f"'{given}' is no port: a number from 1 to 65535 is meant.", "port")
    return int(given)


def _encryption(values: Mapping[str, str]) -> Encryption:
    given = values.get("encryption", "").strip() or "starttls"
    if given not in get_args(Encryption):
        raise ChannelProblem(f"'{given}' is no encryption: starttls, tls or none is meant.", "encryption")
    return cast(Encryption, given)


def _field_of(reason: str) -> str:
    return "password" if "password" in reason else "encryption" if "TLS" in reason else "host"
