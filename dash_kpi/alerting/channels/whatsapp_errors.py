"""What WhatsApp's error codes mean for a message, and what a person can do about them.

Source: Meta, "Cloud API error codes"; the code decides, not the HTTP status or the wording.
"""

from collections.abc import Mapping
from dataclasses import replace

from dash_kpi.alerting.channels.transport import NotSent, Outcome, RefusedForGood, Scope, Unknown

MINUTES = 180.0
WINDOW_CLOSED = 131047
MOST_FAILURES = 6  # messages of one delivery that were accepted and then failed, after which it is given up
SHORTEST_PAIR_WAIT, LONGEST_PAIR_WAIT = 6.0, 3600.0
LATER: Mapping[int, str] = {
    2: "WhatsApp is not available for the moment",
    131016: "WhatsApp is not available for the moment",
    131057: "The WhatsApp account is under maintenance",
    133004: "WhatsApp's server is not available for the moment",
}
LIMITS: Mapping[int, str] = {
    4: "The app made too many requests to WhatsApp",
    80007: "The WhatsApp business account reached its limit",
    130429: "The sending number reached its limit of messages",
}
NEVER: Mapping[int, tuple[Scope, str]] = {
    131047: ("message", "WhatsApp takes free text only for 24 hours after the person wrote: the template is needed."),
    132000: ("message", "The template has another number of slots: submit it as the guide shows, with three."),
    132005: ("message", "The text is too long for the template: shorten the fixed text of the template."),
    132012: ("message", "The slots of the template have another form: submit it as the guide shows."),
    132018: ("message", "WhatsApp refuses the text in a slot of the template."),
    100: ("message", "WhatsApp refuses the request: compare the template with the guide."),
    131008: ("message", "WhatsApp misses a part of the message: compare the template with the guide."),
    131009: ("message", "WhatsApp refuses a value in the message: compare the template with the guide."),
    131051: ("message", "WhatsApp does not know this type of message."),
    131049: ("message", "WhatsApp chose not to deliver this message; do not send it again within 24 hours."),
    130472: ("message", "WhatsApp left this number out for an experiment; do not send it again within 24 hours."),
    131026: ("destination", "The number cannot get the message: is it on WhatsApp, with accepted terms?"),
    131021: ("destination", "The recipient is the sending number itself: enter another number."),
    131030: ("destination", "The number is not on the test list: add it in the app, or use a real sending number."),
    132001: (
        "channel",
        "The template does not exist in this language or is not approved: check its name and language.",
    ),
    132007: ("channel", "The template breaks a policy of WhatsApp: change it in the WhatsApp Manager."),
    132015: ("channel", "The template is paused because of low quality: change it in the WhatsApp Manager."),
    132016: ("channel", "The template is disabled for good: submit a new one and enter its name."),
    131048: ("channel", "Too many people blocked or reported the number: see its quality in the WhatsApp Manager."),
    368: ("channel", "The account is blocked because of a policy: see the WhatsApp Manager."),
    131031: ("channel", "The account is locked: see the WhatsApp Manager."),
    130497: ("channel", "The account may not send to that country."),
    0: ("channel", "The token is not valid: make a new one for the system user."),
    3: ("channel", "The app may not do this: give the token the permission whatsapp_business_messaging."),
    10: ("channel", "The token lacks a permission: whatsapp_business_messaging is needed."),
    190: ("channel", "The token is not valid or has expired: make a new one for the system user."),
    131005: ("channel", "Access is denied: give the system user the WhatsApp account and the permissions."),
    133010: ("channel", "The sending number is not registered: register it in the app."),
    131042: ("channel", "A payment failed: check the means of payment in the WhatsApp Manager."),
    131045: ("channel", "The sending number has no valid certificate: register it again."),
}
NO_NUMBER = "WhatsApp does not know the phone number id, or the token may not use it: copy it from the app."

NOT_DELIVERED = "WhatsApp accepted the message and then did not deliver it"


def outcome_of_code(code: int, subcode: int = 0, attempt: int = 1, wait: float | None = None) -> Outcome:
    """Return what an error means; `wait` is what the answer asked for, in seconds."""
    if code == 131056:
        pair = min(max(4.0 ** min(attempt, 10), SHORTEST_PAIR_WAIT), LONGEST_PAIR_WAIT)
        return NotSent(
            _said("Too many messages to this number in a short time", code), max(pair, wait or 0), "destination"
        )
    if code in LIMITS:
        return NotSent(_said(LIMITS[code], code), wait, "channel")
    if code in LATER:
        return NotSent(_said(LATER[code], code), wait or MINUTES, "channel")
    if code in {1, 131000}:
        return Unknown(f"WhatsApp failed without a reason (code {code}); it may have been sent.")
    if code == 100 and subcode == 33:
        return RefusedForGood(f"{NO_NUMBER} (code 100)", "channel")
    if 200 <= code <= 299:
        return RefusedForGood(f"{NEVER[10][1]} (code {code})", "channel")
    if code in NEVER:
        scope, words = NEVER[code]
        return RefusedForGood(f"{words} (code {code})", scope)
    return RefusedForGood(f"WhatsApp refuses the message with a code that Dash KPI does not know: {code}.")


def after_acceptance(code: int, failures: int = 1) -> NotSent | RefusedForGood:
    """Return what the failure of a message means that had been accepted, the so many-th of its delivery.

    A failure that is reported is certain, also where its reason is not known.
    """
    outcome = outcome_of_code(code, attempt=failures)
    if code == WINDOW_CLOSED:  # of free text; what goes again goes by the template
        outcome = NotSent(_said("The 24 hours for free text were over", code))
    if isinstance(outcome, RefusedForGood):
        is_alone = outcome.scope == "message"
        return replace(outcome, reason=f"{NOT_DELIVERED}: {outcome.reason}") if is_alone else outcome
    if not isinstance(outcome, NotSent):
        outcome = NotSent(_said("WhatsApp failed without a reason", code), MINUTES)
    if failures >= MOST_FAILURES:
        return RefusedForGood(
            f"WhatsApp accepted the message {failures} times and never delivered it: {outcome.reason}"
        )
    return replace(outcome, reason=f"{NOT_DELIVERED}: {outcome.reason}")


def _said(words: str, code: int) -> str:
    return f"{words} (code {code})."
