"""A delivery as the bytes of a mail."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_kpi.alerting.channels.email_mime import mail_of, message_id, subject_of
from dash_kpi.alerting.channels.email_text import html
from dash_kpi.alerting.messages.message import Line, Message
from tests.alerting.channels.builders import FIRING, UID, outgoing

SENDER = Address("Dash KPI", addr_spec="kpi@example.com")
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type",
]  # fmt: skip
NASTY = st.text(
    st.sampled_from("a\r\n\0\x0b\x1c\x85\u2028\u202e\ud800<>&\"'=?:;,. é€😀") | st.characters(), max_size=60
) | st.sampled_from(
    [
        "=?utf-8?q?a=0d=0aBcc:_x=40y.z?=",
        "x\r\nBcc: a@b.c",
        "</title><script>alert(1)</script>",
        '" onload="x',
        "{0.__class__}",
    ]
)


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


def test_a_mail_has_a_text_a_page_and_the_chart_with_words_for_it() -> None:
    mail = parsed(mail_of(outgoing(), SENDER))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    page = text_of(mail, "html")
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in page
    assert 'alt="Chart of Revenue by month' in page
    assert '<html lang="en">' in page
    assert mail.keys() == HEADERS
    assert mail["Subject"] == FIRING.title
    assert mail["Message-ID"] == f"<{UID}@example.com>"
    assert mail["Date"] == "Mon, 02 Mar 2026 08:30:00 +0000"


def test_text_and_page_say_the_same() -> None:
    mail = parsed(mail_of(outgoing(), SENDER))
    text, page = text_of(mail, "plain"), text_of(mail, "html")
    for words in ("€ 82,100", "Call the warehouse", "quiet hours", "Product B", "North", FIRING.link):
        assert words in text
        assert words in page
    assert "sales <2026>.xlsx" in text
    assert "sales &lt;2026&gt;.xlsx" in page


def test_every_try_has_the_same_bytes() -> None:
    assert mail_of(outgoing(), SENDER) == mail_of(outgoing(attempt=3), SENDER)


def test_a_possible_repeat_says_so_and_has_the_same_id_and_date() -> None:
    first, again = (parsed(mail_of(outgoing(is_possible_repeat=one), SENDER)) for one in (False, True))
    assert first.items() == again.items()
    for kind in ("plain", "html"):
        assert "Possible repeat" not in text_of(first, kind)
        assert "Possible repeat" in text_of(again, kind)


def test_a_later_mail_goes_into_the_thread_of_the_first() -> None:
    mail = parsed(mail_of(outgoing(thread={"message_id": "<first@example.com>"}), SENDER))
    assert mail["In-Reply-To"] == mail["References"] == "<first@example.com>"


def test_a_message_without_values_has_no_chart() -> None:
    mail = parsed(mail_of(outgoing(replace(FIRING, picture=None)), SENDER))
    assert "image/png" not in [part.get_content_type() for part in mail.walk()]
    assert "cid:" not in text_of(mail, "html")


def test_very_many_lines_are_cut_with_their_number() -> None:
    mail = parsed(
        mail_of(outgoing(Message("firing", "Many", tuple(Line(f"Line {one}.") for one in range(130)))), SENDER)
    )
    for kind in ("plain", "html"):
        assert "Line 99." in text_of(mail, kind)
        assert "Line 100." not in text_of(mail, kind)
        assert "And 30 more." in text_of(mail, kind)


def test_a_link_that_is_no_page_is_none() -> None:
    message = Message("firing", "x", (Line("y", link="javascript:alert(1)"),), "data:text/html,x")
    assert Tags(text_of(parsed(mail_of(outgoing(message), SENDER)), "html")).links == []


@pytest.mark.parametrize("domain", ["example.com", "mail." * 12 + "example.com", "a" * 63 + ".example", "a" * 63])
def test_an_id_is_never_folded(domain: str) -> None:
    raw = mail_of(outgoing(), Address("", f"kpi@{domain}".split("@")[0], domain))
    assert f"Message-ID: {message_id(UID, domain)}\r\n".encode() in raw


LINE = Line("Text", "Firing", "critical", (("Name", "value"),), "Driver", "Note", "▁▂", "https://example.com/1")
HARMLESS = Tags(html(outgoing(Message("firing", "Title", (LINE, LINE), "https://example.com/", "Remark"))))


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY)
def test_data_becomes_neither_a_header_nor_markup(text: str, other: str) -> None:
    line = Line(text, "Firing", "critical", ((text, other),), other, text, other, "https://example.com/" + text, 1)
    message = Message("firing", text, (line, line), "https://example.com/" + other, other)
    raw = mail_of(outgoing(message), SENDER)
    mail = parsed(raw)
    assert mail.keys() == HEADERS
    assert str(mail["Subject"]).split() == subject_of(text).split()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    page = Tags(text_of(mail, "html"))
    assert set(page.tags) <= set(HARMLESS.tags)
    assert page.attributes <= HARMLESS.attributes
    assert all(link.startswith("https://example.com/") for link in page.links)
