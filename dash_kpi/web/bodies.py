"""What programs send: the JSON object of a body, the whole numbers of an address."""

from typing import Any

import orjson
from flask import request

from dash_kpi.errors import Refused

LARGEST = 64 * 1024  # bytes


def json_body(example: str) -> dict[str, Any]:
    """Return the object that came as JSON; `example` is shown where none did. Raises Refused.

    Where it breaks off is not said: that may tell a part of a secret.
    """
    text = request.get_data(cache=False)
    if len(text) > LARGEST:
        raise Refused(f"At most {LARGEST:,} bytes are taken here; these are {len(text):,}.")
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(f"This is no JSON; send an object such as {example}.") from None
    if not isinstance(given, dict):
        raise Refused(f"A JSON object is wanted here, such as {example}.")
    return given


def whole_number(name: str) -> int | None:
    """Return a whole number of the address, None where it is not there. Raises Refused."""
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 10:
        raise Refused(f"{name} = '{text[:80]}' is no whole number.")
    return int(text)
