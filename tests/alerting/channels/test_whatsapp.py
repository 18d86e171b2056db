"""WhatsApp against a strict fake of its Cloud API."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.alerting.channels import whatsapp
from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    Config,
    NoEvidence,
    NotSent,
    Outcome,
    Outgoing,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.channels.whatsapp_errors import MOST_FAILURES, after_acceptance
from dash_kpi.alerting.channels.whatsapp_text import FIXED, TEMPLATE, parameters_of, summary_of, text_of
from dash_kpi.alerting.messages.message import Line, Message
from tests.alerting.channels.builders import FIRING, UID, config_of, outgoing, patient, settings_in
from tests.fakes.faults import Fault
from tests.fakes.whatsapp import ACCOUNT_ID, BODY, NUMBER_ID, TOKEN, FakeWhatsApp, Template

TO = "15551234567"


@pytest.fixture
def service() -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as one:
        yield one


@pytest.fixture
def config(service: FakeWhatsApp, tmp_path: Path) -> Config:
    return config_at(service.url, tmp_path)


def config_at(url: str, folder: Path) -> Config:
    values = {"phone_number_id": NUMBER_ID, "token": TOKEN, "recipients": "+1 (555) 123-4567"}
    return config_of(settings_in(folder, whatsapp_url=url), **values)


def with_values(config: Config, **values: str) -> Config:
    return replace(config, values={**config.values, **values})


def send(config: Config, to: str = TO, attempt: int = 1, *, is_repeat: bool = False) -> Outcome:
    return whatsapp.send(config, outgoing(destination=to, attempt=attempt, is_possible_repeat=is_repeat))


def test_the_template_of_the_guide_is_the_one_that_is_sent() -> None:
    assert TEMPLATE == BODY


def test_a_message_goes_by_the_template_with_our_id(service: FakeWhatsApp, config: Config) -> None:
    assert send(config) == Sent({"wamid": "wamid.00000001", "wa_id": TO})
    (entry,) = service.ledger
    assert (entry.message["to"], entry.message["biz_opaque_callback_data"]) == (TO, UID)
    slots = [one["text"] for one in entry.message["template"]["components"][0]["parameters"]]
    assert slots[0] == FIRING.title
    assert slots[1].startswith("2 alerts, the worst: Revenue of Feb 2026 is € 82,100")
    assert slots[2] == FIRING.link


def test_a_possible_repeat_says_so(service: FakeWhatsApp, config: Config) -> None:
    send(config, is_repeat=True)
    slots = service.ledger[0].message["template"]["components"][0]["parameters"]
    assert slots[0]["text"].startswith(f"(possible repeat of {UID[:8]}) ")


def in_text(config: Config) -> Config:
    return with_values(config, window="text")


def just_written(**given: Any) -> Outgoing:
    return outgoing(destination=TO, written_at=datetime.now(UTC) - timedelta(hours=23), **given)


def test_within_the_window_free_text_tells_every_alert(service: FakeWhatsApp, config: Config) -> None:
    service.rules.open_windows.add(TO)
    outcome = whatsapp.send(in_text(config), just_written(is_possible_repeat=True))
    assert isinstance(outcome, Sent)
    (entry,) = service.ledger
    assert (entry.message["type"], entry.message["biz_opaque_callback_data"]) == ("text", UID)
    body = entry.message["text"]["body"]
    assert body.startswith(f"(possible repeat of {UID[:8]}) {FIRING.title}")
    assert all(line.text in body for line in FIRING.lines)
    assert body.endswith(f"{FIRING.remark}\n\n{FIRING.link}")


def test_free_text_that_comes_too_late_goes_by_the_template_at_once(service: FakeWhatsApp, config: Config) -> None:
    assert isinstance(whatsapp.send(in_text(config), just_written()), Sent)
    assert [one.json["type"] for one in service.requests] == ["text", "template"]
    assert [one.message["type"] for one in service.ledger] == ["template"]


@pytest.mark.parametrize("kind", ["reset_after", "status_after", "truncated"])
def test_free_text_whose_answer_is_lost_is_not_repeated(kind: Any, service: FakeWhatsApp, config: Config) -> None:
    service.rules.open_windows.add(TO)
    service.script.append(Fault(kind))
    assert isinstance(whatsapp.send(in_text(config), just_written()), Unknown)
    assert len(service.ledger) == 1


def test_the_template_is_used_whenever_text_might_not_be_taken(service: FakeWhatsApp, config: Config) -> None:
    service.rules.open_windows.add(TO)
    old = datetime.now(UTC) - timedelta(hours=24)
    whatsapp.send(config, just_written())
    whatsapp.send(in_text(config), just_written(attempt=2))
    whatsapp.send(in_text(config), outgoing(destination=TO))
    whatsapp.send(in_text(config), outgoing(destination=TO, written_at=old))
    assert [one.message["type"] for one in service.ledger] == ["template"] * 4


@given(st.text(max_size=400), st.lists(st.text(max_size=1500), max_size=14), st.text(max_size=400), st.booleans())
def test_free_text_is_never_too_long_nor_empty(title: str, texts: list[str], remark: str, is_repeat: bool) -> None:
    message = Message("firing", title, tuple(Line(one, note=one) for one in texts), "https://kpi.example.com", remark)
    said = text_of(message, UID, is_possible_repeat=is_repeat)
    assert 0 < len(said.encode("utf-16-le")) // 2 <= 4096


@pytest.mark.parametrize(
    ("kind", "states", "said"),
    [
        ("firing", ("Firing",) * 12, "12 alerts, the worst: It is 1. And 3 more"),
        ("follow_up", ("Worse", "Still firing", "Resolved"), "2 alerts, the worst (1 more is over): It is 1."),
        ("firing", ("Firing", "Resolved", "Resolved"), "1 alert (2 more are over): It is 1."),
        ("resolved", ("Resolved",) * 3, "3 alerts are over, the first: It is 1."),
        ("digest", ("What changed",) * 2, "2 KPIs, the first: It is 1."),
        ("notice", ("Not delivered", "The queue waits"), "2 messages, the first: It is 1."),
        ("firing", ("Firing",), "It is 1."),
        ("digest", (), "And 3 more"),
    ],
)
def test_several_alerts_are_counted_by_what_still_fires(kind: Any, states: tuple[str, ...], said: str) -> None:
    lines = tuple(Line(f"It is {number}.", state) for number, state in enumerate(states, 1))
    remark = "And 3 more" if "more" in said and "over" not in said else ""
    assert summary_of(Message(kind, "A title", lines, remark=remark)) == said


CODES = [
    *((400, code, NotSent, "channel") for code in (4, 80007, 130429)),
    (400, 131056, NotSent, "destination"),
    *((503, code, NotSent, "channel") for code in (2, 131016, 133004, 131057)),
    *((500, code, Unknown, None) for code in (1, 131000)),
    *(
        (400, code, RefusedForGood, "message")
        for code in (131047, 132000, 132005, 132012, 132018, 100, 131008, 131009, 131051, 131049, 130472, 999999)
    ),
    *((400, code, RefusedForGood, "destination") for code in (131026, 131021, 131030)),
    *((404, code, RefusedForGood, "channel") for code in (132001, 132015, 132016, 132007)),
    *((403, code, RefusedForGood, "channel") for code in (131048, 368, 131031, 130497)),
    *((401, code, RefusedForGood, "channel") for code in (0, 3, 10, 190, 200, 299, 131005, 133010, 131042, 131045)),
]


@pytest.mark.parametrize(("status", "code", "kind", "scope"), CODES)
def test_every_code_has_its_outcome(
    status: int, code: int, kind: type[Outcome], scope: str | None, service: FakeWhatsApp, config: Config
) -> None:
    service.rules.codes[TO] = (status, code)
    outcome = send(config)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "scope", None) == scope
    assert not isinstance(outcome, Sent)
    assert str(code) in outcome.reason
    assert service.ledger == []


@pytest.mark.parametrize(("status", "code", "kind", "scope"), CODES)
def test_every_code_that_is_reported_late_has_its_outcome(
    status: int, code: int, kind: type[Outcome], scope: str | None
) -> None:
    outcome = after_acceptance(code)
    is_certain = kind is Unknown or code == 131047  # a failure that is reported is certain; text goes by the template
    assert isinstance(outcome, NotSent if is_certain else kind)
    assert outcome.scope == (scope or "message")
    assert f"{code}" in outcome.reason
    given_up = after_acceptance(code, MOST_FAILURES)
    assert isinstance(given_up, RefusedForGood)


@pytest.mark.parametrize(("attempt", "wait"), [(1, 6), (2, 16), (3, 64), (40, 3600)])
def test_the_pair_rate_waits_longer_each_time(attempt: int, wait: float, service: FakeWhatsApp, config: Config) -> None:
    service.rules.bursts[TO] = 0
    outcome = send(config, attempt=attempt)
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == wait
    assert isinstance(send(config, "4915123456789"), Sent)


FAULTS = [
    (Fault("status", status=500), Unknown),
    (Fault("status_after", status=502), Unknown),
    (Fault("status", status=429, retry_after=7), NotSent),
    (Fault("reset_before"), Unknown),
    (Fault("reset_after"), Unknown),
    (Fault("close_before"), Unknown),
    (Fault("close_after"), Unknown),
    (Fault("hang"), Unknown),
    (Fault("hang_after"), Unknown),
    (Fault("truncated"), Unknown),
    (Fault("malformed"), Unknown),
    (Fault("slow"), Sent),
    (Fault("status", status=404), RefusedForGood),
]


@pytest.mark.parametrize(("fault", "kind"), FAULTS, ids=lambda one: getattr(one, "kind", None))
def test_every_fault_has_its_outcome(fault: Fault, kind: type[Outcome], service: FakeWhatsApp, config: Config) -> None:
    service.script.append(fault)
    assert isinstance(send(patient(config, fault.patience)), kind)
    assert len(service.requests) == 1


def test_without_a_connection_nothing_was_sent(tmp_path: Path) -> None:
    with FakeWhatsApp() as gone:
        config = config_at(gone.url, tmp_path)
    outcome = send(config)
    assert isinstance(outcome, NotSent)
    assert outcome.scope == "channel"


def test_waits_are_read_in_seconds_and_in_minutes() -> None:
    usage = '{"1":[{"type":"messaging","estimated_time_to_regain_access":3}]}'
    assert whatsapp.wait_of({"Retry-After": "7"}) == 7
    assert whatsapp.wait_of({"X-Business-Use-Case-Usage": usage}) == 180
    assert whatsapp.wait_of({"Retry-After": "Mon, 02 Mar 2020 08:00:00 GMT"}) == 0
    assert whatsapp.wait_of({"Retry-After": "soon"}) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone_number_id", "+1 555"), ("token", ""), ("recipients", ""), ("recipients", "0151 23456"),
        ("template", "KPI alert"), ("language", "english"), ("account_id", "x"), ("window", "always"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_with_its_field(field: str, value: str, config: Config) -> None:
    with pytest.raises(ChannelProblem) as problem:
        whatsapp.check(with_values(config, **{field: value}).values, config.settings)
    assert problem.value.field == field


def test_numbers_become_bare_digits_once_each() -> None:
    assert whatsapp.destinations({"recipients": "+49 151 234-56789\n4915123456789, +1 (555) 123-4567"}) == (
        "4915123456789", TO,
    )  # fmt: skip


def test_the_test_of_a_channel_posts_nothing(service: FakeWhatsApp, config: Config) -> None:
    assert whatsapp.test(config).startswith("Connected as Example Ltd, +1 555-123-4567.")
    assert whatsapp.test(with_values(config, account_id=ACCOUNT_ID)).endswith("The template kpi_alert is approved.")
    assert {one.method for one in service.requests} == {"GET"}


@pytest.mark.parametrize(
    ("values", "field"),
    [({"token": "another-token"}, "token"), ({"phone_number_id": "1234567"}, "phone_number_id")],
)
def test_the_test_of_a_channel_tells_what_is_wrong(values: dict[str, str], field: str, config: Config) -> None:
    with pytest.raises(ChannelProblem) as problem:
        whatsapp.test(with_values(config, **values))
    assert problem.value.field == field


@pytest.mark.parametrize("template", [Template(status="PAUSED"), Template(language="de")])
def test_the_test_finds_a_template_that_cannot_be_used(
    template: Template, service: FakeWhatsApp, config: Config
) -> None:
    service.templates["kpi_alert"] = template
    with pytest.raises(ChannelProblem, match="kpi_alert"):
        whatsapp.test(with_values(config, account_id=ACCOUNT_ID))
    outcome = send(config)
    assert isinstance(outcome, RefusedForGood)
    assert outcome.scope == "channel"


def test_reports_are_waited_for_as_long_as_they_may_come(config: Config) -> None:
    reported = replace(config, settings=config.settings.model_copy(update={"whatsapp_app_secret": "s"}))
    now = datetime.now(UTC)
    asked = {
        (name, age): whatsapp.reconcile(one, outgoing(started_at=now - timedelta(seconds=age)))
        for name, one in (("set up", reported), ("not", config))
        for age in (1, 3600)
    }
    waits = {key: one.ask_after for key, one in asked.items() if isinstance(one, NoEvidence)}
    assert waits == {("set up", 1): 60, ("set up", 3600): None, ("not", 1): None, ("not", 3600): None}


@given(st.text(max_size=2000), st.text(max_size=3000), st.text(max_size=500), st.booleans())
def test_whatever_is_said_fits_the_slots(title: str, text: str, link: str, is_repeat: bool) -> None:
    message = Message("firing", title, (Line(text),), link)
    slots = parameters_of(message, UID, is_possible_repeat=is_repeat)
    assert all(slots)
    assert not any(one != " ".join(one.split()) for one in slots)
    assert FIXED + sum(len(one.encode("utf-16-le")) // 2 for one in slots) <= 1024
