"""Which phones ring: pure functions from a frozen directory and a request to a plan.

No database, clock or network in here. Every step of a plan carries its reason, a code with arguments that
`telephony.calls.story` tells in words; the reasons are stored with the call. `docs/routing.md` tells how a call is
decided.
"""

from __future__ import annotations

from telephony.routing import codes, inbound, outbound, phone_numbers, receptionist
from telephony.routing.codes import ECHO_TEST, VOICEMAIL_MENU
from telephony.routing.destination import OUTSIDE, Destination
from telephony.routing.directory import PARKING, Directory
from telephony.routing.internal import follow, reach
from telephony.routing.outbound_rules import is_emergency
from telephony.routing.steps import (
    Note,
    Plan,
    Reason,
    Refuse,
    Request,
    Ring,
    RingOutside,
    Service,
    Step,
    Steps,
    Voicemail,
    every_path,
    every_step,
)
from telephony.routing.trail import MOST_HOPS, Trail

EMERGENCY = frozenset({"112"})

__all__ = [
    "ECHO_TEST",
    "EMERGENCY",
    "MOST_HOPS",
    "PARKING",
    "VOICEMAIL_MENU",
    "Note",
    "Plan",
    "Reason",
    "Refuse",
    "Request",
    "Ring",
    "RingOutside",
    "Service",
    "Step",
    "Steps",
    "Voicemail",
    "every_path",
    "every_step",
    "plan",
    "receptionist",
    "towards",
]


def plan(directory: Directory, request: Request) -> Plan:
    """What to do with this call. Every way through it ends in a message, a service or a refusal."""
    number = phone_numbers.clean(request.dialled)
    trail = Trail(directory, request)
    if request.trunk is not None and not request.by:
        return inbound.answer(trail, number)
    if is_emergency(number, directory.country):
        return outbound.dial(trail, number)
    if found := codes.dialled(trail, number):
        return found
    if steps := reach(trail, number):
        return Plan(steps)
    if OUTSIDE.fullmatch(number):
        # A number of ours need not leave and come back.
        return inbound.lead(trail, number) or outbound.dial(trail, number)
    return Plan((Refuse(404, "unknown_number", Reason("unknown_number", {"number": number})),))


def towards(directory: Directory, request: Request, destination: Destination, owner: str = "") -> Plan:
    """What to do with a call that a service sends on, such as a receptionist's key; `owner` as in `follow`."""
    trail = Trail(directory, request)
    return Plan(follow(trail, destination, owner))
