"""Trying a digest: its message as it would be now, sent to the chosen channels by the way of every message."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.telling.digest_given import Digest, DigestRefused
from dash_kpi.alerting.telling.digests import preview_digest
from dash_kpi.alerting.telling.places import Places
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Channel


def try_digest(database: Database, workspace: str, given: Mapping[str, Any], by: str, now: datetime) -> tuple[int, ...]:
    """Write down a digest as a test for each place, and return the numbers for `trying.sendings`.

    When it comes next stays as it is. Raises DigestRefused with the field, NotFound.
    """
    digest = Digest.from_json(given)
    message = preview_digest(database, workspace, given, now)
    asked = f"A test, asked for by {by}"
    message = replace(message, remark=f"{asked}. {message.remark}" if message.remark else asked)
    if not digest.channels:
        raise DigestRefused("channels", "Choose at least one channel for the digest.")
    with database.writing() as session:
        workspace_id = workspace_named(session, workspace).id
        rows = session.scalars(
            select(Channel).where(Channel.workspace_id == workspace_id, Channel.id.in_(digest.channels))
        )
        for row in rows:
            if not row.is_enabled or row.problem:
                why = "does not work" if row.is_enabled else "is switched off"
                raise DigestRefused("channels", f"The channel {row.name} {why}; see Channels.")
        places = Places(session, database.settings, workspace_id).of_channels(digest.channels)
        if not places:
            raise DigestRefused("channels", "None of the channels has a place to send to.")
        return tuple(
            enqueue(
                session,
                workspace_id,
                channel_id=place.channel_id,
                destination=place.destination,
                kind="test",
                message=message,
                now=now,
            ).id
            for place in places
        )
