"""What an administrator dials to record a prompt: *5 and its number."""

from __future__ import annotations

import re

from telephony.routing.codes import Code
from telephony.routing.steps import Plan, Reason, Service
from telephony.routing.trail import Trail


def _record_prompt(trail: Trail, found: re.Match[str]) -> Plan | None:
    if trail.request.own not in trail.directory.extensions:
        return None
    return Plan((Service("prompt", Reason("prompt", {"number": found[1]}), found[1]),))


CODES = (Code(re.compile(r"\*5([1-9][0-9]{0,3})"), _record_prompt),)
