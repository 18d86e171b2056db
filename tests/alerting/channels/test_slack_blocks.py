"""What messages look like in Slack, and that no data can be more than text there."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_kpi.alerting.channels.slack_blocks import Block, address, blocks_of, closed, escaped, text_of
from dash_kpi.alerting.messages.message import Line, Message
from tests.alerting.channels.slack_deliveries import LINE, MESSAGE
from tests.fakes.slack_rules import MOST_CHARACTERS, characters, invalid_blocks, markup, texts

HOSTILE = st.text(
    st.one_of(st.sampled_from("<>!@#|&`*_~;:\n\r\t\0 \ud800\u202e😀"), st.characters()), max_size=60
) | st.sampled_from(
    [
        "\u200b",
        "\U00018cd6",
        "82\u202f100\xa0€",
        "<!channel>",
        "<!here|x>",
        "<@U1>",
        "<http://e.example|x>",
        "&lt;!channel&gt;",
        "```",
        "x" * 5000,
        "<" * 5000,
        "😀" * 4000,
    ]
)
LINKS = HOSTILE | st.sampled_from(
    [
        "javascript:alert(1)",
        "http://e.example/a|b><!channel>",
        "https://dash.example/?q=1&b=<2>",
        "http://e.example/" + "q" * 4000,
    ]
)
LINES = st.builds(
    Line,
    text=HOSTILE,
    state=st.sampled_from(["Firing", "Resolved", "Worse", ""]) | HOSTILE,
    severity=st.sampled_from(["critical", "warning", "info", ""]) | HOSTILE,
    facts=st.lists(st.tuples(HOSTILE, HOSTILE), max_size=12).map(tuple),
    driver=HOSTILE,
    note=HOSTILE,
    sparkline=HOSTILE,
    link=LINKS,
    alert_id=st.none() | st.integers(1, 10**9),
)
MESSAGES = st.builds(
    Message,
    kind=st.sampled_from(["firing", "resolved", "follow_up", "correction", "digest", "test", "notice"]),
    title=HOSTILE,
    lines=st.lists(LINES, max_size=14).map(tuple),
    link=LINKS,
    remark=HOSTILE,
)


def is_a_link(found: str) -> bool:
    url, _, label = found.partition("|")
    return url.startswith(("http://", "https://")) and label in ("Open", "Show all") and " " not in url


@settings(deadline=None)
@given(MESSAGES, HOSTILE, st.booleans(), st.booleans())
def test_no_data_calls_people_makes_links_or_breaks_blocks(
    message: Message, uid: str, is_possible_repeat: bool, has_buttons: bool
) -> None:
    blocks = blocks_of(message, uid, is_possible_repeat=is_possible_repeat, has_buttons=has_buttons)
    text = text_of(message, uid, is_possible_repeat=is_possible_repeat)
    struck_text, struck = closed(message)
    for told, shown in ((text, blocks), (struck_text, struck)):
        assert invalid_blocks(shown) == []
        assert characters(shown) <= MOST_CHARACTERS
        assert 0 < len(told) < 4000
        assert all(is_a_link(found) for found in markup(told, shown))
        for kind, words in [("mrkdwn", told), *texts(shown)]:
            words.encode()  # no halves of characters
            if kind == "mrkdwn":
                for line in words.split("\n"):
                    assert line.count("`") in (0, 2)
                    assert "<" not in line.replace("<http", "") or is_a_link(line.strip("<>"))


def test_markup_is_escaped_ampersand_first_and_once() -> None:
    assert escaped("a < b & c > d &lt;") == "a &lt; b &amp; c &gt; d &amp;lt;"


def test_spaces_that_keep_a_number_together_stay_and_what_turns_writing_goes() -> None:
    assert escaped("82\u202f100\xa0€ \u202eevil\u2028\n x") == "82\u202f100\xa0€ evil x"


@settings(deadline=None)
@given(HOSTILE, st.integers(2, 50))
def test_a_cut_text_never_ends_within_an_escaped_sign(text: str, most: int) -> None:
    found = escaped(text, most)
    assert len(found.encode("utf-16-le")) // 2 <= most
    assert found.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "").count("&") == 0


def words_of(blocks: list[Block]) -> str:
    return "\n".join(text for _, text in texts(blocks))


def test_twelve_lines_are_ten_and_a_link_to_the_rest() -> None:
    lines = tuple(replace(LINE, text=f"Line {number}.") for number in range(12))
    message = replace(MESSAGE, lines=lines)
    shown = words_of(blocks_of(message, "d1"))
    assert "Line 9." in shown
    assert "Line 10." not in shown
    assert "and 2 more <http://dash.example/alerts/7|Show all>" in shown
    assert "and 2 more" in text_of(message, "d1")


@pytest.mark.parametrize(
    ("severity", "state", "mark"),
    [
        ("critical", "Firing", "*■ Critical · Firing*"),
        ("warning", "Worse", "*▲ Warning · Worse*"),
        ("info", "Firing", "*● Info · Firing*"),
        ("critical", "Resolved", "*✓ Resolved*"),
    ],
)
def test_severity_is_a_shape_and_a_word(severity: str, state: str, mark: str) -> None:
    line = replace(LINE, severity=severity, state=state)
    assert mark in words_of(blocks_of(replace(MESSAGE, lines=(line,)), "d1"))


def test_a_line_of_a_digest_has_no_mark() -> None:
    digest = Message("digest", "Your week", (Line("Revenue rose to € 120,000"),), remark="Held back by quiet hours")
    blocks = blocks_of(digest, "d1", has_buttons=True)
    assert words_of(blocks) == "Your week\nRevenue rose to € 120,000\nHeld back by quiet hours"


def test_a_title_that_says_it_all_is_not_said_again() -> None:
    message = replace(MESSAGE, title=LINE.text)
    assert words_of(blocks_of(message, "d1")).count(LINE.text) == 1
    assert text_of(message, "d1").count(LINE.text) == 1


def test_only_alerts_that_are_not_over_have_their_ids_in_the_buttons() -> None:
    lines = (LINE, replace(LINE, alert_id=8, state="Resolved"), replace(LINE, alert_id=9))
    blocks = blocks_of(replace(MESSAGE, lines=lines), "d1", has_buttons=True)
    assert {element["value"] for element in blocks[-1]["elements"]} == {"7,9"}


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://dash.example/a?b=1&c=ä b", "https://dash.example/a?b=1&c=%C3%A4%20b"),
        ("http://e.example/|<!channel>", "http://e.example/%7C%3C!channel%3E"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_link_is_an_address_of_the_web_without_signs_that_have_a_meaning(link: str, found: str) -> None:
    assert address(link) == found
