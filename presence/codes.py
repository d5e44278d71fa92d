"""What a desk phone dials to set a status: *30 to *34."""

from __future__ import annotations

import re

from presence.status import CODES as STATUSES
from telephony.routing.codes import Code
from telephony.routing.steps import Plan, Reason, Service
from telephony.routing.trail import Trail


def _set_status(trail: Trail, found: re.Match[str]) -> Plan | None:
    if trail.request.own not in trail.directory.extensions:
        return None
    status = STATUSES[found[0]].value
    about = {"extension": trail.request.own, "status": status}
    return Plan((Service("status", Reason("status_code", about), status),))


CODES = (Code(re.compile("|".join(map(re.escape, STATUSES))), _set_status),)
