"""Static files: compressed once, answered from memory, kept by browsers for as long as their URL allows.

gzip, not brotli: browsers do not offer brotli over plain http, which is what an intranet speaks.
"""

import gzip
import hashlib
import logging
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import dash
from dash import _dash_renderer
from dash.fingerprint import check_fingerprint
from flask import Flask, Response, request, send_from_directory

from dash_kpi.web.paths import is_static

PLOTLY_URL = "/_dash-component-suites/plotly/package_data/plotly.min.js"
BUNDLE_URL = "/_dash-component-suites/dependencies.js"  # what Dash's renderer needs, one request instead of four
DASH = Path(dash.__file__).parent
BUNDLED: list[str] = _dash_renderer._js_dist_dependencies[0]["relative_package_path"]["prod"]
SCRIPTS_URL = "/assets/scripts/all.js"
STYLES_URL = "/assets/styles/all.css"
NOT_BUNDLED = frozenset({"theme.js"})  # stands inline in the page
PLOTLY_FILE = "plotly-cartesian.min.js"
YEAR_SECONDS = 31_536_000
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Compressed:
    """A file as it goes over the wire."""

    body: bytes
    etag: str
    mimetype: str


def own_scripts(assets: Path) -> bytes:
    """Return the scripts of ours that every page loads, as one: a request for each would cost more than all of them."""
    names = sorted(path.name for path in assets.glob("*.js") if path.name not in NOT_BUNDLED)
    return b"\n".join((assets / name).read_bytes() for name in names)


def own_styles(assets: Path) -> bytes:
    """Return the style sheets of ours as one, what every page has first."""
    names = sorted((path.name for path in assets.glob("*.css")), key=lambda name: (name != "app.css", name))
    return b"\n".join((assets / name).read_bytes() for name in names)


def serve_static(server: Flask, assets: Path, cache: Path) -> None:
    """Answer static files from memory once they were asked for, and Plotly with its smaller bundle."""
    vendor = assets / "vendor"
    files: dict[str, Compressed] = {}

    @server.get(PLOTLY_URL)
    def plotly() -> Response:
        return send_from_directory(vendor, PLOTLY_FILE)

    @server.get(BUNDLE_URL)
    def bundle() -> Response:
        scripts = [(DASH / name).read_bytes() for name in BUNDLED]
        return Response(b";\n".join(scripts), mimetype="text/javascript")

    @server.get(SCRIPTS_URL)
    def scripts() -> Response:
        return Response(own_scripts(assets), mimetype="text/javascript")

    @server.get(STYLES_URL)
    def styles() -> Response:
        return Response(own_styles(assets), mimetype="text/css")

    @server.before_request
    def answer_from_memory() -> Response | None:
        if not is_static(request.path) or not _accepts_gzip():
            return None
        known = files.get(_file_of(request.path))
        return _response(known) if known else None

    @server.after_request
    def remember(response: Response) -> Response:
        if not is_static(request.path) or response.status_code != 200 or response.content_encoding:
            return response
        if response.mimetype and response.mimetype.startswith(COMPRESSED):
            response.direct_passthrough = False
            known = compress(response.get_data(), response.mimetype, cache)
            response.close()
            files[_file_of(request.path)] = known
            if _accepts_gzip():
                return _response(known)
        return _kept(response)


def compress(data: bytes, mimetype: str, cache: Path) -> Compressed:
    """Compress a file as far as gzip can; the folder `cache` spares the next process the work."""
    digest = hashlib.sha256(data).hexdigest()[:32]
    path = cache / f"{digest}.gz"
    try:
        return Compressed(path.read_bytes(), digest, mimetype)
    except OSError:
        body = gzip.compress(data, 9, mtime=0)
    try:
        _write(path, body)
    except OSError as error:  # a full or read-only disk costs time, nothing else
        log.warning("not_cached path=%s reason=%s", path, error)
    return Compressed(body, digest, mimetype)


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
    Path(temporary).replace(path)


def _response(file: Compressed) -> Response:
    response = Response(file.body, mimetype=file.mimetype)
    response.content_encoding = "gzip"
    response.set_etag(file.etag)
    return _kept(response)


def _kept(response: Response) -> Response:
    """Let browsers keep what has a fingerprint in its URL; they ask about the rest."""
    response.vary.add("Accept-Encoding")
    is_fingerprinted = _file_of(request.path) != request.path or "m" in request.args or "v" in request.args
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if is_fingerprinted else "no-cache"
    response.make_conditional(request)
    return response


def _file_of(path: str) -> str:
    """Return the path without Dash's fingerprint: any fingerprint leads to the same file."""
    return str(check_fingerprint(path)[0])  # type: ignore[no-untyped-call]


def _accepts_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0
