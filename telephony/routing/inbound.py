"""Calls from outside: a number of ours leads to a destination, in office hours and outside them."""

from __future__ import annotations

from telephony import hours as opening
from telephony.routing.forwarding import spell
from telephony.routing.internal import follow, reach
from telephony.routing.outside import find_ours
from telephony.routing.steps import Note, Plan, Reason, Refuse
from telephony.routing.trail import Trail

UNKNOWN = "unknown_number"


def answer(trail: Trail, number: str) -> Plan:
    """What to do with a call that came in over a trunk. The caller reaches our numbers and nothing else."""
    entry = find_ours(trail, number)
    if entry is None:
        return Plan((Refuse(404, UNKNOWN, Reason("unknown_inbound", {"number": number})),))
    verdict = opening.look(trail.directory.hours, trail.request.at)
    destination = entry.destination
    about = {"number": number, "rule": spell(destination)}
    notes = [Note(Reason("inbound_open", about))]
    if entry.closed is not None and not verdict.open:
        destination = entry.closed
        about = {"number": number, "rule": spell(destination)}
        notes = [Note(Reason(verdict.code, dict(verdict.args))), Note(Reason("inbound_closed", about))]
    if destination.kind in ("extension", "system"):
        steps = reach(trail, destination.target)
        if steps is None:
            nowhere = Reason("inbound_nowhere", {"number": number, "destination": destination.target})
            return Plan((Refuse(404, UNKNOWN, nowhere),))
    else:
        steps = follow(trail, destination, "")
    return Plan((*notes, *steps))
