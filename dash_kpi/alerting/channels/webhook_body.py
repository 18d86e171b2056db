"""The body of a webhook: the same bytes for every try of a delivery, below the size that receivers take."""

import json
from dataclasses import asdict
from math import isfinite
from typing import Any

from dash_kpi.alerting.channels.transport import Outgoing
from dash_kpi.alerting.messages.message import Line, Picture

LARGEST = 20_000  # bytes: "payloads should be less than 20kb"
WIDTHS = (2000, 400, 60)  # characters of a text, the first at which the body is small enough


def body_of(outgoing: Outgoing) -> bytes:
    """Return a delivery as JSON; lines that do not fit are left out and counted."""
    lines = len(outgoing.message.lines)
    body = b""
    for width in WIDTHS:
        body, kept = _fitting(outgoing, width)
        if len(body) < LARGEST and (kept or not lines):
            break
    return body


def _fitting(outgoing: Outgoing, width: int) -> tuple[bytes, int]:
    """Return the body with as many of the first lines as there is room for, and their number."""
    lines = [_line(one, width) for one in outgoing.message.lines]
    left = LARGEST - len(_encoded(_payload(outgoing, [], len(lines), width))) - 1
    kept = 0
    for line in lines:
        left -= len(_encoded(line)) + 1  # and its comma
        if left < 0:
            break
        kept += 1
    return _encoded(_payload(outgoing, lines[:kept], len(lines) - kept, width)), kept


def _payload(outgoing: Outgoing, lines: list[dict[str, Any]], left_out: int, width: int) -> dict[str, Any]:
    message, picture = outgoing.message, outgoing.message.picture
    return {
        "type": "kpi.digest" if message.kind == "digest" else f"kpi.alert.{message.kind}",
        "timestamp": outgoing.created_at.isoformat().replace("+00:00", "Z"),
        "data": {
            "id": outgoing.uid,
            "in_reply_to": (outgoing.thread or {}).get("webhook_id"),
            "title": _cut(message.title, width),
            "lines": lines,
            "lines_left_out": left_out,
            "remark": _cut(message.remark, width),
            "link": _cut(message.link, 2000),
            "locale": message.locale,
            "series": _series(picture, width) if picture and width == WIDTHS[0] else None,
        },
    }


def _line(line: Line, width: int) -> dict[str, Any]:
    texts = {name: _cut(text, width) if isinstance(text, str) else text for name, text in asdict(line).items()}
    facts = [{"name": _cut(name, width), "value": _cut(value, width)} for name, value in line.facts[:12]]
    return {**texts, "facts": facts}


def _series(picture: Picture, width: int) -> dict[str, Any]:
    """Return the newest values of the first line's KPI."""
    newest = slice(-60, None)
    return {
        "title": _cut(picture.title, width),
        "periods": [_cut(one, 60) for one in picture.labels[newest]],
        "values": [one if one is not None and isfinite(one) else None for one in picture.values[newest]],
        "limit": picture.limit,
    }


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _encoded(value: Any) -> bytes:
    """Write JSON; half of a surrogate pair, which no UTF-8 has, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
