"""Many deliveries through a Slack that fails at random: none lost, none twice."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from dash_kpi.alerting.channels import slack
from dash_kpi.alerting.channels.transport import Absent, Config, Outgoing, Sent, Unknown
from tests.alerting.channels.slack_deliveries import MESSAGE, bot, outgoing, settled
from tests.fakes.faults import Fault, at_random
from tests.fakes.slack import FakeSlack

FAULTS = (
    Fault("status", status=429, retry_after=0),
    Fault("status", status=500),
    Fault("status_after", status=500),
    Fault("reset_before"),
    Fault("reset_after"),
    Fault("close_before"),
    Fault("close_after"),
    Fault("truncated"),
    Fault("malformed"),
)


def deliver(config: Config, delivery: Outgoing) -> Sent:
    """Try until it is sent, as the outbox does; after an unknown outcome only on proof that it was not."""
    for _ in range(50):
        outcome = slack.send(config, delivery)
        while isinstance(outcome, Unknown):
            evidence = slack.reconcile(config, settled(delivery))
            if isinstance(evidence, Absent):
                break
            if isinstance(evidence, Sent):
                return evidence
        if isinstance(outcome, Sent):
            return outcome
    raise AssertionError(f"{delivery.uid} was never sent.")


@pytest.mark.parametrize("seed", [1, 2])
def test_none_is_lost_and_none_comes_twice(seed: int, tmp_path: Path) -> None:
    with FakeSlack(at_random(seed, 0.4, FAULTS)) as fake:
        config = bot(fake, tmp_path)
        thread = deliver(config, outgoing("first")).receipt
        over = replace(MESSAGE, kind="resolved")
        for number in range(60):
            is_answer = number % 3 == 0
            delivery = outgoing(f"d{number}", message=over if is_answer else MESSAGE)
            found = deliver(config, replace(delivery, thread=thread) if is_answer else delivery)
            post = next(post for post in fake.room("sales").messages if post.uid == delivery.uid)
            assert found.receipt == {"channel": "C00000001", "ts": post.ts}
        assert Counter(entry.message.uid for entry in fake.ledger) == Counter(["first", *(f"d{n}" for n in range(60))])
        assert len(fake.faults) > 20
        assert not fake.room("sales").lost
