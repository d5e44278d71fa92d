"""Calls to numbers of ours, from outside or inside: each leads to a destination, in office hours and outside them."""

from __future__ import annotations

from telephony.routing.internal import follow, reach
from telephony.routing.outbound import find_ours, leads_to
from telephony.routing.steps import Plan, Reason, Refuse
from telephony.routing.trail import Trail

UNKNOWN = "unknown_number"


def answer(trail: Trail, number: str) -> Plan:
    """What to do with a call that came in over a trunk. The caller reaches our numbers and nothing else."""
    found = lead(trail, number)
    return found or Plan((Refuse(404, UNKNOWN, Reason("unknown_inbound", {"number": number})),))


def lead(trail: Trail, number: str) -> Plan | None:
    """What to do with a call to a number of ours; None when it is none."""
    entry = find_ours(trail, number)
    if entry is None:
        return None
    notes, destination = leads_to(trail, entry, number)
    if destination.kind in ("extension", "system"):
        steps = reach(trail, destination.target)
        if steps is None:
            nowhere = Reason("inbound_nowhere", {"number": number, "destination": destination.target})
            return Plan((Refuse(404, UNKNOWN, nowhere),))
    else:
        steps = follow(trail, destination, "")
    return Plan((*notes, *steps))
