"""Messages as Slack shows them: blocks, and the text for notifications and screen readers.

Whatever comes from data is escaped and cut before it goes in, so that it can neither call people, nor make links, nor
break a block. Stars, underscores and tildes of data cannot be escaped in Slack; they may look bold, and do no harm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import category
from urllib.parse import quote

from dash_kpi.alerting.messages.message import Line, Message

Block = dict[str, Any]

MOST_LINES = 10  # shown of a message; the rest is behind its link
MOST_TITLE, MOST_TEXT, MOST_BUTTON_LINK, MOST_VALUE = 150, 3500, 3000, 2000  # characters; Slack splits texts from 4,000
MARKS = {"critical": "■ Critical", "warning": "▲ Warning", "info": "● Info"}  # told apart without colour
RESOLVED = "Resolved"
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
CARED_FOR = frozenset({RESOLVED, "Acknowledged", "Snoozed"})  # nobody has to do anything
WITH_BUTTONS = frozenset({"firing", "follow_up"})
NEWS = frozenset({"firing", "follow_up", "correction"})


@dataclass(frozen=True, slots=True)
class Room:
    """How many characters the parts of a line may have; all blocks of a message have about 13,000 together."""

    text: int
    driver: int
    note: int
    link: int
    facts: int
    fact: int


ALONE, SOME, MANY = Room(500, 400, 1000, 900, 10, 200), Room(500, 300, 500, 600, 6, 100), Room(300, 120, 100, 400, 0, 0)


def clean(text: str) -> str:
    """Return one line that can be sent, "" where nothing in it would be seen.

    No control characters, no halves of characters, nothing that turns the direction of writing; single spaces.
    """
    sound = UNSEEN.sub(" ", text.encode("utf-8", "replace").decode()).strip()
    return sound if any(not one.isspace() and category(one) != "Cf" for one in sound) else ""


def escaped(text: str, most: int = 1000) -> str:
    """Return one line for mrkdwn with at most so many characters after escaping, as Slack counts them."""
    return _cut(((ESCAPES.get(one, one)) for one in clean(text).replace("`", "'")), most)


def plain(text: str, most: int) -> str:
    """Return one line for a plain text object, which Slack does not parse."""
    return _cut(iter(clean(text)), most)


def _cut(pieces: Iterator[str], most: int) -> str:
    """Join pieces up to a length, none of them in parts; astral characters count twice, as in Slack's pages."""
    found: list[str] = []
    ends: list[int] = []
    length = 0
    for piece in pieces:
        length += len(piece) + sum(ord(one) > 0xFFFF for one in piece)
        if length > most:
            while found and ends[-1] > most - 1:
                found.pop()
                ends.pop()
            return "".join(found).rstrip() + "…"
        found.append(piece)
        ends.append(length)
    return "".join(found)


def address(link: str) -> str:
    """Return a link as Slack takes it, "" where it is none: only http, and no character that has a meaning."""
    link = link.strip()
    if not link.lower().startswith(("http://", "https://")):
        return ""
    return quote(link.encode("utf-8", "replace"), safe="/:?=&%#@+,;~!$'()*[]-._")


def linked(link: str, label: str, most: int) -> str:
    """Return a link in mrkdwn, "" where it is none or too long."""
    found = f"<{address(link).replace('&', '&amp;')}|{escaped(label, 60)}>" if address(link) else ""
    return found if len(found) <= most else ""


def blocks_of(
    message: Message, uid: str, *, is_possible_repeat: bool = False, has_buttons: bool = False
) -> list[Block]:
    """Return the blocks of a message, within every limit of Slack."""
    shown, room = message.lines[:MOST_LINES], _room(message)
    blocks = [_header(message.title)]
    if is_possible_repeat:
        blocks.append(_context(repeat_remark(uid)))
    blocks += [_line(line, room) for line in _without(shown, message.title) if _line_text(line, room)]
    if more := _more(message):
        blocks.append(_section(f"{more} {linked(message.link, 'Show all', ALONE.link)}".strip()))
    if remark := escaped(message.remark, 500):
        blocks.append(_context(remark))
    if has_buttons and message.kind in WITH_BUTTONS and (ids := _alert_ids(message)):
        blocks.append(_actions(message, ids))
    elif not more and not any(line.link for line in shown) and (link := linked(message.link, "Open", ALONE.link)):
        blocks.append(_context(link))
    return blocks


def text_of(message: Message, uid: str, *, is_possible_repeat: bool = False) -> str:
    """Return the message as escaped text alone: for notifications, screen readers, and where blocks are refused."""
    shown = message.lines[:MOST_LINES]
    room = (MOST_TEXT - 1700) // max(len(shown), 1)
    parts = [escaped(message.title, 400) or "Dash KPI"]
    if is_possible_repeat:
        parts.append(repeat_remark(uid))
    for line in shown:
        told = line.text if clean(line.text) != clean(message.title) else ""
        words = [_mark(line), *(one for one in (told, line.driver, clean(line.note) and f"Note: {line.note}") if one)]
        parts.append(escaped(" – ".join(one for one in words if one), room))
    parts += [_more(message), escaped(message.remark, 300)]
    link = message.link or next((line.link for line in shown if line.link), "")
    parts.append(linked(link, "Open", ALONE.link))
    return "\n".join(part for part in parts if part)


def closed(message: Message) -> tuple[str, list[Block]]:
    """Return the text and the blocks of a message all of which is over: what it said, struck out."""
    title = f"{RESOLVED}: {message.title}"
    shown = message.lines[:MOST_LINES]
    struck = [f"~{told}~" for line in shown if (told := escaped(line.text, 300).replace("~", "∼"))]
    blocks = [_header(title), *(_section(one) for one in struck)]
    if more := _more(message):
        blocks.append(_section(more))
    if link := linked(message.link or next((line.link for line in shown if line.link), ""), "Open", ALONE.link):
        blocks.append(_context(link))
    return escaped(title, 400), blocks


def is_news(message: Message) -> bool:
    """Tell whether more people have to see it than those who follow a thread."""
    return message.kind in NEWS and any(line.state not in CARED_FOR for line in message.lines)


def repeat_remark(uid: str) -> str:
    """Say that a message may be here twice, and which it is."""
    return f"(possible repeat of {escaped(uid, 64)})"


def _room(message: Message) -> Room:
    return ALONE if len(message.lines) <= 1 else SOME if len(message.lines) <= 3 else MANY


def _without(lines: tuple[Line, ...], title: str) -> list[Line]:
    """Return the lines without a text that the title says in full already."""
    is_whole = plain(title, MOST_TITLE) == clean(title)
    return [replace(line, text="") if is_whole and clean(line.text) == clean(title) else line for line in lines]


def _mark(line: Line) -> str:
    """Say how bad it is and what became of it, in a shape and words."""
    if line.state == RESOLVED:
        return f"✓ {RESOLVED}"
    severity = MARKS.get(line.severity, clean(line.severity).capitalize())
    return " · ".join(one for one in (severity, clean(line.state)) if one)


def _line_text(line: Line, room: Room) -> str:
    mark = escaped(_mark(line), 60).replace("*", "")
    spark = escaped(line.sparkline, 60)
    parts = [
        mark and f"*{mark}*",
        escaped(line.text, room.text),
        escaped(line.driver, room.driver),
        clean(line.note) and f"Note: {escaped(line.note, room.note)}",
        spark and f"`{spark}`",
        linked(line.link, "Open", room.link),
    ]
    return "\n".join(part for part in parts if part)


def _line(line: Line, room: Room) -> Block:
    block = _section(_line_text(line, room))
    facts = [(name, value) for name, value in line.facts[: room.facts] if clean(name) or clean(value)]
    if facts:
        block["fields"] = [
            _mrkdwn(f"*{escaped(name, 60).replace('*', '')}*\n{escaped(value, room.fact)}") for name, value in facts
        ]
    return block


def _more(message: Message) -> str:
    left = len(message.lines) - MOST_LINES
    return f"and {left} more" if left > 0 else ""


def _alert_ids(message: Message) -> str:
    """Return the ids of the alerts that somebody has to care for, "" where there are none or too many for a button."""
    ids = ",".join(str(line.alert_id) for line in message.lines if line.alert_id and line.state not in CARED_FOR)
    return ids if len(ids) <= MOST_VALUE else ""


def _actions(message: Message, ids: str) -> Block:
    buttons: list[Block] = [_button("Acknowledge", "acknowledge", ids), _button("Snooze 1 day", "snooze", ids)]
    link = address(message.link or next((line.link for line in message.lines if line.link), ""))
    if link and len(link) <= MOST_BUTTON_LINK:
        buttons.append({**_button("Open", "open", ids), "url": link})
    return {"type": "actions", "block_id": "dash_kpi", "elements": buttons}


def _button(label: str, action: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "value": value, "text": _plain_text(label)}


def _header(title: str) -> Block:
    return {"type": "header", "text": _plain_text(plain(title, MOST_TITLE) or "Dash KPI")}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}  # addresses and @names of data stay plain text
