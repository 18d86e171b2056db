"""Found by a plain `gunicorn` in this folder; the values are in dash_kpi/web/gunicorn_conf.py."""

from dash_kpi.web.gunicorn_conf import *  # noqa: F403
