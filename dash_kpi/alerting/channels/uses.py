"""What names a channel: routes, thresholds and digests."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.storage.models import Digest, Route, Threshold

MOST_NAMED = 3


def uses_of(session: Session, workspace_id: int, channel_id: int) -> str:
    """Say what names a channel, "" where nothing does: "the route Night and the threshold Revenue name it"."""
    routes = session.scalars(select(Route).where(Route.workspace_id == workspace_id).order_by(Route.position))
    names = [
        f"the route {route.name}" for route in routes if channel_id in (*route.channel_ids, *route.escalate_channel_ids)
    ]
    rules = session.scalars(
        select(Threshold.rule).where(Threshold.workspace_id == workspace_id, Threshold.deleted_at.is_(None))
    )
    names += [
        f"the threshold {rule.get('name') or rule.get('kpi')}"
        for rule in rules
        if channel_id in (rule.get("channels") or ())
    ]
    digests = session.scalars(select(Digest).where(Digest.workspace_id == workspace_id).order_by(Digest.id))
    names += [f"the digest {row.name}" for row in digests if channel_id in (row.config.get("channels") or ())]
    if not names:
        return ""
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    *others, last = [*names[:MOST_NAMED], *more]
    return f"{', '.join(others)} and {last} name it" if others else f"{last} names it"
