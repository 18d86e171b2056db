"""Requests to an address that was checked before, while the certificate is verified for the name."""

import ssl
from typing import Any

from requests import Session, exceptions
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from dash_kpi.alerting.channels.addresses import Target
from dash_kpi.alerting.channels.certificates import NO_TLS, words_of


class _Pinned(HTTPAdapter):
    """Connects to the host of the URL, an address, and wants a certificate for a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(max_retries=0)

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named, ssl_context=ssl.create_default_context(), server_hostname=self.name)


def session_for(target: Target) -> Session:
    """Return a session whose TLS is for the host of a target, whatever address its URLs have."""
    session = Session()
    session.trust_env = False  # a proxy would look the name up by itself, and .netrc would send passwords
    if target.scheme == "https":
        session.mount("https://", _Pinned(target.host))
    return session


def is_unconnected(error: exceptions.ConnectionError) -> bool:
    """Return whether a request failed before a connection stood, so that nothing can have been sent."""
    inner = error.args[0] if error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    tls = _ssl_error(error)
    return isinstance(reason, NewConnectionError) or (tls is not None and tls.reason == NO_TLS)


def certificate_problem(error: exceptions.ConnectionError, host: str) -> str | None:
    """Return what is wrong with a certificate, in words, or None where that is not the matter."""
    inner = _ssl_error(error)
    return words_of(inner, host) if isinstance(inner, ssl.SSLCertVerificationError) else None


def _ssl_error(error: BaseException) -> ssl.SSLError | None:
    """Find the error of TLS that a request failed with while it connected."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, ssl.SSLError):
            return one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return None
