"""Which of somebody's own rules counts: exceptions, status, working hours, one call at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from telephony.routing import opening
from telephony.routing.callers import means
from telephony.routing.destination import VOICEMAIL, Destination
from telephony.routing.entries import ExceptionEntry, ExtensionEntry, PresenceEntry
from telephony.routing.steps import Reason
from telephony.routing.trail import Trail

AVAILABLE = "available"
# The statuses that mean "not at work": outside office hours their calls always go to voicemail.
AT_HOME = frozenset({"away", "dnd", "holiday"})


def spell(destination: Destination) -> str:
    """A destination as an argument of a reason; `telephony.calls.story` tells it in words."""
    return f"{destination.kind}:{destination.target}"


def effective(status: str, until: datetime | None, at: datetime) -> str:
    """The status that holds at `at` (both aware): a temporary one is over from the second `until` on."""
    return AVAILABLE if until is not None and until <= at else status


def status_now(presence: PresenceEntry, at: datetime) -> str:
    """The status at `at`, whether or not somebody has cleared one that is over."""
    return effective(presence.status, presence.until, at)


def rings(trail: Trail, number: str) -> bool:
    """Whether a call to a group may ring this member: it is there, available, and free if it wants one at a time."""
    if number not in trail.directory.extensions or number in (*trail.request.parties, *trail.passed):
        return False
    presence = trail.presence(number)
    if status_now(presence, trail.request.at) != AVAILABLE:
        return False
    return presence.accept_multiple or number not in trail.request.busy


def hours_of(trail: Trail, entry: ExtensionEntry) -> opening.Hours:
    """Somebody's working hours: their own, else their department's, else the organisation's."""
    office = entry.hours or trail.directory.hours
    spans = trail.presence(entry.number).spans
    return office if spans is None else replace(office, spans=spans, breaks=())


def rule_before_ringing(trail: Trail, entry: ExtensionEntry) -> tuple[Reason, Destination] | None:
    """Where a call for this extension goes without ringing it, and why; None when it rings."""
    number, request = entry.number, trail.request
    presence = trail.presence(number)
    if presence.exceptions:
        for exception in presence.exceptions:
            if _applies(trail, exception):
                about = {"extension": number, "rule": spell(exception.destination)}
                return Reason("exception_rule", about), exception.destination
    status = status_now(presence, request.at)
    if status != AVAILABLE:
        return _rule_of_status(trail, entry, presence, status)
    if not presence.accept_multiple and number in request.busy:
        destination = rule_after(trail, number, "unavailable")
        rule = {"extension": number, "source": request.source, "rule": spell(destination)}
        return Reason("busy_rule", rule), destination
    return None


def rule_after(trail: Trail, number: str, case: str) -> Destination:
    """Where a call goes after it rang: `case` is "no_answer" or "unavailable"."""
    forwardings = trail.presence(number).forwardings
    return forwardings.get((AVAILABLE, trail.request.source, case), VOICEMAIL)


def _rule_of_status(
    trail: Trail, entry: ExtensionEntry, presence: PresenceEntry, status: str
) -> tuple[Reason, Destination]:
    number, request = entry.number, trail.request
    destination = presence.forwardings.get((status, request.source, "always"), VOICEMAIL)
    if presence.closed_to_voicemail and status in AT_HOME and destination != VOICEMAIL:
        verdict = opening.look(hours_of(trail, entry), request.at)
        if not verdict.open:
            return Reason("out_of_office", {"extension": number, "status": status}), VOICEMAIL
    rule = {
        "extension": number,
        "status": status,
        "source": request.source,
        "rule": spell(destination),
    }
    if presence.until is None:
        return Reason("status_rule", rule), destination
    until = _wall_clock(presence.until, request.at, trail.directory.hours.zone)
    return Reason("status_rule_until", {**rule, "until": until}), destination


def _wall_clock(moment: datetime, now: datetime, zone: str) -> str:
    """A moment as a reason tells it: the time, with the date when that is another one (ISO 8601)."""
    there = ZoneInfo(zone)
    local = moment.astimezone(there)
    same_day = local.date() == now.astimezone(there).date()
    return f"{local:%H:%M}" if same_day else f"{local:%Y-%m-%d %H:%M}"


def _applies(trail: Trail, exception: ExceptionEntry) -> bool:
    request, outside = trail.request, trail.request.trunk is not None
    if exception.caller and not means(
        exception.caller, request.caller, trail.directory.country, outside=outside
    ):
        return False
    if not (exception.weekdays or exception.start or exception.end):
        return True
    local = request.at.astimezone(ZoneInfo(trail.directory.hours.zone))
    return opening.within(exception.weekdays, exception.start, exception.end, local)
