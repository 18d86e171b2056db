"""The worker: watches folders, reads files, and picks up what a crash left behind."""

from dash_kpi.worker.run import run

__all__ = ["run"]
