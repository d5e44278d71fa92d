"""From a plan to the end of the call, with all that happens to it on the way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from telephony import routing
from telephony.engine.events import CameBack, Ended
from telephony.engine.flows.execute_plan import execute_plan
from telephony.engine.flows.handover import only_ringing
from telephony.engine.flows.talk import talk
from telephony.engine.leg import HungUp

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


async def conversation(call: Call, caller: Leg, plan: routing.Plan) -> None:
    """Carry the plan out and see every conversation through that comes of it, transfers and parking included."""
    try:
        answered = await execute_plan(call, caller, plan)
    except HungUp:
        if call.answered is None:
            call.step("caller_gave_up", seconds=round(time.time() - call.started))
            if call.outcome in ("live", "service"):
                call.outcome = "cancelled"  # else they have heard why there is nobody
        return
    pair = None if answered is None else (caller, answered)
    while pair is not None:
        record = await call.exchange.recording.announce_first(call, pair)
        todo = await talk(call, pair, consult, record=record)
        pair = None if todo is None else await todo.carry_out(call)


async def consult(side: Call, leg: Leg, plan: routing.Plan) -> None:
    """`leg` of the call `side.home` talks to somebody else; then it goes back there."""
    side.step("called", caller=side.caller, number=side.dialled)
    try:
        await conversation(side, leg, _without_voicemail(plan))
    finally:
        home = side.home
        if home is not None and home.ended is None:
            if leg.alive and leg.call is side:
                home.add(leg)
                leg.stop_sound()
                home.inbox.put_nowait(CameBack(leg))
            elif not leg.alive:
                home.inbox.put_nowait(Ended(leg))


def _without_voicemail(plan: routing.Plan) -> routing.Plan:
    """A consultation that nobody answers ends; the words why it failed are kept."""
    kept = only_ringing(plan)
    last = plan.steps[-1]
    if isinstance(last, routing.Refuse) and kept is not plan:
        return routing.Plan((*kept.steps, last))
    return kept
