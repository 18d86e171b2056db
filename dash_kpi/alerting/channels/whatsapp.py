"""WhatsApp by the Business Cloud API: approved templates, and free text to who has just written to us.

A reply that is lost leaves its outcome unknown; only a report that WhatsApp posts to us tells more.
"""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    Config,
    Evidence,
    Field,
    NoEvidence,
    NotSent,
    OnUnknown,
    Outcome,
    Outgoing,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.channels.whatsapp_errors import WINDOW_CLOSED, outcome_of_code
from dash_kpi.alerting.channels.whatsapp_text import parameters_of, text_of
from dash_kpi.settings import Settings

LABEL = "WhatsApp"
FIELDS: tuple[Field, ...] = (
    Field("phone_number_id", "Phone number id", "Of the sending number, from the app's page API Setup: only digits."),
    Field("token", "Token", "Of a system user, with whatsapp_business_messaging.", is_secret=True, input="password"),
    Field("recipients", "Recipients", "Numbers with country code, one a line: +49 151 23456789.", input="textarea"),
    Field("template", "Template", "Name of the approved template.", usual="kpi_alert"),
    Field("language", "Language of the template", "As it was approved, such as en_US or de.", usual="en_US"),
    Field(
        "account_id",
        "Business account id",
        "Then the test also looks whether the template is approved; the token needs whatsapp_business_management.",
        is_needed=False,
    ),
    Field(
        "window",
        "Within 24 hours after a person wrote",
        "Then WhatsApp takes free text, which tells every alert of a message. It needs the reports to be set up.",
        usual="template",
        options=(("template", "the template, as always"), ("text", "free text with every alert")),
    ),
)
ON_UNKNOWN: OnUnknown = "reconcile"
PACE = 6.0
GRACE, ASK = 600.0, 60.0  # how long reports are waited for, and how often it is looked
MOST_RECIPIENTS = 50
WINDOW = timedelta(hours=24) - timedelta(minutes=5)  # in which free text is taken, and a try may take its time
LONGEST_WAIT = 24 * 3600.0
Answer = tuple[int, Mapping[str, str], Any]


def check(values: Mapping[str, str], settings: Settings) -> None:
    """Check what a person told, without any request. Raises ChannelProblem with the field."""
    if not re.fullmatch(r"[0-9]{5,25}", values.get("phone_number_id", "").strip()):
        raise ChannelProblem("The phone number id has only digits; it is not the number itself.", "phone_number_id")
    if not re.fullmatch(r"[!-~]{10,1000}", values.get("token", "").strip()):
        raise ChannelProblem("The token is missing or not whole: copy it once more.", "token")
    numbers = destinations(values)
    if not numbers:
        raise ChannelProblem("Enter at least one number.", "recipients")
    if len(numbers) > MOST_RECIPIENTS:
        raise ChannelProblem(f"A channel has {MOST_RECIPIENTS} numbers at the most.", "recipients")
    if not re.fullmatch(r"[a-z0-9_]{1,512}", _template(values)):
        raise ChannelProblem("The name of a template has small letters, digits and underscores.", "template")
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2,4})?", _language(values)):
        raise ChannelProblem("The language of a template is written like en_US or de.", "language")
    if not re.fullmatch(r"[0-9]{0,25}", values.get("account_id", "").strip()):
        raise ChannelProblem("The business account id has only digits.", "account_id")
    if values.get("window", "") not in ("", "template", "text"):
        raise ChannelProblem("Within the 24 hours it is 'template' or 'text'.", "window")


def destinations(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the numbers as bare digits, each once. Raises ChannelProblem."""
    given = [one for one in re.split(r"[,;\n]", values.get("recipients", "")) if one.strip()]
    return tuple(dict.fromkeys(digits_of(one) for one in given))


def digits_of(number: str) -> str:
    """Return a number in E.164 as bare digits. Raises ChannelProblem."""
    bare = re.sub(r"[\s().\-/]", "", number).removeprefix("+")
    if not re.fullmatch(r"[1-9][0-9]{6,14}", bare):
        raise ChannelProblem(
            f"'{number.strip()}' is no number with country code: write it like +49 151 23456789.", "recipients"
        )
    return bare


def test(config: Config) -> str:
    """Look up the sending number, and the template where the account is known; posts nothing. Raises ChannelProblem."""
    check(config.values, config.settings)
    number = _value(_asked(config, _number_id(config), "display_phone_number,verified_name"), "phone_number_id")
    said = f"Connected as {number.get('verified_name', '?')}, {number.get('display_phone_number', '?')}."
    account, name, language = config.values.get("account_id", "").strip(), *_named(config)
    if not account:
        return f"{said} Whether the template {name} is approved was not looked up."
    found = _value(_asked(config, f"{account}/message_templates", "name,language,status", name=name), "account_id")
    listed = found.get("data")
    states = [
        str(one.get("status"))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and (one.get("name"), one.get("language")) == (name, language)
    ]
    if not states:
        raise ChannelProblem(f"There is no template {name} in the language {language}: submit it.", "template")
    if states[0] != "APPROVED":
        raise ChannelProblem(f"The template {name} is not approved but {states[0].lower()}.", "template")
    return f"{said} The template {name} is approved."


def send(config: Config, outgoing: Outgoing) -> Outcome:
    """Try once, by the template; by free text where that is wished and taken, and it is the first try."""
    try:
        check(config.values, config.settings)
    except ChannelProblem as problem:
        return RefusedForGood(str(problem), "channel")
    path, answer = f"{_number_id(config)}/messages", None
    if is_text(config, outgoing, datetime.now(UTC)):
        answer = _request(config, "POST", path, json=text_body_of(outgoing))
    if answer is None or _is_closed(answer):
        answer = _request(config, "POST", path, json=body_of(config, outgoing))
    return outcome_of(answer, outgoing.attempt) if isinstance(answer, tuple) else answer


def is_text(config: Config, outgoing: Outgoing, now: datetime) -> bool:
    """Tell whether a message goes by free text; what failed before, for whatever reason, goes by the template."""
    is_open = outgoing.written_at is not None and now - outgoing.written_at < WINDOW
    return is_open and outgoing.attempt == 1 and config.values.get("window", "") == "text"


def text_body_of(outgoing: Outgoing) -> dict[str, Any]:
    """Return the request by free text."""
    text = text_of(outgoing.message, outgoing.uid, is_possible_repeat=outgoing.is_possible_repeat)
    return {**_addressed(outgoing), "type": "text", "text": {"preview_url": False, "body": text}}


def body_of(config: Config, outgoing: Outgoing) -> dict[str, Any]:
    """Return the request: the template with its slots, and our id that comes back in reports."""
    name, language = _named(config)
    slots = parameters_of(outgoing.message, outgoing.uid, is_possible_repeat=outgoing.is_possible_repeat)
    parameters = [{"type": "text", "text": one} for one in slots]
    return {
        **_addressed(outgoing),
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": language},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }


def outcome_of(answer: Answer, attempt: int = 1) -> Outcome:
    """Tell how a try came out by WhatsApp's answer."""
    status, headers, body = answer
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict) and isinstance(error.get("code"), int):
        subcode = error.get("error_subcode")
        return outcome_of_code(
            error["code"], subcode if isinstance(subcode, int) else 0, attempt, wait_of(headers, body)
        )
    if 200 <= status < 300:
        try:
            receipt = {"wamid": str(body["messages"][0]["id"]), "wa_id": str(body["contacts"][0].get("wa_id", ""))}
        except (LookupError, TypeError, AttributeError):
            return Unknown("WhatsApp's answer cannot be read; the message may have been sent.")
        return Sent(receipt)
    if status == 429:
        return NotSent("WhatsApp asks to wait: too many requests.", wait_of(headers, body), "channel")
    if status >= 500:
        return Unknown(f"WhatsApp failed (status {status}); the message may have been sent.")
    return RefusedForGood(f"There is no WhatsApp at the address in the settings (status {status}).", "channel")


def wait_of(headers: Mapping[str, str], body: Any = None) -> float | None:
    """Read how many seconds to wait: Retry-After in seconds or a date, the usage header in minutes."""
    waits: list[float] = []
    text = headers.get("Retry-After", "").strip()
    with suppress(ValueError, TypeError, OverflowError):
        waits.append(float(text) if text.isdigit() else parsedate_to_datetime(text).timestamp() - time.time())
    usage = headers.get("X-Business-Use-Case-Usage", "")
    waits += [60.0 * int(one) for one in re.findall(r'"estimated_time_to_regain_access"\s*:\s*(\d{1,6})', usage)]
    return min(max(*waits, 0.0), LONGEST_WAIT) if waits else None


def reconcile(config: Config, outgoing: Outgoing) -> Evidence:
    """Wait for a report for some time: WhatsApp cannot be asked."""
    if not config.settings.whatsapp_app_secret:
        return NoEvidence("WhatsApp's reports are not set up, so nothing tells whether it was sent.")
    began = outgoing.started_at or outgoing.created_at
    if (datetime.now(UTC) - began).total_seconds() < GRACE:
        return NoEvidence("WhatsApp has not reported on it yet.", ASK)
    return NoEvidence("WhatsApp did not report on it.")


def close(config: Config, outgoing: Outgoing) -> None:
    """Do nothing: what was sent cannot be changed."""


def _request(config: Config, method: str, path: str, **given: Any) -> Answer | NotSent | RefusedForGood | Unknown:
    from requests import Session, exceptions

    from dash_kpi.alerting.channels.pinned import certificate_problem, is_unconnected

    settings = config.settings
    url = f"{settings.whatsapp_url.rstrip('/')}/{settings.whatsapp_version}/{path}"
    headers = {"Authorization": f"Bearer {config.values.get('token', '').strip()}"}
    with Session() as session:
        session.trust_env = False  # a .netrc would replace the token
        try:
            response = session.request(
                method, url, headers=headers, timeout=settings.channel_seconds, allow_redirects=False, **given
            )
        except exceptions.ConnectTimeout:
            return NotSent("WhatsApp cannot be reached: no connection in time.", scope="channel")
        except exceptions.ConnectionError as error:
            if words := certificate_problem(error, "WhatsApp"):
                return RefusedForGood(words, "channel")
            if is_unconnected(error):
                return NotSent("WhatsApp cannot be reached.", scope="channel")
            return Unknown("The connection to WhatsApp was lost before its answer came.")
        except exceptions.RequestException:
            return Unknown("WhatsApp gave no answer that can be read, or none in time.")
    try:
        return response.status_code, response.headers, response.json()
    except ValueError:
        return response.status_code, response.headers, None


def _addressed(outgoing: Outgoing) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": outgoing.destination,
        "biz_opaque_callback_data": outgoing.uid,
    }


def _is_closed(answer: object) -> bool:
    """Tell whether free text was certainly not taken because the person wrote too long ago."""
    body = answer[2] if isinstance(answer, tuple) else None
    error = body.get("error") if isinstance(body, dict) else None
    return isinstance(error, dict) and error.get("code") == WINDOW_CLOSED


def _asked(config: Config, path: str, fields: str, **more: str) -> Answer:
    answer = _request(config, "GET", path, params={"fields": fields, **more})
    if not isinstance(answer, tuple):
        raise ChannelProblem(answer.reason)
    return answer


def _value(answer: Answer, field: str) -> dict[str, Any]:
    status, _, body = answer
    if status == 200 and isinstance(body, dict) and "error" not in body:
        return body
    outcome = outcome_of(answer)
    reason = "WhatsApp's answer cannot be read." if isinstance(outcome, Sent) else outcome.reason
    raise ChannelProblem(reason, "token" if "token" in reason and "phone number id" not in reason else field)


def _number_id(config: Config) -> str:
    return config.values.get("phone_number_id", "").strip()


def _template(values: Mapping[str, str]) -> str:
    return values.get("template", "").strip() or "kpi_alert"


def _language(values: Mapping[str, str]) -> str:
    return values.get("language", "").strip() or "en_US"


def _named(config: Config) -> tuple[str, str]:
    return _template(config.values), _language(config.values)
