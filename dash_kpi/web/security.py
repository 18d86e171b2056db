"""What protects the people who look at the dashboard: CSRF token, content security policy, limits.

Every write carries the token of its session in a header. Dash sends it by itself from a cookie that
scripts of this origin can read; a page of another origin can neither read nor set it.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable

from flask import Flask, Request, Response, abort, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from dash_kpi.web.paths import is_plain, is_signed

TOKEN = "csrf"  # noqa: S105  the name in the session
COOKIE = "_csrf_token"
HEADER = "X-CSRFToken"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_BODY = 2**20  # bytes; the upload route has a limit of its own

DOCUMENT_HEADERS = {
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, left alone by requests that do not need one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session; None means that the request has none."""
        return None if is_plain(request.path) else super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Bind the cookie to https where the request came over https."""
        return request.is_secure


def protect(server: Flask, script_hashes: Callable[[], Iterable[str]]) -> None:
    """Install the session, the token, the headers and the limit; `script_hashes` is asked once, late."""
    server.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY, SESSION_COOKIE_NAME="dash_kpi_session", SESSION_COOKIE_SAMESITE="Lax"
    )
    server.session_interface = Sessions()
    server.before_request(check_token)
    server.after_request(mirror_token)
    policy: list[str] = []

    @server.after_request
    def harden(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype == "text/html":
            if not policy:  # Dash knows its inline scripts only once it has handled a request
                policy.append(content_security_policy(script_hashes()))
            response.headers["Content-Security-Policy"] = policy[0]
            response.headers.update(DOCUMENT_HEADERS)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-cache"
        return response


def check_token() -> None:
    """Refuse a write that carries neither the token of its session nor, where one is checked, a signature."""
    if request.method in SAFE or is_signed(request.path):
        return
    known, given = session.get(TOKEN), request.headers.get(HEADER, "")
    if not known or not hmac.compare_digest(known.encode(), given.encode()):
        abort(403, f"The request does not carry this session's token in the header {HEADER}; reload the page.")


def mirror_token(response: Response) -> Response:
    """Give the browser the token of its session where it does not have it yet."""
    if is_plain(request.path):
        return response
    if TOKEN not in session:
        session[TOKEN] = secrets.token_urlsafe(32)
    if request.cookies.get(COOKIE) != session[TOKEN]:
        response.set_cookie(COOKIE, session[TOKEN], secure=request.is_secure, samesite="Strict")
    return response


def script_hash(script: str) -> str:
    """Return the expression that allows one inline script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def content_security_policy(script_hashes: Iterable[str]) -> str:
    """Allow what comes from here and nothing else; Dash's components need inline styles."""
    directives = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())
