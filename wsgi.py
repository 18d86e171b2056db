"""The WSGI application, for `gunicorn wsgi:server` and every other server of that kind."""

from dash_kpi.app import server_from_environment

server = server_from_environment()
