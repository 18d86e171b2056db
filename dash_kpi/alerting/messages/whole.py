"""The whole message that a wording would make: title, lines and remarks, of the newest alerts or of an example."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from dash_kpi.alerting.channels.email_text import written
from dash_kpi.alerting.messages.compose import Composer
from dash_kpi.alerting.messages.templates import preview, told_for, words_of
from dash_kpi.alerting.messages.wording import WORDINGS, Words
from dash_kpi.alerting.rules.judge import Code, Reason
from dash_kpi.alerting.telling.digests import preview_digest
from dash_kpi.alerting.telling.escalation import escalation_message
from dash_kpi.storage.database import Database, workspace_named

HOURS = 4.0
TOO_LONG = 400  # characters of a line, which some channels cut


@dataclass(frozen=True, slots=True)
class Whole:
    """What a wording says: the line or title itself, the message around it, and what is held back adds to it."""

    said: str
    text: str
    held: str = ""
    is_example: bool = False
    remark: str = ""  # what to think about before it is kept

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def whole(database: Database, workspace: str, name: str, text: str, now: datetime) -> Whole:
    """Return what a wording would make of a message.

    Raises NotFound, and TemplateRefused with the place of a mistake.
    """
    said = preview(database, workspace, name, text)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        words = Words({**words_of(session, workspace_id).own, name: text})
        told, is_example = told_for(session, workspace_id, name, database.settings.calendar)
    composer = Composer.of(database.settings, words)
    if name == "title_digest":
        message = preview_digest(database, workspace, {"name": "Every morning"}, now, words)
        return Whole(message.title, written(message, [message.remark]), remark=_remark(said))
    if name == "title_escalation":
        message = escalation_message(composer, told, HOURS, is_in_thread=False)
    elif WORDINGS[name].is_title:
        message = composer.message(told[:1] if name == "title_one" else told)
    else:
        message = composer.message(told[:1])
    until = (now + timedelta(hours=HOURS)).replace(minute=0, second=0, microsecond=0)
    held = composer.held(Reason(Code.FIRED, "held back by quiet hours", held_until=until))
    return Whole(said, written(message, [message.remark]), held, is_example, _remark(said))


def _remark(said: str) -> str:
    if not said:
        return "It says nothing here, so the wording that comes with the program would be sent instead."
    if len(said) > TOO_LONG:
        return f"It has {len(said):,} characters here; a long line is hard to read on a phone."
    return ""
