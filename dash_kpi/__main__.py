"""Lets `python -m dash_kpi` be `dash-kpi`."""

from dash_kpi.cli import main

main()
