"""What a person gives of a channel: checked by the fields of its kind, secrets apart from the rest. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from dash_kpi.alerting.channels.transport import ChannelProblem, Field, OnUnknown, Transport
from dash_kpi.errors import NotFound, Refused
from dash_kpi.settings import Settings

POLICIES: tuple[OnUnknown, ...] = get_args(OnUnknown)
MOST_NAME, MOST_VALUE, MOST_TEXT = 100, 4_000, 20_000
SERVERS = ("host",)  # whoever changes these would have a kept password sent somewhere else


class ChannelRefused(Refused):
    """What was given of a channel cannot be; `field` says which part of it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Given:
    """A channel as somebody wants it; `values` may be shown, `secrets` may not."""

    name: str
    kind: str
    on_unknown: OnUnknown
    values: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    made: str = field(default="", repr=False)  # a secret that was made, not given: to be shown once

    @property
    def all(self) -> dict[str, str]:
        """Everything that the channel needs, secrets included."""
        return {**self.values, **self.secrets}


def kind_of(given: Mapping[str, Any], transports: Mapping[str, Transport]) -> str:
    """Return the kind of channel that is wanted. Raises NotFound."""
    kind = str(given.get("kind") or "")
    if kind not in transports:
        raise NotFound("kind of channel", kind, transports)
    return kind


def checked(
    given: Mapping[str, Any],
    kind: str,
    transport: Transport,
    settings: Settings,
    values: Mapping[str, str],
    secrets: Mapping[str, str],
) -> Given:
    """Check a channel; what is not given stays as `values` and `secrets` have it. Raises ChannelRefused.

    `given` has name, values, on_unknown, and `forget`: names of secrets that are kept no longer.
    """
    name = _name(given)
    policy = given.get("on_unknown") or transport.ON_UNKNOWN
    if policy not in POLICIES:
        raise ChannelRefused("on_unknown", f"'{str(policy)[:40]}' is none of {', '.join(POLICIES)}.")
    fields = {one.name: one for one in transport.FIELDS}
    wanted = {**values, **secrets, **_texts(given.get("values") or {}, fields)}
    forget = given.get("forget") or ()
    for forgotten in forget if isinstance(forget, list | tuple) else (forget,):
        wanted.pop(str(forgotten), None)
    for one in transport.FIELDS:
        _check(one, wanted)
    _check_server(wanted, values, secrets, given.get("values") or {}, fields)
    made = _completed(transport, wanted)
    try:
        transport.check(wanted, settings)
    except ChannelProblem as problem:
        raise ChannelRefused(problem.field, str(problem)) from None
    told = {one: text for one, text in wanted.items() if text and one in fields}
    return Given(
        name,
        kind,
        policy,
        {one: text for one, text in told.items() if not fields[one].is_secret},
        {one: text for one, text in told.items() if fields[one].is_secret},
        made,
    )


def _name(given: Mapping[str, Any]) -> str:
    name = " ".join(str(given.get("name") or "").split())
    if not name:
        raise ChannelRefused("name", "The channel needs a name, such as 'Sales team'.")
    if len(name) > MOST_NAME:
        raise ChannelRefused("name", f"The name has {len(name):,} characters; {MOST_NAME} are the most.")
    return name


def _texts(given: Any, fields: Mapping[str, Field]) -> dict[str, str]:
    """Return what was given by field: an empty secret means that the kept one stays."""
    if not isinstance(given, Mapping):
        raise ChannelRefused("", "The values of a channel are an object of texts.")
    texts = {}
    for name, value in given.items():
        if name not in fields:
            raise ChannelRefused("", str(NotFound("field", str(name)[:80], fields)))
        text = str("" if value is None else value).replace("\r\n", "\n").strip()
        if text or not fields[name].is_secret:
            texts[name] = text
    return texts


def _check(one: Field, wanted: dict[str, str]) -> None:
    text = wanted.get(one.name) or one.usual
    wanted[one.name] = text
    most = MOST_TEXT if one.input == "textarea" else MOST_VALUE
    if len(text) > most:
        raise ChannelRefused(one.name, f"{one.label}: {len(text):,} characters; {most:,} are the most.")
    if one.input != "textarea" and any(ord(sign) < 32 for sign in text):
        raise ChannelRefused(one.name, f"{one.label}: one line, please.")
    if one.is_needed and not text:
        raise ChannelRefused(one.name, f"{one.label} is missing.")
    if one.options and text and text not in {value for value, _ in one.options}:
        known = ", ".join(value for value, _ in one.options)
        raise ChannelRefused(one.name, f"{one.label}: '{text[:40]}' is none of {known}.")
    if one.input == "number" and text and not (text.isascii() and text.isdecimal()):
        raise ChannelRefused(one.name, f"{one.label}: '{text[:40]}' is no whole number.")


def _check_server(
    wanted: Mapping[str, str],
    values: Mapping[str, str],
    secrets: Mapping[str, str],
    given: Mapping[str, Any],
    fields: Mapping[str, Field],
) -> None:
    """Refuse to send a kept secret to another server than the one it was entered for."""
    if not any(name in values and wanted.get(name) != values[name] for name in SERVERS):
        return
    for name in secrets:
        if name in fields and wanted.get(name) and not given.get(name):
            label = fields[name].label
            raise ChannelRefused(name, f"The server is another one: enter the {label.lower()} again.")


def _completed(transport: Transport, wanted: dict[str, str]) -> str:
    """Let a kind of channel make what a person left out, and return the secret that it made."""
    complete = getattr(transport, "completed", None)
    if complete is None:
        return ""
    full = complete(wanted)
    secrets = [one.name for one in transport.FIELDS if one.is_secret]
    made = next((full[name] for name in secrets if full.get(name) and not wanted.get(name)), "")
    wanted.update(full)
    return str(made)
