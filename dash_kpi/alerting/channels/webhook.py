"""Webhooks after Standard Webhooks 1.0.0: a signed POST of JSON that the receiver keeps once by its `webhook-id`.

Source: standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`. Since the receiver is told to drop what it has
had, a try whose outcome is unknown is simply repeated with the same id and the same bytes.
"""

import base64
import hmac
import secrets
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from dash_kpi.alerting.channels.addresses import Forbidden, Unresolved, addresses_of, target_of
from dash_kpi.alerting.channels.transport import (
    Absent,
    ChannelProblem,
    Config,
    Evidence,
    Field,
    NotSent,
    OnUnknown,
    Outcome,
    Outgoing,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.channels.webhook_body import body_of
from dash_kpi.settings import Settings

if TYPE_CHECKING:
    from requests import Response

LABEL = "Webhook"
FIELDS: tuple[Field, ...] = (
    Field("url", "Address", "Where messages are posted: https://…", input="url"),
    Field(
        "secret",
        "Signing secret",
        "Begins with whsec_; the receiver checks the signature with it. Leave it empty for a new one.",
        is_secret=True,
        is_needed=False,
        input="password",
    ),
    Field(
        "old_secret",
        "Former signing secret",
        "While the receiver changes over: messages carry the signatures of both.",
        is_secret=True,
        is_needed=False,
        input="password",
    ),
)
ON_UNKNOWN: OnUnknown = "resend"
PACE = 0.0
PREFIX = "whsec_"
KEY_BYTES = (24, 64)
LONGEST_WAIT = 24 * 3600.0  # what a receiver may ask us to wait, at most
WAITS = {408, 425, 429}  # it says by itself that it did not handle the message
MAY_NAME_A_TIME = {429, 502, 503, 504}
OF_THE_CHANNEL = {401, 403, 404, 405, 410, 501}  # nothing else would be taken either


def new_secret() -> str:
    """Return a fresh signing secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def completed(values: Mapping[str, str]) -> dict[str, str]:
    """Return what a person told, with a signing secret where they left it empty; it has to be shown to them once."""
    return {**values, "secret": values.get("secret", "").strip() or new_secret()}


def check(values: Mapping[str, str], settings: Settings) -> None:
    """Check what a person told, without any request. Raises ChannelProblem with the field."""
    try:
        target_of(values.get("url", ""), settings.webhook_private_hosts)
    except Forbidden as problem:
        raise ChannelProblem(str(problem), "url") from None
    for name in ("secret", "old_secret"):
        if values.get(name, "").strip():
            _key(values[name], name)


def destinations(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return where each message goes: the host, since the rest of the address may be a secret."""
    return (_host(values),)


def test(config: Config) -> str:
    """Ask whether the receiver can be reached, without posting anything. Raises ChannelProblem."""
    check(config.values, config.settings)
    _keys(config.values)
    answer = _request(config, "HEAD", b"", {})
    if not isinstance(answer, tuple):
        raise ChannelProblem(answer.reason, "url")
    status = answer[0]
    if 300 <= status < 400 or status in {404, 410}:
        raise ChannelProblem(f"There is nothing at this address (status {status}): check it.", "url")
    if status >= 500 and status != 501:
        raise ChannelProblem(f"The receiver can be reached but fails (status {status}).", "url")
    return f"Reached {_host(config.values)}; nothing was posted. Send a test to see whether it takes messages."


def send(config: Config, outgoing: Outgoing) -> Outcome:
    """Try once."""
    try:
        keys = _keys(config.values)
    except ChannelProblem as problem:
        return RefusedForGood(str(problem), scope="channel")
    body = body_of(outgoing)
    answer = _request(config, "POST", body, headers_of(outgoing.uid, int(time.time()), body, keys))
    if not isinstance(answer, tuple):
        return answer
    return _outcome(*answer, outgoing.uid)


def reconcile(config: Config, outgoing: Outgoing) -> Evidence:
    """Let an earlier try count as not accepted: where it was, the receiver drops the next one by its `webhook-id`.

    So it is tried as long as after a failure, and no message is marked as a possible repeat.
    """
    return Absent()


def close(config: Config, outgoing: Outgoing) -> None:
    """Do nothing: the receiver relates messages by `in_reply_to`."""


def headers_of(uid: str, seconds: int, body: bytes, keys: tuple[bytes, ...]) -> dict[str, str]:
    """Return the headers of one attempt: its time is new, its id is not; a signature for each key."""
    signed = f"{uid}.{seconds}.".encode() + body
    marks = [base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Dash-KPI",
        "webhook-id": uid,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def _keys(values: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the keys to sign with, the newest first. Raises ChannelProblem."""
    if not values.get("secret", "").strip():
        raise ChannelProblem("The signing secret is missing: make a new one and give it to the receiver.", "secret")
    return tuple(_key(values[name], name) for name in ("secret", "old_secret") if values.get(name, "").strip())


def _key(secret: str, name: str) -> bytes:
    text = secret.strip()
    coded = text.removeprefix(PREFIX)
    try:
        key = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    except ValueError:
        key = b""
    least, most = KEY_BYTES
    if not text.startswith(PREFIX) or not least <= len(key) <= most:
        raise ChannelProblem(
            f"A signing secret is {PREFIX} and then {least} to {most} bytes in base64: copy it once more, or leave the "
            "field empty for a new one.",
            name,
        )
    return key


def _host(values: Mapping[str, str]) -> str:
    return values.get("url", "").strip().partition("://")[2].partition("/")[0].rpartition("@")[2][:320]


def _request(
    config: Config, method: str, body: bytes, headers: dict[str, str]
) -> tuple[int, Mapping[str, str]] | NotSent | RefusedForGood | Unknown:
    """Ask the receiver at each of its addresses until one can be reached; return the status and the headers."""
    from requests import exceptions

    from dash_kpi.alerting.channels.pinned import certificate_problem, is_unconnected, session_for

    listed = config.settings.webhook_private_hosts
    try:
        target = target_of(config.values.get("url", ""), listed)
        found = addresses_of(target, listed)
    except Forbidden as problem:
        return RefusedForGood(str(problem), scope="channel")
    except Unresolved as problem:
        return NotSent(str(problem), scope="channel")
    problem_of: NotSent = NotSent(f"{target.host} could not be reached.", scope="channel")
    with session_for(target) as session:
        for address in found[:3]:
            try:
                with session.request(
                    method,
                    target.url_at(address),
                    data=body,
                    headers={**headers, "Host": target.authority},
                    timeout=config.settings.channel_seconds,
                    allow_redirects=False,
                    stream=True,  # the body of the answer means nothing
                ) as response:
                    return _answer(response)
            except exceptions.ConnectTimeout:
                problem_of = NotSent(f"{target.host} did not answer in time.", scope="channel")
            except exceptions.ConnectionError as error:
                if words := certificate_problem(error, target.host):
                    return RefusedForGood(words, scope="channel")
                if not is_unconnected(error):
                    return Unknown(f"The connection to {target.host} was lost before its answer came.")
                problem_of = NotSent(f"{target.host} could not be reached.", scope="channel")
            except exceptions.RequestException:
                return Unknown(f"{target.host} gave no answer that can be read, or none in time.")
    return problem_of


def _answer(response: "Response") -> tuple[int, Mapping[str, str]]:
    return response.status_code, response.headers


def _outcome(status: int, headers: Mapping[str, str], uid: str) -> Outcome:
    """Say what an answer means for the message."""
    if 200 <= status < 300:
        return Sent({"webhook_id": uid})
    wait = _retry_after(headers.get("Retry-After", ""))
    if status in WAITS or (status in MAY_NAME_A_TIME and wait is not None):
        # Whether a proxy that names a time has passed the message on does not matter: its id makes it no repeat.
        return NotSent(f"The receiver asks to wait (status {status}).", wait, scope="channel")
    if 300 <= status < 400:
        return RefusedForGood(
            f"The receiver sends us on to another address (status {status}): enter that address, if it is right.",
            scope="channel",
        )
    if status == 410:
        return RefusedForGood("The receiver wants no more messages (status 410).", scope="channel")
    if status in OF_THE_CHANNEL:
        return RefusedForGood(
            f"The receiver refuses messages (status {status}): check the address and the signing secret.",
            scope="channel",
        )
    if 400 <= status < 500:
        return RefusedForGood(f"The receiver refuses this message (status {status}).")
    return Unknown(f"The receiver failed (status {status}) and may have kept the message or not.")


def _retry_after(text: str) -> float | None:
    """Read how long to wait: seconds or a date."""
    try:
        seconds = float(text) if text.strip().isdigit() else parsedate_to_datetime(text).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
