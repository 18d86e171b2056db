"""What a message says in WhatsApp: the slots of the approved template, and free text."""

from collections.abc import Mapping

from dash_kpi.alerting.messages.message import Message

# What the team submits for approval; a variable may neither begin nor end it.
TEMPLATE = "KPI alert: {{1}}\n\n{{2}}\n\nMore: {{3}}\n\nSent by Dash KPI."
MOST_BODY, MOST_TITLE, MOST_LINK = 1024, 300, 300
MOST_TEXT, MOST_LINE = 4096, 1000
MORE = "There is more; the page lists it."
ALERTS = ("firing", "follow_up", "resolved", "correction")
OVER = ("Resolved", "Correction")
NOUNS: Mapping[str, str] = {"digest": "KPIs", "notice": "messages"}
NO_LINK = "open the dashboard"
FIXED = len(TEMPLATE) - len("{{1}}{{2}}{{3}}")


def parameters_of(message: Message, uid: str, *, is_possible_repeat: bool) -> tuple[str, str, str]:
    """Return the three slots, each one line and never empty: title, what happened, link.

    The body stays within what WhatsApp allows after they are put in.
    """
    title = cut(f"{mark_of(uid)} {message.title}" if is_possible_repeat else message.title, MOST_TITLE) or "KPI alert"
    link = one_line(message.link)
    if not link or len(link) > MOST_LINK:  # half an address leads nowhere
        link = NO_LINK
    room = MOST_BODY - FIXED - _units(title) - _units(link)
    return title, cut(summary_of(message), room) or title[:room], link


def text_of(message: Message, uid: str, *, is_possible_repeat: bool) -> str:
    """Return a message as free text, with every line; what does not fit is told by its link."""
    head = cut(f"{mark_of(uid)} {message.title}" if is_possible_repeat else message.title, MOST_TITLE) or "KPI alert"
    link = one_line(message.link)
    tail = [one for one in (cut(message.remark, MOST_TITLE), link if len(link) <= MOST_LINK else "") if one]
    room = MOST_TEXT - sum(_units(one) + 2 for one in (head, *tail)) - _units(MORE) - 2
    said: list[str] = []
    for line in message.lines:
        words = cut(" ".join(one for one in (line.text, line.driver, line.note) if one), MOST_LINE)
        if not words or words == head:
            continue
        if (room := room - _units(words) - 2) < 0:
            said.append(MORE)
            break
        said.append(words)
    return "\n\n".join((head, *said, *tail))


def summary_of(message: Message) -> str:
    """Return what happened in one line; of several alerts the number and the worst."""
    if not message.lines:
        return one_line(message.remark)
    first = message.lines[0]
    if len(message.lines) == 1:
        return one_line(" ".join(one for one in (first.text, first.driver, first.note, message.remark) if one))
    return one_line(f"{_counted(message)}: {first.text} {message.remark}")


def _counted(message: Message) -> str:
    """Say of how many lines only the first is told; what is over is counted apart from what is not."""
    over = sum(line.state in OVER for line in message.lines)
    firing = len(message.lines) - over
    if message.kind not in ALERTS:
        return f"{len(message.lines)} {NOUNS.get(message.kind, 'lines')}, the first"
    if not firing:
        return f"{over} alerts are over, the first"
    alerts = "1 alert" if firing == 1 else f"{firing} alerts, the worst"
    return f"{alerts} ({over} more {'is' if over == 1 else 'are'} over)" if over else alerts


def mark_of(uid: str) -> str:
    """Return what a message begins with that may have been sent before."""
    return f"(possible repeat of {uid[:8]})"


def one_line(text: str) -> str:
    """Put a text on one line, with single spaces; control characters go."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def cut(text: str, most: int) -> str:
    """Put a text on one line of so many UTF-16 units at the most."""
    line = one_line(text)
    if _units(line) <= most:
        return line
    while _units(line) > most - 1:
        line = line[: len(line) - max(1, (_units(line) - most) // 2)]
    return f"{line.rstrip()}…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2
