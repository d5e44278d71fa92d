"""What somebody dials for a speed dial: *0 and a position, such as *05."""

from __future__ import annotations

import re
from dataclasses import replace

from speeddial.directory import stored
from telephony import routing
from telephony.routing.codes import Code, unknown
from telephony.routing.directory import Directory
from telephony.routing.steps import Note, Plan, Reason
from telephony.routing.trail import Trail


def _speed_dial(trail: Trail, found: re.Match[str]) -> Plan | None:
    """The plan of the number that is stored, as if it had been dialled: its rules, rights and limits count."""
    own, position = trail.request.own, int(found[1])
    if own not in trail.directory.extensions:
        return None
    number = stored(trail.directory, own, position)
    if not number:
        return unknown(Reason("speed_dial_empty", {"extension": own, "position": position}))
    why = Note(Reason("speed_dial", {"extension": own, "position": position, "number": number}))
    # No stored number is a code: it never goes round.
    plan = routing.plan(trail.directory, replace(trail.request, dialled=number))
    return Plan((why, *plan.steps))


def _number(directory: Directory, extension: str, found: re.Match[str]) -> str:
    return stored(directory, extension, int(found[1]))


# Not `own`: somebody who transfers a caller to *05 means their own, and `request.own` is the one who transfers.
CODES = (Code(re.compile(r"\*0([1-9][0-9]?)"), _speed_dial, own=False, number=_number),)
