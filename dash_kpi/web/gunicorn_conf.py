"""How gunicorn runs the web server: the one place for it.

`dash-kpi serve` names this module; `gunicorn.conf.py` in a checkout passes it on to a plain `gunicorn`.
"""

import gc
import os
import sys
from typing import Any

from dash_kpi.settings import load_settings
from dash_kpi.web.context import EXTENSION

_settings = load_settings()
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

wsgi_app = "dash_kpi.app:server_from_environment()"
bind = f"{_host}:{_settings.port}"
worker_class = "gthread"  # keeps the connections of polling pages alive
workers = _settings.web_workers
threads = _settings.web_threads
preload_app = True  # workers share the memory of what was imported
keepalive = 30
timeout = 60
graceful_timeout = 10
control_socket_disable = True
accesslog = None
loglevel = "warning"


def worker_exit(_server: Any, worker: Any) -> None:
    """Give back what the process holds of the database, and end there.

    The interpreter has nothing left to clean up, and DuckDB's bindings fill the log when it tries.
    """
    if worker.booted:
        worker.wsgi.extensions[EXTENSION].close()
        os._exit(0)


def on_exit(_server: Any) -> None:
    """End the parent likewise, with the status of what ended it."""
    os._exit(getattr(sys.exc_info()[1], "exit_status", 0))


def pre_fork(_server: Any, _worker: Any) -> None:
    """Keep the collector off what was loaded before the fork: looking at an object copies its page."""
    gc.collect()
    gc.freeze()
