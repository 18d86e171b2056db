"""What changed, in words: values in their unit, how sure it is, and where the proof stands."""

from dataclasses import replace
from datetime import date

import pytest

from dash_kpi.kpis.news.news import News
from dash_kpi.reporting.changes import Change, Changes, Part, RestatedKpi
from dash_kpi.reporting.events import Event
from dash_kpi.reporting.values import Restatement, Span
from dash_kpi.reporting.view import View
from dash_kpi.ui.changes import listed, sentences
from dash_kpi.ui.markup import markup

FIRST, LAST = date(2025, 11, 1), date(2025, 11, 30)
MOVE = News("move", "revenue", FIRST, LAST, "down", 5.23, 1e-5, 1, 1_240_000, 1_410_000, -0.12)
CHANGE = Change(MOVE, "Revenue", "currency", "higher", None, "month", "Nov 2025", "1 – 31 Oct 2025")
ANSWER = Changes(4, View(), Span(FIRST, LAST, "Nov 2025"), None, (CHANGE,), kpis=3, dimensions=2)


def told(news: News, **options: object) -> str:
    change = replace(CHANGE, news=news, **options)  # type: ignore[arg-type]
    return sentences(replace(ANSWER, found=(change,)))[0].text.replace("\u00a0", " ")


def test_a_move_has_its_value_its_size_its_record_and_what_explains_it() -> None:
    record = replace(MOVE, kind="record", periods=14, is_ever=False)

    assert told(replace(MOVE, also=(record,)), part=Part("channel", "Online", 0.71)) == (
        "Revenue was 1.24 M, 12 % below the 1.41 M of 1 – 31 Oct 2025, 5.2 times its usual variation; "
        "its last month is the lowest month in 14 months; Online (Channel) explains 71 % of it."
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("target", "Revenue missed its target: 1.24 M, 12 % below the 1.41 M aimed at."),
        ("anomaly", "Revenue was unusual in Nov 2025: 1.24 M, 12 % below the 1.41 M expected."),
        ("shift", "Revenue has been at another level since Nov 2025: "
                  "about 1.24 M a month, 12 % below the 1.41 M before."),
        ("record", "Revenue was 1.24 M in Nov 2025, the lowest month in 5 months."),
        ("streak", "Revenue: the fifth month in a row of decline, from 1.41 M to 1.24 M."),
        ("risk", "Revenue will probably miss the target of Nov 2025: 1.24 M expected, "
                 "1.41 M aimed at, missed with a chance of 100 %."),
        ("gap", "Revenue has 5 months without numbers where there usually are some: Nov 2025."),
    ],
)  # fmt: skip
def test_each_kind_has_its_sentence(kind: str, said: str) -> None:
    assert told(replace(MOVE, kind=kind, periods=5)) == said  # type: ignore[arg-type]


def test_confidence_and_judgement_are_words_and_the_proof_is_linked() -> None:
    (one,) = sentences(ANSWER)

    assert (one.confidence, one.judgement, one.way) == ("nearly certain", "worse", "down")
    assert one.links[0][1] == "/drivers?kpi=revenue"
    shown = markup(listed(ANSWER))
    assert "nearly certain" in shown
    assert "changes-sign down" in shown


def test_nothing_unusual_says_what_was_looked_at() -> None:
    shown = markup(listed(replace(ANSWER, found=(), unjudged=("Orders",))))

    assert "Nothing unusual in this period." in shown
    assert "Looked at 3 KPIs × 2 dimensions" in shown
    assert "Not judged: Orders." in shown


def test_restatements_and_events_lead_to_revision_and_source() -> None:
    restated = RestatedKpi("Revenue", "revenue", "currency", None, "Oct 2025", Restatement(FIRST, 7, 10, 12), 2)
    answer = replace(ANSWER, found=(), restated=(restated,))

    first, second = sentences(answer, [Event("late", "a.xlsx", 3, since=FIRST)])

    assert first.text == "Revision 7 restated Revenue of Oct 2025: 10.00 → 12.00, and 2 other numbers."
    assert first.links[0][1] == "/data/revisions?from=6&to=7"
    assert second.text == "a.xlsx is late: it was due on 1 Nov 2025."
    assert second.links[0][1] == "/data/source?id=3"


@pytest.mark.parametrize(
    ("periods", "ordinal"), [(3, "third"), (11, "11th"), (21, "21st"), (22, "22nd"), (112, "112th")]
)
def test_a_streak_is_counted_as_people_count(periods: int, ordinal: str) -> None:
    assert f"the {ordinal} month in a row" in told(replace(MOVE, kind="streak", periods=periods))
