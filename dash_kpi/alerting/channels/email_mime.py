"""A delivery as the bytes of a mail: the same for every try, save for the words "possible repeat"."""

import unicodedata
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dash_kpi.alerting.channels.email_text import html, plain
from dash_kpi.alerting.channels.transport import Outgoing
from dash_kpi.alerting.messages.message import Line, Message, Picture
from dash_kpi.alerting.messages.picture import described, png

LONGEST_SUBJECT = 200
LONGEST_DOMAIN = 30  # of ids: a longer one would be folded, which some receivers do not undo


def mail_of(outgoing: Outgoing, sender: Address) -> bytes:
    """Return the mail, with CR LF at the ends of lines."""
    cleaned = replace(outgoing, message=_clean(outgoing.message))
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=outgoing.destination)
    mail["Subject"] = subject_of(outgoing.message.title)
    mail["Date"] = format_datetime(outgoing.created_at)
    mail["Message-ID"] = message_id(outgoing.uid, sender.domain)
    if first := (outgoing.thread or {}).get("message_id"):
        mail["In-Reply-To"] = mail["References"] = first
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
    mail["X-Auto-Response-Suppress"] = "All"  # what Exchange has instead
    _fill(mail, cleaned, sender.domain)
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{outgoing.uid}_{number}")  # no encoded text has "=_" in it
    return mail.as_bytes()


def message_id(uid: str, domain: str) -> str:
    """Return the id of a mail, from the id of its delivery and the domain of the sender or the end of it."""
    while len(domain) > LONGEST_DOMAIN and "." in domain:
        domain = domain.partition(".")[2]
    return f"<{uid}@{domain[-LONGEST_DOMAIN:].lstrip('.-')}>"


def subject_of(title: str) -> str:
    """Return a title as a subject: one line, and nothing in it that is read as an encoded word."""
    text = _one_line(title).replace("=?", "= ?")
    return text if len(text) <= LONGEST_SUBJECT else f"{text[: LONGEST_SUBJECT - 1].rstrip()}…"


def _fill(mail: EmailMessage, outgoing: Outgoing, domain: str) -> None:
    """Put in the text, the page and the picture."""
    picture = outgoing.message.picture
    drawn = png(picture) if picture else None
    cid = f"chart.{outgoing.uid}@{domain}" if drawn else ""
    mail.set_content(plain(outgoing), cte="quoted-printable")
    alt = described(picture) if picture and drawn else ""
    mail.add_alternative(html(outgoing, cid, alt), subtype="html", cte="quoted-printable")
    page = mail.get_payload(1)
    if drawn and isinstance(page, EmailMessage):
        page.add_related(drawn, "image", "png", cid=f"<{cid}>", disposition="inline", filename="chart.png")


def _clean(message: Message) -> Message:
    """Return a message whose every text is one line of characters that can be written."""
    return replace(
        message,
        title=_one_line(message.title),
        lines=tuple(_clean_line(line) for line in message.lines),
        link=_one_line(message.link),
        remark=_one_line(message.remark),
        picture=message.picture and _clean_picture(message.picture),
    )


def _clean_line(line: Line) -> Line:
    return replace(
        line,
        text=_one_line(line.text),
        facts=tuple((_one_line(name), _one_line(value)) for name, value in line.facts),
        driver=_one_line(line.driver),
        note=_one_line(line.note),
        sparkline=_one_line(line.sparkline),
        link=_one_line(line.link),
    )


def _clean_picture(picture: Picture) -> Picture:
    return replace(
        picture,
        title=_one_line(picture.title),
        labels=tuple(map(_one_line, picture.labels)),
        shown=tuple(map(_one_line, picture.shown)),
        limit_shown=_one_line(picture.limit_shown),
    )


def _one_line(text: str) -> str:
    """Return a text without line breaks, control characters, overrides of direction, and halves of surrogate pairs."""
    return "".join(
        letter
        for letter in " ".join(text.split())
        if unicodedata.category(letter) not in {"Cc", "Cs"} and not "\u202a" <= letter <= "\u202e"
    )
