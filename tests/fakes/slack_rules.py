"""The rules of Slack for what a message may be made of, and what people see of it."""

import re
from collections.abc import Iterator
from typing import Any

MOST_BLOCKS, MOST_CHARACTERS = 50, 13_200
MOST_METADATA = 8_000  # bytes; Slack tells no number
TS = re.compile(r"\d{10}\.\d{6}")
MARKUP = re.compile(r"<([^<>]*)>")
Problems = list[tuple[str, str]]  # a JSON pointer, and what is wrong there


def invalid_blocks(blocks: Any) -> list[str]:
    """Return what is wrong with blocks, in the words of Slack; nothing: they are fine."""
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    found: Problems = []
    if len(blocks) > MOST_BLOCKS:
        found.append(("/blocks", f"no more than {MOST_BLOCKS} items allowed"))
    ids: set[str] = set()
    for at, block in enumerate(blocks):
        place = f"/blocks/{at}"
        if not isinstance(block, dict) or block.get("type") not in KINDS:
            found.append((f"{place}/type", "unsupported type"))
            continue
        found += KINDS[block["type"]](block, place)
        block_id = block.get("block_id")
        if block_id is not None and (not isinstance(block_id, str) or len(block_id) > 255 or block_id in ids):
            found.append((f"{place}/block_id", "invalid or used twice"))
        ids |= {block_id} if block_id else set()
    return [f"{words} [json-pointer:{place}]" for place, words in found]


def characters(blocks: Any) -> int:
    """Count the characters of all texts."""
    return sum(_length(text) for _, text in texts(blocks))


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Yield each text of blocks with its type."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text") and isinstance(value.get("text"), str):
            yield value["type"], value["text"]
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def markup(text: str, blocks: Any) -> list[str]:
    """Return what Slack would read as calls and links: `!channel`, `@U1`, `https://…|Open`."""
    parsed = [text, *(words for kind, words in texts(blocks or []) if kind == "mrkdwn")]
    return [one for words in parsed for one in MARKUP.findall(words)]


def metadata_problem(metadata: Any) -> str | None:
    """Return the error that Slack answers to metadata."""
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        return "invalid_metadata_format"
    payload = metadata.get("event_payload")
    if not isinstance(payload, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        return "invalid_metadata_format"
    return "metadata_too_large" if len(str(payload).encode()) > MOST_METADATA else None


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _text(given: Any, place: str, most: int, kinds: tuple[str, ...]) -> Problems:
    if not isinstance(given, dict) or given.get("type") not in kinds:
        return [(place, f"must be a text object of {' or '.join(kinds)}")]
    if not isinstance(given.get("text"), str):
        return [(f"{place}/text", "must be a string")]
    if set(given) - {"type", "text", "emoji", "verbatim"} or (given["type"] == "mrkdwn" and "emoji" in given):
        return [(place, "no other properties allowed")]
    if given["type"] == "plain_text" and "verbatim" in given:
        return [(place, "no other properties allowed")]
    if not given["text"]:
        return [(f"{place}/text", "must be more than 0 characters")]
    return [(f"{place}/text", f"must be less than {most + 1} characters")] if _length(given["text"]) > most else []


BOTH = ("mrkdwn", "plain_text")


def _section(block: dict[str, Any], place: str) -> Problems:
    found: Problems = []
    if "text" not in block and "fields" not in block:
        found.append((place, "must have text or fields"))
    if "text" in block:
        found += _text(block["text"], f"{place}/text", 3000, BOTH)
    fields = block.get("fields", ["x"])
    if not isinstance(fields, list) or not 1 <= len(fields) <= 10:
        return [*found, (f"{place}/fields", "must have 1 to 10 items")]
    for at, one in enumerate(block.get("fields", [])):
        found += _text(one, f"{place}/fields/{at}", 2000, BOTH)
    return found + _others(block, place, "text", "fields", "accessory", "expand")


def _header(block: dict[str, Any], place: str) -> Problems:
    return _text(block.get("text"), f"{place}/text", 150, ("plain_text",)) + _others(block, place, "text")


def _context(block: dict[str, Any], place: str) -> Problems:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
        return [(f"{place}/elements", "must have 1 to 10 items")]
    found = [one for at, text in enumerate(elements) for one in _text(text, f"{place}/elements/{at}", 2000, BOTH)]
    return found + _others(block, place, "elements")


def _actions(block: dict[str, Any], place: str) -> Problems:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 25:
        return [(f"{place}/elements", "must have 1 to 25 items")]
    found: Problems = []
    for at, one in enumerate(elements):
        where = f"{place}/elements/{at}"
        if not isinstance(one, dict) or one.get("type") != "button":
            found.append((f"{where}/type", "unsupported type"))
            continue
        found += _text(one.get("text"), f"{where}/text", 75, ("plain_text",))
        for name, most in (("value", 2000), ("url", 3000), ("action_id", 255)):
            if name in one and (not isinstance(one[name], str) or not 1 <= _length(one[name]) <= most):
                found.append((f"{where}/{name}", f"must be a string of 1 to {most} characters"))
        if "url" in one and not re.fullmatch(r"https?://[!-~]+", str(one["url"])):
            found.append((f"{where}/url", "invalid url"))
    names = [one.get("action_id") for one in elements if isinstance(one, dict)]
    if len(set(names)) < len(names):
        found.append((f"{place}/elements", "action_id must be unique"))
    return found + _others(block, place, "elements")


def _divider(block: dict[str, Any], place: str) -> Problems:
    return _others(block, place)


def _others(block: dict[str, Any], place: str, *known: str) -> Problems:
    return [(f"{place}/{name}", "no such property") for name in sorted(set(block) - {"type", "block_id", *known})]


KINDS = {"section": _section, "header": _header, "context": _context, "actions": _actions, "divider": _divider}
