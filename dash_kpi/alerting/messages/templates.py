"""Templates of a team: how it words its messages, with every version that it had."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.judging.told import Told
from dash_kpi.alerting.messages.compose import TITLES, Composer, template_of, title_of, worst_first
from dash_kpi.alerting.messages.example import example, told_of_alert
from dash_kpi.alerting.messages.language import TemplateRefused, render
from dash_kpi.alerting.messages.values import values_of
from dash_kpi.alerting.messages.wording import WORDINGS, Words, parsed
from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.kpis.calendar import Calendar
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, Template, Threshold
from dash_kpi.storage.sources import lock_workspace

MOST_PREVIEWED = 3  # alerts in the preview of a title
OF_SEVERAL = frozenset({*TITLES.values(), "title_found", "title_mixed"})  # that one alert never has


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One template as it holds now: `text` is the team's, or the one that comes with the program."""

    name: str
    label: str
    text: str
    usual: str  # as it comes with the program
    is_changed: bool
    placeholders: tuple[tuple[str, str], ...]  # name, and what it stands for
    changed_at: datetime | None = None
    changed_by: str = ""
    versions: int = 0  # how many there were; whoever changes it says how many were seen

    def as_json(self) -> dict[str, Any]:
        """Return the template as plain values."""
        return {**asdict(self), "placeholders": dict(self.placeholders)}


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """What a template was from one change to the next; without a text: as it comes with the program."""

    text: str | None
    at: datetime
    by: str


def template(database: Database, workspace: str, name: str) -> TemplateRow:
    """Return one template. Raises NotFound."""
    return next(row for row in templates(database, workspace) if row.name == checked(name))


def versions(database: Database, workspace: str, name: str) -> tuple[TemplateVersion, ...]:
    """Return every version that a template had, the newest first. Raises NotFound."""
    with database.reading() as session:
        rows = session.scalars(
            select(Template)
            .where(Template.workspace_id == workspace_named(session, workspace).id, Template.name == checked(name))
            .order_by(Template.id.desc())
        )
        return tuple(TemplateVersion(row.text, row.created_at, row.created_by) for row in rows)


def templates(database: Database, workspace: str) -> tuple[TemplateRow, ...]:
    """Return every template. Raises NotFound for an unknown workspace."""
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        rows = {row.name: row for row in _newest(session, workspace_id)}
        counts = session.execute(
            select(Template.name, func.count(Template.id).label("versions"))
            .where(Template.workspace_id == workspace_id)
            .group_by(Template.name)
        )
        versions = {one.name: one.versions for one in counts}
        return tuple(_row(name, rows.get(name), versions.get(name, 0)) for name in WORDINGS)


def words_of(session: Session, workspace_id: int) -> Words:
    """Return the wording of a workspace, in a transaction."""
    return Words({row.name: row.text for row in _newest(session, workspace_id) if row.text is not None})


def save(
    database: Database, workspace: str, name: str, text: str, by: str, now: datetime, seen: int | None = None
) -> str:
    """Word a template anew and return its preview; `seen` is the count of versions that the person saw.

    Raises NotFound, Conflict, and TemplateRefused with the place of a mistake.
    """
    shown = preview(database, workspace, name, text)
    _write(database, workspace, name, text, by, now, seen)
    return shown


def reset(database: Database, workspace: str, name: str, by: str, now: datetime, seen: int | None = None) -> None:
    """Let a template be as it comes with the program. Raises NotFound, Conflict."""
    _write(database, workspace, checked(name), None, by, now, seen)


def undo(database: Database, workspace: str, name: str, by: str, now: datetime, seen: int | None = None) -> str:
    """Let a template be what it was before its last change; return that text. Raises NotFound, Conflict, Refused."""
    with database.writing() as session:
        workspace_id = lock_workspace(session, workspace_named(session, workspace).id).id
        versions = session.scalars(
            select(Template)
            .where(Template.workspace_id == workspace_id, Template.name == checked(name))
            .order_by(Template.id.desc())
            .limit(2)
        ).all()
        if not versions:
            raise Refused(f"'{WORDINGS[name].label}' was never changed.")
        _check_seen(session, workspace_id, name, seen)
        text = versions[1].text if len(versions) > 1 else None
        _add(session, workspace_id, name, text, by, now)
    return WORDINGS[name].text if text is None else text


def preview(database: Database, workspace: str, name: str, text: str) -> str:
    """Return what a wording says of the newest alerts it is for, or of an example where there are none.

    Raises NotFound, and TemplateRefused with the place of a mistake.
    """
    parts = parsed(checked(name), text)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        composer = Composer.of(database.settings, words_of(session, workspace_id))
        told, _ = told_for(session, workspace_id, name, database.settings.calendar)
    if WORDINGS[name].is_title:
        values = composer.title_values(told)
        values |= {"hours": "4 hours", "name": "Every morning", "days": composer.numbers.day(told[0].reading.end)}
        return render(parts, values)
    return render(parts, values_of(composer.subject(told[0]), composer.numbers, composer.zone))


def told_for(session: Session, workspace_id: int, name: str, calendar: Calendar) -> tuple[list[Told], bool]:
    """Return what a template words, the worst first: the newest alerts, or an example; and whether it is one."""
    told = worst_first(_newest_alerts(session, workspace_id, name, calendar))
    if name in OF_SEVERAL and (len(told) < 2 or title_of(told, told[0].tells) != name):
        told = []
    return told or worst_first(example(name)), not told


def checked(name: str) -> str:
    """Return the name of a template. Raises NotFound."""
    if name not in WORDINGS:
        raise NotFound("template", name, WORDINGS)
    return name


def _newest(session: Session, workspace_id: int) -> Sequence[Template]:
    newest = select(func.max(Template.id)).where(Template.workspace_id == workspace_id).group_by(Template.name)
    return session.scalars(select(Template).where(Template.id.in_(newest))).all()


def _newest_alerts(session: Session, workspace_id: int, name: str, calendar: Calendar) -> list[Told]:
    """Return the newest alerts that a template words, fewer for a line than for a title."""
    rows = session.execute(
        select(Alert, Threshold.rule)
        .join(Threshold, Threshold.id == Alert.threshold_id)
        .where(Alert.workspace_id == workspace_id)
        .order_by(Alert.id.desc())
        .limit(50)
    )
    found = [told_of_alert(alert, rule, example(name)[0].tells, calendar) for alert, rule in rows]
    fitting = [one for one in found if WORDINGS[name].is_title or template_of(one) == name]
    return fitting[: MOST_PREVIEWED if WORDINGS[name].is_title else 1]


def _write(
    database: Database, workspace: str, name: str, text: str | None, by: str, now: datetime, seen: int | None
) -> None:
    with database.writing() as session:
        workspace_id = lock_workspace(session, workspace_named(session, workspace).id).id
        _check_seen(session, workspace_id, name, seen)
        _add(session, workspace_id, name, text, by, now)


def _check_seen(session: Session, workspace_id: int, name: str, seen: int | None) -> None:
    count = select(func.count(Template.id)).where(Template.workspace_id == workspace_id, Template.name == name)
    if seen is not None and session.scalar(count) != seen:
        raise Conflict(f"Somebody else has changed '{WORDINGS[name].label}' meanwhile; open it again.")


def _add(session: Session, workspace_id: int, name: str, text: str | None, by: str, now: datetime) -> None:
    session.add(Template(workspace_id=workspace_id, name=name, text=text, created_at=now, created_by=by))


def _row(name: str, row: Template | None, versions: int) -> TemplateRow:
    known = WORDINGS[name]
    return TemplateRow(
        name=name,
        label=known.label,
        text=row.text if row and row.text is not None else known.text,
        usual=known.text,
        is_changed=row is not None and row.text is not None,
        placeholders=tuple(known.placeholders.items()),
        changed_at=row.created_at if row else None,
        changed_by=row.created_by if row else "",
        versions=versions,
    )


__all__ = [
    "TemplateRefused",
    "TemplateRow",
    "TemplateVersion",
    "preview",
    "reset",
    "save",
    "template",
    "templates",
    "told_for",
    "undo",
    "versions",
    "words_of",
]
