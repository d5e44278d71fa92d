"""Ring phones until one answers, the time is up, or the caller gives up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telephony import routing
from telephony.engine.events import Answered, Command, Ended, GotEarlyMedia, Rang, Referred
from telephony.engine.leg import HungUp
from telephony.engine.state import CallState

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

BUSY = frozenset({486, 600})
DECLINED = frozenset({403, 603})
NOT_REGISTERED = frozenset({404, 408, 410, 430, 480})
TRUNK_GONE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Result:
    """How ringing ended: `leg` answered, or nobody did and `code` is the step that says why."""

    leg: Leg | None = None
    code: str = ""
    outcome: str = "no_answer"
    status: int = 0


def verdict(statuses: list[int], rang: bool) -> Result:
    """What the final statuses of all phones add up to when none answered."""
    if any(status in BUSY for status in statuses):
        return Result(code="busy", outcome="busy", status=486)
    if any(status in DECLINED for status in statuses):
        return Result(code="declined", outcome="busy", status=486)
    if not rang and statuses and all(status in NOT_REGISTERED for status in statuses):
        return Result(code="not_registered", outcome="unavailable", status=480)
    return Result(code="failed", outcome="failed", status=max(statuses, default=500))


async def ring(
    call: Call, caller: Leg | None, step: routing.Ring, *, caller_name: str = "", caller_number: str = ""
) -> Result:
    """Ring the extensions of `step`. Raises HungUp when the caller gives up."""
    number = caller.number if caller is not None else caller_number
    name = caller.name if caller is not None else caller_name
    legs = [
        leg
        for extension in step.extensions
        if (leg := call.exchange.dial_extension(call, extension, number, name)) is not None
    ]
    if not legs:
        return Result(code="full", outcome="failed", status=503)
    call.move(CallState.RINGING)
    return await first_answer(call, caller, legs, step.seconds)


async def ring_outside(call: Call, caller: Leg, step: routing.RingOutside) -> Result:
    """Call an outside number over the first trunk that takes the call. Raises HungUp when the caller gives up."""
    if call.direction == "internal":
        call.direction = "outbound"
    call.move(CallState.RINGING)
    last = Result(code="failed", outcome="failed", status=503)
    for line in step.lines:
        trunk = line.trunk
        leg = call.exchange.dial_outside(call, line.number, trunk, line.caller_id or caller.number)
        if leg is None:
            continue
        last = await first_answer(call, caller, [leg], step.seconds)
        if last.leg is not None or not (leg.status >= 500 or leg.status in (408, 403) or last.code == "full"):
            return last
        call.step("trunk_failed", trunk=trunk.name, status=leg.status)
    return last


async def first_answer(call: Call, caller: Leg | None, legs: list[Leg], seconds: int) -> Result:
    """Wait until one of `legs` answers; the others are cancelled."""
    deadline = time.monotonic() + seconds
    waiting, statuses, rang = set(legs), [], False
    try:
        while waiting:
            event = await call.next(deadline - time.monotonic())
            if event is None:
                return Result(code="no_answer", outcome="no_answer", status=480)
            if isinstance(event, Command):
                event.done.set_exception(ValueError("nobody has answered this call yet"))
            elif event.leg is caller:
                if isinstance(event, Ended):
                    raise HungUp
                if isinstance(event, Referred):
                    event.leg.notify_transfer(491, "Request Pending")
            elif event.leg not in waiting:
                continue
            elif isinstance(event, Answered):
                waiting.discard(event.leg)
                return Result(leg=event.leg)
            elif isinstance(event, Rang):
                if caller is not None and not rang:
                    caller.ring_back()
                rang = True
            elif isinstance(event, GotEarlyMedia) and caller is not None and len(legs) == 1:
                rang = True
                caller.early()
                call.exchange.endpoint.patch.join(caller, event.leg)
            elif isinstance(event, Ended):
                waiting.discard(event.leg)
                statuses.append(event.leg.status)
        return verdict(statuses, rang)
    finally:
        for leg in waiting:
            leg.hang_up()
        if caller is not None:
            caller.hush()
