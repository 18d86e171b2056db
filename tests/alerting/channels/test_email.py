"""E-mail against a strict mail server."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dash_kpi.alerting.channels import email
from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    Config,
    NoEvidence,
    NotSent,
    Outcome,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.settings import Settings
from tests.alerting.channels.builders import UID, config_of, outgoing, patient, settings_in
from tests.fakes import certificates
from tests.fakes.smtp import FakeMailServer, MailFault, Step

PASSWORD = "pässword"  # noqa: S105  of the fake
BRIEF = Message("firing", "Revenue below € 90,000", (Line("It is € 82,100."),))
GOOD = {
    "host": "smtp.example.com",
    "port": "587",
    "encryption": "starttls",
    "user": "kpi",
    "password": PASSWORD,
    "sender": "Dash KPI <kpi@example.com>",
    "recipients": "ann@example.com\nbob@example.com",
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificate:
    return certificates.make(tmp_path_factory.mktemp("tls"), datetime.now(UTC), "localhost", "127.0.0.1")


@pytest.fixture(autouse=True)
def trusted(certificate: certificates.Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))


@pytest.fixture
def server(certificate: certificates.Certificate) -> Iterator[FakeMailServer]:
    known = {"ann@example.com", "bob@example.com"}
    with FakeMailServer(certificate=certificate, user="kpi", password=PASSWORD, recipients=known) as service:
        yield service


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def to(server: FakeMailServer, settings: Settings, **values: str) -> Config:
    here = {"host": "127.0.0.1", "port": str(server.port), "final_seconds": "10"}
    return config_of(settings, **{**GOOD, **here, **values})


def test_a_mail_is_handed_in_encrypted_for_one_recipient(server: FakeMailServer, settings: Settings) -> None:
    outcome = email.send(to(server, settings), outgoing())
    assert isinstance(outcome, Sent)
    assert outcome.receipt["message_id"] == f"<{UID}@example.com>"
    (mail,) = server.ledger
    assert (mail.sender, mail.recipients, mail.has_tls, mail.user) == (
        "kpi@example.com", ("ann@example.com",), True, "kpi",
    )  # fmt: skip
    assert mail.message["To"] == "ann@example.com"
    assert server.steps[-1] == "QUIT"


def test_the_server_may_speak_tls_from_the_start(certificate: certificates.Certificate, settings: Settings) -> None:
    with FakeMailServer(certificate=certificate, is_implicit=True, user="kpi", password=PASSWORD) as server:
        assert isinstance(email.send(to(server, settings, encryption="tls"), outgoing()), Sent)
        assert server.ledger[0].has_tls


def test_a_relay_may_need_neither_encryption_nor_a_user(settings: Settings) -> None:
    with FakeMailServer() as server:
        config = to(server, settings, encryption="none", user="", password="")
        assert isinstance(email.send(config, outgoing()), Sent)


def reply(at: str, text: str) -> MailFault:
    return MailFault(at, "reply", text)  # type: ignore[arg-type]


def fault(at: str, kind: str) -> MailFault:
    return MailFault(at, kind)  # type: ignore[arg-type]


FAULTS: list[tuple[MailFault, type[Outcome], str | None]] = [
    (reply("CONNECT", "421 4.3.2 too busy"), NotSent, "channel"),
    (reply("CONNECT", "554 5.7.1 no service"), RefusedForGood, "channel"),
    (fault("CONNECT", "close"), NotSent, "channel"),
    (fault("CONNECT", "reset"), NotSent, "channel"),
    (fault("CONNECT", "hang"), NotSent, "channel"),
    (fault("CONNECT", "garbage"), NotSent, "channel"),
    (reply("EHLO", "421 4.3.2 closing"), NotSent, "channel"),
    (fault("EHLO", "close"), NotSent, "message"),
    (reply("STARTTLS", "454 4.7.0 not now"), NotSent, "channel"),
    (reply("STARTTLS", "421 4.7.0 closing"), NotSent, "channel"),
    (fault("STARTTLS", "close"), NotSent, "message"),
    (fault("STARTTLS", "garbage"), NotSent, "channel"),
    (reply("AUTH", "454 4.7.0 not now"), NotSent, "channel"),
    (reply("AUTH", "421 4.7.0 closing"), NotSent, "channel"),
    (reply("AUTH", "535 5.7.8 wrong"), RefusedForGood, "channel"),
    (reply("AUTH", "534 5.7.9 an app password is needed"), RefusedForGood, "channel"),
    (fault("AUTH", "close"), NotSent, "message"),
    (reply("MAIL", "421 4.7.0 closing"), NotSent, "channel"),
    (reply("MAIL", "452 4.3.1 no space"), NotSent, "message"),
    (reply("MAIL", "550 5.7.60 may not send as this sender"), RefusedForGood, "channel"),
    (reply("RCPT", "421 4.7.0 closing"), NotSent, "channel"),
    (reply("RCPT", "450 4.2.1 busy"), NotSent, "destination"),
    (reply("RCPT", "451 4.7.1 greylisted"), NotSent, "destination"),
    (reply("RCPT", "550 5.1.1 unknown"), RefusedForGood, "destination"),
    (fault("RCPT", "reset"), NotSent, "message"),
    (reply("DATA", "421 4.7.0 closing"), NotSent, "channel"),
    (reply("DATA", "451 4.3.0 later"), NotSent, "message"),
    (reply("DATA", "554 5.5.1 no"), RefusedForGood, "message"),
    (fault("DATA", "close"), NotSent, "message"),
    (reply("DOT", "421 4.7.0 closing"), NotSent, "channel"),
    (reply("DOT", "451 4.3.0 later"), NotSent, "message"),
    (reply("DOT", "554 5.7.1 looks like spam"), RefusedForGood, "message"),
    (reply("DOT", "250 2.0.0 ok"), Sent, None),
    (fault("DOT", "close"), Unknown, None),
    (fault("DOT", "reset"), Unknown, None),
    (fault("DOT", "hang"), Unknown, None),
    (fault("DOT", "close_after"), Unknown, None),
    (fault("DOT", "reset_after"), Unknown, None),
    (fault("DOT", "hang_after"), Unknown, None),
    (fault("DOT", "garbage"), Unknown, None),
    (MailFault("DOT", "slow", seconds=0.05), Sent, None),
    (reply("QUIT", "500 5.5.1 what?"), Sent, None),
    (reply("QUIT", "421 4.3.2 bye"), Sent, None),
    (fault("QUIT", "close"), Sent, None),
    (fault("QUIT", "reset"), Sent, None),
    (fault("QUIT", "garbage"), Sent, None),
]


@pytest.mark.parametrize(
    ("spoilt", "kind", "scope"),
    FAULTS,
    ids=[f"{one.at}-{one.kind}-{one.text[:3]}-{kind.__name__}" for one, kind, _ in FAULTS],
)
def test_what_a_fault_means(
    server: FakeMailServer, settings: Settings, spoilt: MailFault, kind: type[Outcome], scope: str | None
) -> None:
    server.script.append(spoilt)
    seconds = spoilt.patience
    config = patient(to(server, settings, final_seconds=str(seconds)), seconds)
    outcome = email.send(config, outgoing(BRIEF))
    assert isinstance(outcome, kind)
    assert getattr(outcome, "scope", None) == scope
    assert not server.script
    if isinstance(outcome, NotSent | RefusedForGood):
        assert not server.ledger
        assert spoilt.text[4:] in outcome.reason


def test_a_message_that_may_have_arrived_comes_again_under_its_id(server: FakeMailServer, settings: Settings) -> None:
    server.script.append(fault("DOT", "close_after"))
    config = to(server, settings)
    assert isinstance(email.send(config, outgoing()), Unknown)
    evidence = email.reconcile(config, outgoing())
    assert isinstance(evidence, NoEvidence)
    assert evidence.ask_after is None
    assert isinstance(email.send(config, outgoing(is_possible_repeat=True)), Sent)
    assert server.ids == [f"<{UID}@example.com>"] * 2
    assert [b"Possible repeat" in mail.raw for mail in server.ledger] == [False, True]


def test_a_connection_lost_within_the_text_is_certain(server: FakeMailServer, settings: Settings) -> None:
    server.script.append(fault("BODY", "reset"))
    outcome = email.send(to(server, settings), outgoing())
    # The text may be on its way in whole when the connection ends; then only an answer to the dot would tell.
    assert isinstance(outcome, NotSent | Unknown)
    assert not server.ledger


def test_a_greylisted_recipient_gets_it_at_the_next_try(settings: Settings) -> None:
    with FakeMailServer(has_greylist=True) as server:
        config = to(server, settings, encryption="none", user="", password="")
        assert isinstance(email.send(config, outgoing()), NotSent)
        assert isinstance(email.send(config, outgoing(attempt=2)), Sent)
        assert len(server.ledger) == 1


def test_one_unknown_recipient_keeps_nobody_else_waiting(server: FakeMailServer, settings: Settings) -> None:
    config = to(server, settings)
    refused = email.send(config, outgoing(destination="eve@example.com"))
    assert isinstance(refused, RefusedForGood)
    assert refused.scope == "destination"
    assert "user unknown" in refused.reason
    assert isinstance(email.send(config, outgoing(destination="bob@example.com")), Sent)


def test_nothing_listens(server: FakeMailServer, settings: Settings) -> None:
    outcome = email.send(to(server, settings, port="9"), outgoing())
    assert outcome == NotSent("127.0.0.1:9 could not be reached: check the host and the port.", scope="channel")


@pytest.mark.parametrize(
    ("names", "days", "words"), [(("other.example",), 2, "another name"), (("127.0.0.1",), -1, "expired")]
)
def test_a_bad_certificate_is_said_in_words(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], days: int, words: str
) -> None:
    bad = certificates.make(tmp_path, datetime.now(UTC), *names, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(bad.path))
    for is_implicit, encryption in ((True, "tls"), (False, "starttls")):
        with FakeMailServer(certificate=bad, is_implicit=is_implicit) as server:
            config = to(server, settings, encryption=encryption, user="", password="")
            with pytest.raises(ChannelProblem, match=words):
                email.test(config)
            outcome = email.send(config, outgoing())
            assert isinstance(outcome, RefusedForGood)
            assert outcome.scope == "channel"
            assert not server.ledger


def test_a_certificate_that_nobody_knows_is_said_in_words(
    server: FakeMailServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ChannelProblem, match="signed by itself"):
        email.test(to(server, settings))


def test_the_wrong_kind_of_encryption_is_named(server: FakeMailServer, settings: Settings) -> None:
    with pytest.raises(ChannelProblem, match="choose STARTTLS"):
        email.test(to(server, settings, encryption="tls"))
    with FakeMailServer() as bare, pytest.raises(ChannelProblem, match="choose TLS"):
        email.test(to(bare, settings))


def test_a_server_that_lets_nobody_log_in_is_said_so(certificate: certificates.Certificate, settings: Settings) -> None:
    with FakeMailServer(certificate=certificate) as server, pytest.raises(ChannelProblem, match="leave user"):
        email.test(to(server, settings))


def test_a_test_of_the_connection_sends_nothing(server: FakeMailServer, settings: Settings) -> None:
    said = email.test(to(server, settings))
    assert said == f"Connected to 127.0.0.1:{server.port} as kpi; no message was sent."
    assert server.steps == ["CONNECT", "EHLO", "STARTTLS", "EHLO", "AUTH", "NOOP", "QUIT"]


def test_a_wrong_password_is_said_with_what_to_do_and_never_shown(server: FakeMailServer, settings: Settings) -> None:
    config = to(server, settings, password="hunter2")  # noqa: S106  of nobody
    with pytest.raises(ChannelProblem, match="app password") as problem:
        email.test(config)
    assert problem.value.field == "password"
    assert "hunter2" not in f"{problem.value}{config!r}"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"host": ""}, "host"),
        ({"host": "smtp example"}, "host"),
        ({"host": "x\r\ny"}, "host"),
        ({"host": "a" * 64}, "host"),
        ({"host": "smtp..example"}, "host"),
        ({"port": "0"}, "port"),
        ({"port": "70000"}, "port"),
        ({"port": "²"}, "port"),
        ({"encryption": "ssl"}, "encryption"),
        ({"encryption": "none"}, "encryption"),
        ({"user": ""}, "user"),
        ({"password": "a\0b"}, "password"),
        ({"sender": "nobody"}, "sender"),
        ({"sender": "a@b.example\r\nBcc: c@d.example"}, "sender"),
        ({"sender": "=?utf-8?q?=0aBcc:?= <a@b.example>"}, "sender"),
        ({"recipients": " \n"}, "recipients"),
        ({"recipients": "ann@example.com\nann@@example.com"}, "recipients"),
        ({"recipients": "ann@example.com, bob@example.com"}, "recipients"),
        ({"recipients": "ann@example..com"}, "recipients"),
        ({"recipients": "ann@exämple.com"}, "recipients"),
        ({"recipients": "<ann@example.com>"}, "recipients"),
    ],
)
def test_what_a_person_tells_is_checked_without_a_connection(
    settings: Settings, values: dict[str, str], field: str
) -> None:
    with pytest.raises(ChannelProblem) as problem:
        email.check({**GOOD, **values}, settings)
    assert problem.value.field == field


def test_what_is_right_passes_and_every_address_counts_once(settings: Settings) -> None:
    email.check(GOOD, settings)
    email.check({**GOOD, "encryption": "", "port": ""}, settings)
    assert email.destinations({"recipients": "ann@example.com\n\n Bob@example.com \r\nANN@example.com"}) == (
        "ann@example.com", "Bob@example.com",
    )  # fmt: skip


@pytest.mark.parametrize("address", ["no address", "", "ann@example.com\nbob@example.com", "ann@example.com>\r\nDATA"])
def test_what_is_no_address_is_refused_before_any_connection(
    server: FakeMailServer, settings: Settings, address: str
) -> None:
    refused = email.send(to(server, settings), replace(outgoing(), destination=address))
    assert isinstance(refused, RefusedForGood)
    assert (refused.scope, server.steps) == ("destination", [])


def test_among_random_faults_nothing_is_lost_and_only_what_says_so_comes_twice(settings: Settings) -> None:
    dice = random.Random(5)
    # A reply of 250 that stands for nothing is the one lie that no sender can see through.
    spoilt = [
        one
        for one, kind, _ in FAULTS
        if "hang" not in one.kind and kind is not RefusedForGood and not one.text.startswith("250")
    ]

    def plan(step: Step) -> MailFault | None:
        one = dice.choice(spoilt)
        return one if one.at == step and dice.random() < 0.7 else None

    with FakeMailServer(plan=plan) as server:
        config = to(server, settings, encryption="none", user="", password="")
        for number in range(25):
            told = replace(outgoing(BRIEF), uid=f"{number:032}")
            for attempt in range(100):
                outcome = email.send(config, replace(told, attempt=attempt + 1))
                if isinstance(outcome, Sent):
                    break
                assert not isinstance(outcome, RefusedForGood)
                told = replace(told, is_possible_repeat=told.is_possible_repeat or isinstance(outcome, Unknown))
    assert set(server.ids) == {f"<{number:032}@example.com>" for number in range(25)}
    repeats = {one for one in server.ids if server.ids.count(one) > 1}
    assert repeats
    marked = {str(mail.message["Message-ID"]) for mail in server.ledger if b"Possible repeat" in mail.raw}
    assert repeats <= marked
