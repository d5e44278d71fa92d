"""Calls that leave over a trunk: those dialled, and those that somebody's rule sends out.

Whether and how they may is decided in `telephony.routing.outbound_rules`.
"""

from __future__ import annotations

from telephony.routing import opening, outbound_rules, phone_numbers
from telephony.routing.destination import Destination
from telephony.routing.entries import InboundEntry
from telephony.routing.forwarding import spell
from telephony.routing.steps import Note, Plan, Reason, Refuse, RingOutside, Steps
from telephony.routing.trail import Trail

RING_SECONDS = 120
FORWARD_SECONDS = 60
NOTHING_USED = outbound_rules.Usage()


def dial(trail: Trail, number: str) -> Plan:
    """A call to an outside number that an extension dialled."""
    found = lines(trail, number, payer=trail.request.own)
    if isinstance(found, outbound_rules.Refusal):
        return Plan((Refuse(found.status, found.prompt, Reason(found.code, found.args)),))
    about = {"number": found.number, "trunks": ", ".join(line.trunk.name for line in found.lines)}
    reason = Reason("emergency", about) if found.emergency else Reason("outside", about)
    out = RingOutside(found.number, found.lines, RING_SECONDS, reason)
    return Plan((out, Refuse(0, "no_line", Reason("outside_failed", {"number": found.number}))))


def forward(trail: Trail, number: str, owner: str, mobile: bool) -> Steps:
    """A call that a rule of `owner` ("" for the organisation's) sends to an outside number, then their voicemail.

    Whatever stands in the way, the caller hears nothing of it: the caller did not call outside.
    """
    if is_caller(trail, number):
        return trail.give_up(Reason("rings_caller", {"number": number}))
    if came_back := comes_back(trail, number):
        return trail.give_up(came_back)
    last = trail.take_message(owner or trail.first)
    found = lines(trail, number, payer=owner)
    if isinstance(found, outbound_rules.Refusal):
        return (Note(Reason(found.code, found.args)), last)
    if mobile:
        reason = Reason("to_mobile", {"extension": owner, "seconds": FORWARD_SECONDS})
    else:
        reason = Reason("to_outside", {"number": found.number, "seconds": FORWARD_SECONDS})
    return (RingOutside(found.number, found.lines, FORWARD_SECONDS, reason), last)


def lines(trail: Trail, number: str, payer: str) -> outbound_rules.Routes | outbound_rules.Refusal:
    """How `payer` may call `number`, or why not."""
    request = trail.request
    original = request.caller if request.trunk is not None else ""
    caller = outbound_rules.Caller(payer, original)
    return outbound_rules.lines(trail.directory.outbound, number, caller, request.usage or NOTHING_USED)


def find_ours(trail: Trail, number: str) -> InboundEntry | None:
    """The number of ours that this is: people and providers write +31…, 31…, 0031… or 0…"""
    inbound = trail.directory.inbound
    if not inbound:
        return None
    return (
        inbound.get(number)
        or inbound.get("+" + number.removeprefix("00"))
        or inbound.get(phone_numbers.international(number, trail.directory.country))
    )


def our_number(trail: Trail, number: str) -> InboundEntry | None:
    """The number of ours that a rule leads to: no trunk need call it, it would only come back."""
    return find_ours(trail, phone_numbers.clean(number))


def leads_to(trail: Trail, entry: InboundEntry, number: str) -> tuple[Steps, Destination]:
    """Where a number of ours leads at this moment, after notes that say why."""
    verdict = opening.look(trail.directory.hours, trail.request.at)
    if entry.closed is None or verdict.open:
        about = {"number": number, "rule": spell(entry.destination)}
        return (Note(Reason("inbound_open", about)),), entry.destination
    about = {"number": number, "rule": spell(entry.closed)}
    why = Note(Reason(verdict.code, dict(verdict.args)))
    return (why, Note(Reason("inbound_closed", about))), entry.closed


def comes_back(trail: Trail, number: str) -> Reason | None:
    """Why a call from outside may not be forwarded to this number: it went out from here before, and would go on so.

    Somebody's mobile that diverts to a number of ours sends each call back with the number that we showed.
    """
    request, directory = trail.request, trail.directory
    if request.trunk is None:
        return None
    if any(phone_numbers.same(number, one, directory.country) for one in request.diverted):
        return Reason("diverted_here", {"number": number})
    ours = request.caller in directory.outbound.shown or find_ours(trail, request.caller) is not None
    # A caller who shows the number of a mobile as their own may also call from it.
    if not ours or any(person.mobile == request.caller for person in directory.presence.values()):
        return None
    return Reason("comes_from_us", {"number": request.caller})


def is_caller(trail: Trail, number: str) -> bool:
    """Whether this outside number is the caller's own."""
    request = trail.request
    mine = [trail.presence(extension).mobile for extension in request.parties if extension]
    if request.trunk is not None:
        mine.append(request.caller)
    country = trail.directory.country
    return any(phone_numbers.same(number, one, country) for one in mine if one)
