"""Messages that need somebody, and what was decided about them, as values. No I/O."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from dash_kpi.alerting.outbox.problem import Problem

Decision = Literal["resend", "leave"]


@dataclass(frozen=True, slots=True)
class About:
    """An alert that a message speaks of."""

    id: int
    message: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What keeps messages from people, with the alerts that they are about: the first of them, and how many."""

    problem: Problem
    alerts: tuple[About, ...]
    alert_count: int
    open_ids: tuple[int, ...] = ()  # of all that are open

    def as_json(self) -> dict[str, Any]:
        """Return it as programs are given it."""
        found = asdict(self.problem)
        found["deliveries"] = found.pop("ids")
        alerts = [asdict(one) for one in self.alerts]
        return {**found, "sentence": self.problem.sentence, "alerts": alerts, "alert_count": self.alert_count}


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: about which messages it was taken, about which not and why, in one sentence."""

    act: Decision
    changed: tuple[int, ...]
    kept: tuple[tuple[int, str], ...]
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """Return it as programs are given it."""
        kept = [{"id": number, "reason": reason} for number, reason in self.kept]
        return {"act": self.act, "changed": self.changed, "kept": kept, "sentence": self.sentence}
