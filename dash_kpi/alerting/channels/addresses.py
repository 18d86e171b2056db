"""Which addresses a webhook may be sent to: none inside the network, unless the settings name the host.

A host is looked up once, every address it has is checked, and the request goes to one of the very addresses that were
checked, so that a name that answers differently the next time gains nothing.
"""

import re
import socket
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from dash_kpi.errors import DashKpiError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Iterable[str]]

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2000
URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")  # RFC 3986, 2: parsers differ on all others
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
NUMBER = re.compile(r"\d+|0x[0-9a-f]*")  # a last label that makes systems read the host as an IPv4 address
GLOBAL_V6 = ip_network("2000::/3")  # all that is given out; the rest embeds IPv4 addresses or is reserved
TUNNELS = (ip_network("2002::/16"), ip_network("2001::/32"))  # 6to4 and Teredo lead to an IPv4 address


class Forbidden(DashKpiError):
    """An address that nothing may be sent to; the message says why and what to do."""


class Unresolved(DashKpiError):
    """A host whose addresses cannot be found now."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: an URL taken apart, its host in plain small letters."""

    scheme: str
    host: str
    port: int
    path: str  # with its query

    @property
    def authority(self) -> str:
        """The host and, where it is not the usual one, the port, as the header Host has it."""
        return _bracketed(self.host) + ("" if self.port == PORTS[self.scheme] else f":{self.port}")

    def url_at(self, address: Address) -> str:
        """Return the URL with an address in place of the host."""
        return f"{self.scheme}://{_bracketed(str(address))}:{self.port}{self.path}"


def target_of(url: str, private_hosts: Collection[str]) -> Target:
    """Take an URL apart and check what can be checked without looking its host up. Raises Forbidden."""
    text = url.strip()
    ascii_text = _with_ascii_host(text)
    if len(text) > LONGEST_URL or not URL_CHARACTERS.fullmatch(ascii_text):
        raise Forbidden("The address has characters that none may have, or is too long: copy it once more.")
    try:
        parts = urlsplit(ascii_text)
        port = parts.port
    except ValueError:
        raise Forbidden("The address cannot be read: it should look like https://example.com/hook.") from None
    scheme, host = parts.scheme, (parts.hostname or "").rstrip(".")
    if scheme not in PORTS or not host:
        raise Forbidden("The address must begin with https://, followed by a host.")
    if "@" in parts.netloc:
        raise Forbidden("The address must not hold a user or a password: the receiver checks the signature.")
    if port == 0:
        raise Forbidden("The address names port 0, which does not exist.")
    _check_host(host)
    if scheme == "http" and not is_listed(host, private_hosts):
        raise Forbidden("The address must begin with https://, or everybody on the way could read the message.")
    query = f"?{parts.query}" if parts.query else ""
    return Target(scheme, host, port or PORTS[scheme], (parts.path or "/") + query)


def looked_up(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host, in the order in which they should be tried. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(where[0]).partition("%")[0] for *_, where in found))


def addresses_of(target: Target, private_hosts: Collection[str], resolve: Resolve = looked_up) -> tuple[Address, ...]:
    """Return the addresses that a request may go to.

    Raises Forbidden where one of them is not public and the host is not listed, Unresolved where there is none.
    """
    try:
        found = tuple(ip_address(one) for one in resolve(target.host, target.port))
    except (OSError, UnicodeError):  # UnicodeError: a label that is too long
        found = ()
    if not found:
        raise Unresolved(f"The host {target.host} is not known to the network: no address was found for it.")
    inside = [one for one in found if not is_public(one)]
    if inside and not is_listed(target.host, private_hosts):
        raise Forbidden(
            f"{target.host} is {inside[0]}, an address that is not public. If messages are meant to go there, whoever "
            "runs the dashboard has to name the host in the setting webhook_private_hosts."
        )
    return found


def is_public(address: Address) -> bool:
    """Return whether everybody on the internet means the same machine by an address."""
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return True
    return address in GLOBAL_V6 and not any(address in tunnel for tunnel in TUNNELS)


def is_listed(host: str, private_hosts: Collection[str]) -> bool:
    """Return whether the settings allow a host although it is private."""
    return host.lower() in {one.lower().rstrip(".").strip("[]") for one in private_hosts}


def _check_host(host: str) -> None:
    """Let names pass, and addresses in their usual notation."""
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        raise Forbidden(f"{host} is an unusual way to write an address: four numbers from 0 to 255 are meant.")
    if not NAME.fullmatch(host) or len(host) > 253:
        raise Forbidden(f"{host} is no name of a host.")


def _with_ascii_host(url: str) -> str:
    """Return an URL with the letters of its host as they travel: bücher.example is xn--bcher-kva.example."""
    if url.isascii():
        return url
    before, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    try:
        return f"{before}{slashes}{authority.encode('idna').decode()}{slash}{path}"
    except UnicodeError:
        return url


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
