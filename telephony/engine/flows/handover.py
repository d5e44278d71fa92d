"""What becomes of a party when its conversation ends in something else: a transfer, a return, a parking slot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from telephony import routing
from telephony.calls.errors import CommandError
from telephony.engine.flows.execute_plan import execute_plan
from telephony.engine.leg import HungUp
from telephony.engine.state import CallState

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

RETURN_SECONDS = 30  # that the transferring or parking party is rung when nobody took the call
Pair = tuple["Leg", "Leg"]


class Todo(Protocol):
    """Something to do with a call before anybody talks in it again."""

    async def carry_out(self, call: Call) -> Pair | None:
        """The parties that talk next, or None when the call has come to its end."""


def plan_for(call: Call, caller: str, number: str) -> routing.Plan:
    """What happens when the extension (or outside number) `caller` calls `number` now."""
    request = call.exchange.request(caller=caller, dialled=number)
    return routing.plan(call.exchange.directory, request)


def plan_to_transfer(call: Call, party: Leg, number: str, by: str) -> routing.Plan:
    """What happens when the extension `by` connects `party` with `number` now: the rules for `party` count."""
    caller, trunk = call.origin(party)
    request = call.exchange.request(caller=caller, dialled=number, trunk=trunk, by=by)
    return routing.plan(call.exchange.directory, request)


def only_ringing(plan: routing.Plan) -> routing.Plan:
    """The plan without what takes an unanswered caller, who goes back to the transferring party instead.

    A plan that rings nobody stays what it is: somebody's voicemail, a service.
    """
    if not any(isinstance(step, routing.Ring | routing.RingOutside) for step in plan.steps):
        return plan
    return replace(plan, steps=_without_end(plan.steps))


def _without_end(steps: tuple[routing.Step, ...]) -> tuple[routing.Step, ...]:
    kept: list[routing.Step] = []
    for step in steps:
        if isinstance(step, routing.Voicemail | routing.Refuse):
            continue
        if isinstance(step, routing.Ring) and step.unavailable is not None:
            step = replace(step, unavailable=_without_end(step.unavailable))
        kept.append(step)
    return tuple(kept)


def refusal(plan: routing.Plan) -> routing.Refuse | None:
    """The refusal that is all of this plan, if it is one: no such number, no line."""
    steps = [step for step in plan.steps if not isinstance(step, routing.Note)]
    return steps[0] if steps and isinstance(steps[0], routing.Refuse) else None


def check_reachable(call: Call, plan: routing.Plan, number: str) -> None:
    """Raises CommandError when this plan is a refusal; the story of `call` says why, and alerts go out."""
    if found := refusal(plan):
        call.step(found.reason.code, **found.reason.args)
        raise CommandError("unreachable", number=number)


@dataclass(slots=True)
class Transfer:
    """`party` is to be connected with `number`; `by` asked for it and gets them back when that fails.

    `phone` is the leg of `by` while its phone waits for news of the transfer (RFC 3515).
    """

    party: Leg
    number: str
    plan: routing.Plan
    by: str
    phone: Leg | None = None
    _told: bool = False
    _taken: bool = False

    def report(self, status: int, text: str) -> None:
        """Tell the phone that asked how it went; once."""
        if self.phone is not None and not self._told:
            self._told = True
            self.phone.notify_transfer(status, text)

    def taken(self) -> None:
        """The party has a new partner or a service now: the transferring party is done."""
        self._taken = True
        self.report(200, "OK")
        if self.phone is not None:
            self.phone.hang_up_soon()

    async def carry_out(self, call: Call) -> Pair | None:
        """Ring the number; when nobody answers, the party goes back to the transferring one."""
        call.move(CallState.ROUTING)
        try:
            leg = await execute_plan(call, self.party, only_ringing(self.plan), self.taken)
        except HungUp:
            self.report(487, "Request Terminated")
            return None
        if leg is not None:
            return self.party, leg
        if self._taken or not self.party.alive:
            return None
        call.step("transfer_failed", number=self.number, who=self.by)
        self.report(486, "Busy Here")
        if self.phone is not None and self.phone.alive:
            call.move(CallState.ROUTING)
            return self.party, self.phone
        return await BringBack(self.party, self.by).carry_out(call)


@dataclass(slots=True)
class BringBack:
    """`party` goes back to an extension of ours: it is rung for half a minute, then its voicemail takes a message."""

    party: Leg
    extension: str

    async def carry_out(self, call: Call) -> Pair | None:
        """Ring."""
        call.move(CallState.ROUTING)
        about: dict[str, str | int] = {"extension": self.extension, "seconds": RETURN_SECONDS}
        ring = routing.Ring((self.extension,), RETURN_SECONDS, routing.Reason("brought_back", about))
        entry = call.exchange.directory.extensions.get(self.extension)
        last: routing.Step
        if entry is not None and entry.voicemail:
            last = routing.Voicemail(
                self.extension, routing.Reason("to_voicemail", {"extension": self.extension})
            )
        else:
            last = routing.Refuse(
                0, "nobody_answers", routing.Reason("no_voicemail", {"extension": self.extension})
            )
        steps = (ring, last) if entry is not None else (last,)
        try:
            leg = await execute_plan(call, self.party, routing.Plan(steps))
        except HungUp:
            call.step("hung_up", who=self.party.number)
            return None
        return None if leg is None else (self.party, leg)
