"""The question that every open page asks once a second, beside an empty route of Flask."""

import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import empty
from benchmarks.connection import Connection, etag_of, get
from benchmarks.instances import served, settings_of, store, temporary
from benchmarks.processes import free_port, serving
from benchmarks.repetition import medians
from benchmarks.sales import sales
from benchmarks.table import Comparison, say
from dash_kpi.app import create_app
from dash_kpi.storage.database import Database
from dash_kpi.web.context import EXTENSION
from dash_kpi.web.paths import FLAG

MOST_RATIO = 1.5
AT_ONCE = 100


def rows(is_quick: bool) -> list[Comparison]:
    """Measure one question inside the process and over HTTP."""
    times = 10 if is_quick else 60
    with temporary() as folder:
        say("polling in the process")
        inside = _in_process(folder, times)
        say("polling over HTTP")
        outside = _over_http(folder, times)
    return [
        Comparison(
            f"poll, {status}, {where}", "µs", found[status], "empty Flask route", found["empty"], most_ratio=MOST_RATIO
        )
        for where, found in (("in the process", inside), ("over HTTP", outside))
        for status in ("200", "304")
    ]


def _microseconds(acts: Mapping[str, Callable[[], object]], times: int) -> dict[str, float]:
    def many(act: Callable[[], object]) -> Callable[[], object]:
        return lambda: [act() for _ in range(AT_ONCE)]

    found = medians({name: many(act) for name, act in acts.items()}, times, discarded=2)
    return {name: seconds / AT_ONCE * 1e6 for name, seconds in found.items()}


def _in_process(folder: Path, times: int) -> dict[str, float]:
    app = create_app(settings_of(folder))
    database: Database = app.server.extensions[EXTENSION]
    database.upgrade()
    store(database, sales(1000))
    ask, nothing = _application(app.server, FLAG), _application(empty.server, "/")
    etag = ask({})[1]
    found = _microseconds(
        {"empty": lambda: nothing({}), "200": lambda: ask({}), "304": lambda: ask({"If-None-Match": etag})}, times
    )
    assert ask({"If-None-Match": etag})[0] == 304
    database.close()
    return found


def _application(server: Flask, path: str) -> Callable[[dict[str, str]], tuple[int, str]]:
    """Return a function that calls a WSGI application with headers, and returns status and ETag."""
    plain = EnvironBuilder(path=path).get_environ()

    def call(headers: dict[str, str]) -> tuple[int, str]:
        environ = plain | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        body, status, answered = run_wsgi_app(server, environ)
        b"".join(body)
        return int(status.split()[0]), answered.get("ETag", "")

    return call


def _over_http(folder: Path, times: int) -> dict[str, float]:
    port = free_port()
    options = ["--worker-class", "gthread", "--threads", "8", "--keep-alive", "30", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", *options, "--bind", f"127.0.0.1:{port}", "benchmarks.empty:server"]
    root = str(Path(__file__).parent.parent)
    other = folder / "empty"
    other.mkdir()
    with (
        served(folder, web_workers=1) as ours,
        serving(command, f"http://127.0.0.1:{port}", other, PYTHONPATH=root) as bare,
        closing(Connection(ours.url)) as asking,
        closing(Connection(bare.url)) as nothing,
    ):
        plain, known = get(FLAG), get(FLAG, etag_of(asking.ask(get(FLAG))))
        empty_request = get("/")
        assert b" 304 " in asking.ask(known)[:20]
        acts = {
            "empty": lambda: nothing.ask(empty_request),
            "200": lambda: asking.ask(plain),
            "304": lambda: asking.ask(known),
        }
        return _microseconds(acts, times)
