"""When the person at a destination last wrote to us: WhatsApp takes free text for 24 hours after that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Channel, LastWritten

OPEN = timedelta(hours=24)
KIND = "whatsapp"


@dataclass(frozen=True, slots=True)
class Incoming:
    """That somebody wrote to a number of ours; what was written is not kept."""

    number_id: str  # of the number of ours
    sender: str  # bare digits
    at: datetime


def incoming_of(told: Any) -> tuple[Incoming, ...]:
    """Read who wrote in what WhatsApp posted; whatever is no message is left out."""
    found: list[Incoming] = []
    for entry in _listed(told, "entry"):
        for change in _listed(entry, "changes"):
            value = change.get("value")
            metadata = value.get("metadata") if isinstance(value, dict) else None
            number_id = str(metadata.get("phone_number_id") or "") if isinstance(metadata, dict) else ""
            found += [one for message in _listed(value, "messages") if (one := _incoming(number_id, message))]
    return tuple(found)


def keep_incoming(database: Database, incoming: Iterable[Incoming], now: datetime) -> None:
    """Keep when each of them last wrote, for the channels that send to them from that number."""
    from dash_kpi.alerting.channels import whatsapp
    from dash_kpi.alerting.channels.transport import ChannelProblem

    with database.writing() as session:
        session.execute(delete(LastWritten).where(LastWritten.at < now - OPEN))
        channels = session.scalars(select(Channel).where(Channel.kind == KIND, Channel.deleted_at.is_(None))).all()
        for one in incoming:
            if not now - OPEN < one.at:
                continue
            for channel in channels:
                try:
                    destinations = whatsapp.destinations(channel.config)
                except ChannelProblem:
                    continue
                if channel.config.get("phone_number_id", "").strip() == one.number_id and one.sender in destinations:
                    _keep(session, channel.id, one.sender, min(one.at, now))


def written_at(session: Session, channel_id: int, destination: str) -> datetime | None:
    """Return when the person at a destination last wrote, None where that is not known."""
    row = session.get(LastWritten, (channel_id, destination))
    return row.at if row else None


def _keep(session: Session, channel_id: int, destination: str, at: datetime) -> None:
    row = session.get(LastWritten, (channel_id, destination))
    if row is None:
        session.add(LastWritten(channel_id=channel_id, destination=destination, at=at))
        session.flush()
    else:
        row.at = max(row.at, at)


def _incoming(number_id: str, message: dict[str, Any]) -> Incoming | None:
    sender, stamp = str(message.get("from") or ""), str(message.get("timestamp") or "")
    if not number_id or not (sender.isascii() and sender.isdigit()) or not (stamp.isascii() and stamp.isdigit()):
        return None
    if len(sender) > 15 or len(stamp) > 11:
        return None
    return Incoming(number_id, sender, datetime.fromtimestamp(int(stamp), UTC))


def _listed(told: Any, name: str) -> list[dict[str, Any]]:
    found = told.get(name) if isinstance(told, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
