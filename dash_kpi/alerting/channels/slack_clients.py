"""Slack's clients as they have to be here: one request a call, no redirect, nothing logged, no proxy on loopback."""

import logging
from collections.abc import Mapping
from email.message import Message as Headers
from ipaddress import ip_address
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient, WebhookResponse

from dash_kpi.settings import Settings

# slack_sdk logs addresses and messages; a webhook's address is a secret.
SILENT = logging.Logger("slack_sdk", logging.CRITICAL + 1)
LARGEST_REPLY = 16 * 2**20  # bytes; a page of a channel's history has some hundred thousand
LONGEST_WAIT = 86_400.0  # seconds that are believed of a Retry-After


def web_client(token: str, settings: Settings) -> WebClient:
    """Return a client of the Web API that never sends twice (slack_sdk by itself does, after a reset)."""
    return _WebClient(
        token=token,
        base_url=settings.slack_url,
        timeout=settings.channel_seconds,  # type: ignore[arg-type]  # only our own _ask uses it
        retry_handlers=[],
        logger=SILENT,
    )


def hook_client(url: str, seconds: float) -> WebhookClient:
    """Return a client of one incoming webhook that never sends twice."""
    return _WebhookClient(url, timeout=seconds, retry_handlers=[], logger=SILENT)  # type: ignore[arg-type]


def wait_of(headers: Mapping[str, Any]) -> float | None:
    """Return the seconds that Slack asks to wait, None where it does not say."""
    try:
        seconds = float(str(headers.get("retry-after", "")))
    except ValueError:
        return None
    return min(seconds, LONGEST_WAIT) if seconds >= 0 else None  # of NaN too, which is not


class _WebClient(WebClient):
    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        status, headers, body = _ask(req, self.timeout)
        return {"status": status, "headers": headers, "body": body}


class _WebhookClient(WebhookClient):
    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        status, headers, body = _ask(req, self.timeout)
        return WebhookResponse(url=url, status_code=status, body=body, headers=headers)


class _NoRedirect(HTTPRedirectHandler):
    """Follow nothing: urllib would turn the message into a GET, and take the token along to anywhere."""

    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Headers, newurl: str) -> None:
        """Return no request, which makes the redirect the answer."""


def _ask(request: Request, seconds: float) -> tuple[int, dict[str, str], str]:
    """Send a request once; return the status, the headers by small letters, and the body of the reply."""
    proxies = ProxyHandler({}) if _is_loopback(request.full_url) else ProxyHandler()
    try:
        reply = build_opener(proxies, _NoRedirect).open(request, timeout=seconds)
    except HTTPError as error:
        reply = error  # an answer like any other
    with reply:
        body = reply.read(LARGEST_REPLY).decode("utf-8", "replace")
    return reply.status, {name.lower(): value for name, value in reply.headers.items()}, body


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
