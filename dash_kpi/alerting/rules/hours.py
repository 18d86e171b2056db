"""When messages may go: working days and quiet hours, in the team's time."""

from datetime import datetime, time, timedelta

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.kpis.calendar import Calendar, Days

MOST_DAYS = 40  # ahead, in which a working day must come


def opens(rule: Rule, now: datetime, calendar: Calendar) -> datetime | None:
    """Return when a message that is held back now may go; None: it may go now. `now` is in the team's time zone."""
    at = now
    for _ in range(MOST_DAYS):
        later = _after_quiet(rule, at)
        if rule.working_days and not calendar.working(Days(later.date(), later.date()))[0]:
            later = datetime.combine(later.date() + timedelta(days=1), time(), now.tzinfo)
        if later == at:
            break
        at = later
    return None if at == now else at


def _after_quiet(rule: Rule, at: datetime) -> datetime:
    """Return the end of the quiet hours that a moment lies in, or the moment itself."""
    if not rule.quiet_from:
        return at
    begin, end = time.fromisoformat(rule.quiet_from), time.fromisoformat(rule.quiet_to)
    clock = at.time()
    if begin < end:
        is_quiet, ends_tomorrow = begin <= clock < end, False
    else:  # over midnight
        is_quiet, ends_tomorrow = clock >= begin or clock < end, clock >= begin
    if not is_quiet:
        return at
    return datetime.combine(at.date() + timedelta(days=ends_tomorrow), end, at.tzinfo)
