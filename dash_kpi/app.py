"""The application: one Flask server and one Dash app in each process.

Dash keeps callbacks and pages in global tables that the first app drains, hence one app per process.
"""

import hashlib
import importlib
import logging
import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import dash
from flask import Flask
from flask_bootstrap import Bootstrap5

from dash_kpi.errors import DashKpiError
from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import Database
from dash_kpi.ui import frame
from dash_kpi.web.alerts import alerting
from dash_kpi.web.annotations import annotations
from dash_kpi.web.api import api
from dash_kpi.web.changes import changes
from dash_kpi.web.channels import channels
from dash_kpi.web.compression import compress_answers
from dash_kpi.web.context import EXTENSION
from dash_kpi.web.definitions import definitions
from dash_kpi.web.drivers import drivers
from dash_kpi.web.exports import exports
from dash_kpi.web.failures import on_callback_error, report_failures
from dash_kpi.web.flag import answer_early, flags
from dash_kpi.web.forecasts import forecasts
from dash_kpi.web.health import health
from dash_kpi.web.security import protect, script_hash
from dash_kpi.web.slack import slack_buttons
from dash_kpi.web.sources import sources
from dash_kpi.web.static import BUNDLE_URL, PLOTLY_URL, SCRIPTS_URL, STYLES_URL, own_scripts, own_styles, serve_static
from dash_kpi.web.thresholds import thresholds
from dash_kpi.web.trends import trends
from dash_kpi.web.uploads import uploads
from dash_kpi.web.whatsapp import whatsapp_reports
from dash_kpi.web.wording import wording

PAGES = (
    "frame",
    "overview",
    "wallboard",
    "trends",
    "drivers",
    "data",
    "source",
    "mapping",
    "rows",
    "revisions",
    "kpis",
    "alerts",
    "alert",
    "channels",
    "messages",
    "digests",
    "thresholds",
    "not_found_404",
)
BOOTSTRAP = f"/bootstrap/static/css/bootstrap.min.css?v={Bootstrap5.bootstrap_version}"
ASSETS = Path(str(files("dash_kpi.assets")))
BUNDLED_SCRIPT = re.compile(r'<script src="/_dash-component-suites/dash/deps/[^"]*"></script>\n?')
UNUSED_SCRIPT = re.compile(r'<script src="[^"]*/dash_table/[^"]*"></script>\n?')


class DashKpi(dash.Dash):
    """Dash with an index page that asks early for what it needs late, and not at all for what it never needs."""

    def interpolate_index(self, *_: Any, **parts: Any) -> str:
        """Return the page that the browser loads first."""
        scripts = UNUSED_SCRIPT.sub("", parts["scripts"])
        bundle = f'<script src="{BUNDLE_URL}?v={dash.__version__}"></script>\n'
        parts["scripts"] = bundle + BUNDLED_SCRIPT.sub("", scripts)
        parts["css"] += f'\n<link rel="preload" as="script" href="{PLOTLY_URL}">'
        return str(super().interpolate_index(**parts))  # type: ignore[no-untyped-call]


def create_app(settings: Settings) -> dash.Dash:
    """Build the application; nothing connects to the database before the first request asks it something."""
    server = Flask("dash_kpi", static_folder=None, static_url_path="/static")  # the path is for Bootstrap5
    server.secret_key = settings.secret_key
    server.extensions[EXTENSION] = Database(settings)
    Bootstrap5(server)
    scripts, styles = (hashlib.sha256(content(ASSETS)).hexdigest()[:16] for content in (own_scripts, own_styles))
    theme = (ASSETS / "theme.js").read_text("utf-8")  # inline: it decides on colours before anything is painted
    app = DashKpi(
        "dash_kpi",
        server=server,  # type: ignore[arg-type]
        title="Dash KPI",
        use_pages=True,
        pages_folder="",
        assets_folder=str(ASSETS),
        assets_ignore=r"\.(js|css)$",
        assets_path_ignore=["vendor"],
        index_string=frame.INDEX.replace('<script src="%THEME%"></script>', f"<script>{theme}</script>"),
        external_stylesheets=[BOOTSTRAP, f"{STYLES_URL}?v={styles}"],
        external_scripts=[f"{SCRIPTS_URL}?v={scripts}"],
        include_pages_meta=False,
        suppress_callback_exceptions=True,
        update_title=None,  # type: ignore[arg-type]
        use_async=False,
        compress=False,
        enable_mcp=False,
        on_error=on_callback_error,
    )
    for name in PAGES:
        importlib.import_module(f"dash_kpi.pages.{name}")
    app.layout = frame.layout
    for blueprint in (
        flags, uploads, api, changes, trends, drivers, forecasts, exports, health, sources, annotations, definitions,
        slack_buttons, thresholds, whatsapp_reports, alerting, channels, wording,
    ):  # fmt: skip
        server.register_blueprint(blueprint)
    report_failures(server)
    compress_answers(server)
    serve_static(server, ASSETS, settings.instance / "cache")
    protect(server, lambda: [*app.csp_hashes(), script_hash(theme)])
    answer_early(server)
    warm_up(server)
    return app


def warm_up(server: Flask) -> None:
    """Let Dash finish its setup, and compress what the first page loads, before any thread or fork."""
    client = server.test_client()
    page = client.get("/")
    if page.status_code != 200:  # Dash would serve what it has, half of it missing
        raise DashKpiError("The first page cannot be built; the log says why.")
    for url in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        client.get(url.replace("&amp;", "&"), headers={"Accept-Encoding": "gzip"}).close()


def server_from_environment() -> Flask:
    """Return the WSGI application as the environment and config.toml describe it, its database up to date."""
    try:
        settings = load_settings().prepare()
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        logging.getLogger("dash_kpi").setLevel(settings.log_level)
        app = create_app(settings)
        database: Database = app.server.extensions[EXTENSION]
        database.upgrade()
        database.close()  # connections must not cross the fork
    except DashKpiError as error:
        sys.exit(str(error))
    server: Flask = app.server
    return server
