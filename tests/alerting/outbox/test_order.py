"""Which message of a destination is next."""

from datetime import datetime, timedelta

import pytest

from dash_kpi.alerting.outbox.order import NOBODY_WAS_TOLD, Drop, Look, Send, Step, Wait, Waiting, next_step
from tests.alerting.outbox.scripted import NOW

LATER = NOW + timedelta(hours=8)


def queued(number: int, due_at: datetime = NOW, **more: object) -> Waiting:
    return Waiting(number, "queued", due_at, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "step"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([queued(1), queued(2)], Send(1), id="first-come-first-served"),
        pytest.param([queued(1, LATER), queued(2)], Send(2), id="what-is-held-back-lets-others-pass"),
        pytest.param([queued(1, LATER, holds_up=True), queued(2)], Wait(LATER), id="what-failed-does-not"),
        pytest.param([Waiting(1, "unknown", LATER), queued(2)], Wait(LATER), id="an-unknown-outcome-does-not"),
        pytest.param([Waiting(1, "unknown", NOW), queued(2)], Look(1), id="evidence-first"),
        pytest.param([queued(2, parent="parked"), queued(3)], Send(3), id="a-reply-waits-for-its-message"),
        pytest.param([queued(2, parent="sent"), queued(3)], Send(2), id="and-goes-when-that-was-sent"),
        pytest.param([queued(2, parent="failed")], Drop(2, NOBODY_WAS_TOLD), id="nobody-was-told"),
        pytest.param([queued(2, LATER, parent="dropped")], Drop(2, NOBODY_WAS_TOLD), id="nor-of-its-reply"),
    ],
)
def test_what_is_next(rows: list[Waiting], step: Step | None) -> None:
    assert next_step(rows, NOW) == step
