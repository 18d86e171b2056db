"""What a message says in WhatsApp: the slots of the approved template."""

from dash_kpi.alerting.messages.message import Message

# What the team submits for approval; a variable may neither begin nor end it.
TEMPLATE = "KPI alert: {{1}}\n\n{{2}}\n\nMore: {{3}}\n\nSent by Dash KPI."
MOST_BODY, MOST_TITLE, MOST_LINK = 1024, 300, 300
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


def summary_of(message: Message) -> str:
    """Return what happened in one line; of several alerts the number and the worst."""
    if not message.lines:
        return one_line(message.remark)
    worst = message.lines[0]
    count = len(message.lines)
    if count > 1 and message.kind == "firing":
        told = f"{count} KPIs left their limits: worst: {worst.text}"
    elif count > 1:
        told = f"{count} KPIs. First: {worst.text}"
    else:
        told = " ".join(one for one in (worst.text, worst.driver, worst.note) if one)
    return one_line(f"{told} {message.remark}")


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
