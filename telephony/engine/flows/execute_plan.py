"""Carry out a plan step by step, until somebody answers or the call has come to its end.

What features do with a caller is handed in by name: see `telephony.engine.services`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from telephony import routing
from telephony.engine.flows.refuse import Result, refuse
from telephony.engine.flows.ring import ring, ring_outside
from telephony.engine.state import CallState

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

LAST_KEY_SECONDS = 1.0


async def execute_plan(
    call: Call, caller: Leg, plan: routing.Plan, taken: Callable[[], None] = lambda: None
) -> Leg | None:
    """Try the plan's steps; the leg that answered, or None when the call has come to its end.

    `taken` is called as soon as somebody answers or a service begins. Raises HungUp when the caller leaves before.
    """
    last = Result()
    steps, place = plan.steps, 0
    while place < len(steps):
        step, place = steps[place], place + 1
        call.step(step.reason.code, **step.reason.args)
        if isinstance(step, routing.Note):
            continue
        if isinstance(step, routing.Ring | routing.RingOutside):
            last = (
                await ring(call, caller, step)
                if isinstance(step, routing.Ring)
                else await ring_outside(call, caller, step)
            )
            who = ", ".join(step.extensions) if isinstance(step, routing.Ring) else step.number
            if last.leg is not None:
                taken()
                return _answer(call, caller, last)
            call.step(last.code, who=who, seconds=step.seconds, status=last.status)
            if last.voicemail:
                reason = routing.Reason("to_voicemail", {"extension": last.voicemail})
                steps, place = (routing.Voicemail(last.voicemail, reason),), 0
            elif isinstance(step, routing.Ring) and step.unavailable is not None and last.code != "no_answer":
                steps, place = step.unavailable, 0
        elif isinstance(step, routing.Voicemail):
            call.move(CallState.SERVICE)
            taken()
            await _forget_keys(call, caller)
            if await call.exchange.deposit(call, caller, step):
                call.outcome = "voicemail"
                return None
            last = Result(code="full", outcome="failed", status=480)
            await refuse(call, caller, routing.Refuse(480, "no_message", step.reason), last)
            return None
        elif isinstance(step, routing.Service):
            call.move(CallState.SERVICE)
            taken()
            return await _serve(call, caller, step)
        else:
            await refuse(call, caller, step, last)
    return None


async def _forget_keys(call: Call, caller: Leg) -> None:
    """Drop what was typed before a greeting that a key skips; at a receptionist a # may still follow an extension."""
    caller.forget_digits()
    if call.receptions:
        await caller.digit(LAST_KEY_SECONDS, among="#")


def _answer(call: Call, caller: Leg, result: Result) -> Leg:
    leg = result.leg
    assert leg is not None
    who, seconds = result.mobile_of or leg.number, round(time.time() - leg.started)
    call.set_answered(who)
    call.outcome = "answered"
    caller.answer()
    call.step("answered_mobile" if result.mobile_of else "answered", who=who, seconds=seconds)
    return leg


async def _serve(call: Call, caller: Leg, step: routing.Service) -> Leg | None:
    call.outcome = "service"
    plan = await call.exchange.services[step.name](call, caller, step)
    return None if plan is None else await execute_plan(call, caller, plan)
