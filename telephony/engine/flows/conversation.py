"""From a plan to the end of the call, with all that happens to it on the way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from telephony import routing
from telephony.engine.flows.carry_out import carry_out
from telephony.engine.flows.talk import talk
from telephony.engine.leg import HungUp
from telephony.engine.recording import announce_first

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


async def conversation(call: Call, caller: Leg, plan: routing.Plan) -> None:
    """Carry the plan out and see every conversation through that comes of it, transfers and parking included."""
    try:
        answered = await carry_out(call, caller, plan)
    except HungUp:
        if call.answered is None:
            call.step("caller_gave_up", seconds=round(time.time() - call.started))
            if call.outcome in ("live", "service"):
                call.outcome = "cancelled"  # else they have heard why there is nobody
        return
    pair = None if answered is None else (caller, answered)
    while pair is not None:
        todo = await talk(call, pair, record=await announce_first(call, pair))
        pair = None if todo is None else await todo.carry_out(call)
