"""Alerting: a backtest as the form asks for it, and a thousand thresholds judged after a load."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.instances import opened, store, temporary
from benchmarks.repetition import medians, timed
from benchmarks.sales import sales
from benchmarks.table import Comparison, say
from dash_kpi.alerting.judging.workspace import judge_workspace
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.backtest import backtest
from dash_kpi.storage.answers import Answers
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Threshold

MOST_BACKTEST_MILLISECONDS, MOST_JUDGING_SECONDS = 50.0, 2.0
KPIS = ("revenue", "cogs", "profit", "profit_margin", "units", "efficiency_ratio")
GRAINS = ("day", "week", "month", "rolling_7")
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def rows(is_quick: bool) -> list[Comparison]:
    """Measure at the server, without the delivery."""
    size, times, many = (20_000, 3, 100) if is_quick else (300_000, 9, 1000)
    with temporary() as folder, opened(folder) as database:
        say(f"storing {size:,} rows")
        store(database, sales(size))
        replayed = _backtests(database, times)
        say(f"judging {many:,} thresholds")
        judged = _judging(database, size, many, times=3)
    return [
        Comparison(
            "backtest of 3 years by day, a limit that moves",
            "ms",
            1000 * replayed,
            most=MOST_BACKTEST_MILLISECONDS,
        ),
        Comparison(f"{many:,} thresholds judged after a load", "s", judged, most=MOST_JUDGING_SECONDS),
    ]


def _backtests(database: Database, times: int) -> float:
    """Return the seconds of one backtest: what was replayed is never the same rule again, as when it is edited."""
    limits = iter(range(10_000, 10_000 + 20 * (times + 2), 20))

    def once() -> None:
        found = backtest(database, MAIN, _rule(0, {"kind": "below", "low": next(limits)}), NOW)
        assert len(found.lines[0].values) > 1000, found.reason

    return medians({"once": once}, times)["once"]


def _judging(database: Database, size: int, many: int, times: int) -> float:
    """Return the seconds in which new thresholds are judged after a load that nobody has looked at yet."""
    with database.writing() as session:
        for at in range(many):
            kind = {"kind": "anomaly"} if at % 10 == 0 else {"kind": "below", "low": 10.0 * at}
            rule = _rule(at, kind)
            session.add(
                Threshold(
                    workspace_id=1,
                    kpi_name=rule.kpi,
                    rule=rule.as_json(),
                    created_at=NOW,
                    created_by="benchmark",
                    updated_at=NOW,
                )
            )
    judge_workspace(database, MAIN, NOW)
    seconds = []
    for number in range(times):
        store(database, sales(size + 1 + number))
        database.answers = Answers()
        seconds.append(timed(lambda at=number: judge_workspace(database, MAIN, NOW + timedelta(days=1 + at))))  # type: ignore[misc]
    return sorted(seconds)[len(seconds) // 2]


def _rule(at: int, condition: dict[str, object]) -> Rule:
    by = "Region" if at % 50 == 1 else ""
    given = {"kpi": KPIS[at % 6], "grain": GRAINS[at % 4] if at else "day", "conditions": [condition], "by": by}
    return replace(Rule.from_json(given), pending=1 + at % 2)
