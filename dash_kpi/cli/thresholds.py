"""The commands about thresholds: list, show, add, edit, remove, history, backtest."""

from datetime import UTC, datetime
from typing import Any

import click

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds import decisions as service
from dash_kpi.alerting.thresholds.backtest import Backtest
from dash_kpi.alerting.thresholds.backtest import backtest as replay
from dash_kpi.alerting.thresholds.entries import threshold
from dash_kpi.alerting.thresholds.entries import thresholds as listed
from dash_kpi.alerting.thresholds.suggestions import suggestions
from dash_kpi.cli.data import print_json
from dash_kpi.cli.options import as_json, with_database
from dash_kpi.cli.rule_options import rule_given, rule_options
from dash_kpi.storage.database import Database

BY = "command line"


@click.group()
def thresholds() -> None:
    """List, add, change, remove and backtest thresholds."""


@thresholds.command("list")
@as_json
@with_database
def list_all(database: Database, workspace: str, as_json: bool) -> None:
    """List every threshold with where it stands."""
    found = listed(database, workspace)
    if as_json:
        print_json({"workspace": workspace, "thresholds": [one.as_json() for one in found]})
        return
    now = datetime.now(UTC)
    for one in found:
        click.echo(f"{one.id:>4}  {one.status(now):<8} {one.rule.severity:<9} {one.sentence}")
        if one.last:
            period = f"{one.last.period}: " if one.last.period else ""
            click.echo(f"{'':<6}{period}{one.last.reason}")


@thresholds.command()
@click.argument("number", type=int)
@as_json
@with_database
def show(database: Database, workspace: str, number: int, as_json: bool) -> None:
    """Print one threshold as JSON, as `--json-rule` takes it; with --json, with what else is known of it."""
    found = threshold(database, workspace, number)
    print_json(found.as_json() if as_json else found.rule.as_json())


@thresholds.command()
@rule_options
@as_json
@with_database
def add(database: Database, workspace: str, as_json: bool, **options: Any) -> None:
    """Add a threshold."""
    _done(service.save(database, workspace, rule_given(options, {}), BY, datetime.now(UTC)), as_json)


@thresholds.command()
@click.argument("number", type=int)
@rule_options
@click.option("--on/--off", "is_enabled", default=None, help="Switch it on or off.")
@as_json
@with_database
def edit(
    database: Database, workspace: str, number: int, as_json: bool, is_enabled: bool | None, **options: Any
) -> None:
    """Change what is named of a threshold."""
    known = threshold(database, workspace, number)
    given = rule_given(options, known.rule.as_json())
    if is_enabled is not None:
        given["is_enabled"] = is_enabled
    change = service.save(database, workspace, given, BY, datetime.now(UTC), number=number, version=known.version)
    _done(change, as_json)


@thresholds.command()
@click.argument("number", type=int)
@as_json
@with_database
def remove(database: Database, workspace: str, number: int, as_json: bool) -> None:
    """Remove a threshold; `undo` brings it back."""
    _done(service.remove(database, workspace, number, BY, datetime.now(UTC)), as_json)


@thresholds.command()
@click.argument("number", type=int)
@as_json
@with_database
def undo(database: Database, workspace: str, number: int, as_json: bool) -> None:
    """Take the last change of a threshold back."""
    _done(service.undo(database, workspace, number, BY, datetime.now(UTC)), as_json)


@thresholds.command()
@click.argument("number", type=int)
@as_json
@with_database
def history(database: Database, workspace: str, number: int, as_json: bool) -> None:
    """List every wording of a threshold, the newest first."""
    found = service.versions(database, workspace, number)
    if as_json:
        print_json(
            {
                "versions": [
                    {
                        "number": one.number,
                        "summary": one.summary,
                        "created_at": one.created_at,
                        "created_by": one.created_by,
                        "is_in_force": one.is_in_force,
                        "rule": one.rule and one.rule.as_json(),
                    }
                    for one in found
                ]
            }
        )
        return
    for one in found:
        click.echo(f"{one.number:>4}  {one.created_at:%Y-%m-%d %H:%M}  {one.created_by}: {one.summary}")


@thresholds.command()
@click.argument("number", type=int, required=False)
@rule_options
@as_json
@with_database
def backtest(database: Database, workspace: str, number: int | None, as_json: bool, **options: Any) -> None:
    """Say what a threshold would have done over all history: one that is there, by NUMBER, or one that options make."""
    known = threshold(database, workspace, number).rule.as_json() if number is not None else {}
    rule, now = Rule.from_json(rule_given(options, known)), datetime.now(UTC)
    found = replay(database, workspace, rule, now)
    proposed = suggestions(database, workspace, rule, now)
    if as_json:
        limits = [
            {"limit": one.limit, "kind": one.kind, "reason": one.reason, "sentence": one.sentence} for one in proposed
        ]
        print_json({"workspace": workspace, "rule": rule.as_json(), **found.as_json(), "suggestions": limits})
        return
    _print(found)
    for one in proposed:
        click.echo(f"Suggested: {one.kind} {one.limit:,g}: {one.sentence} ({one.reason}).")


def _print(found: Backtest) -> None:
    if found.reason:
        click.echo(found.reason)
        return
    for one in found.firings:
        where = f"{one.segment}: " if one.segment else ""
        until = f"resolved {one.resolved_label}" if one.resolved_label else "still firing"
        click.echo(f"{where}fired {one.fired_label}, {until}")
    click.echo(found.sentence)
    if found.first_message:
        click.echo(f"The first message: {found.first_message}")


def _done(change: service.Change, as_json: bool) -> None:
    if as_json:
        print_json({"id": change.number, "version": change.version, "sentence": change.sentence})
    else:
        click.echo(f"Threshold {change.number}: {change.sentence}")
