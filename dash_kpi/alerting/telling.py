"""A stand-in until messages are built: whoever builds them replaces this file."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from dash_kpi.alerting.told import Told
from dash_kpi.storage.database import Database


def tell(_database: Database, _session: Session, _workspace_id: int, _told: Sequence[Told], _now: datetime) -> None:
    """Tell nobody yet."""
