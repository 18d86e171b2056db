"""Dash KPI: a KPI dashboard for teams whose numbers live in Excel."""

__version__ = "0.1.0"
