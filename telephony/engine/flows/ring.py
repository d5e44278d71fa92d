"""Ring phones until one answers, the time is up, or the caller gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony import routing
from telephony.calls.errors import CommandError
from telephony.engine.events import (
    Accepted,
    Answered,
    Command,
    Declined,
    Digit,
    Ended,
    Event,
    GotEarlyMedia,
    PickedUp,
    Rang,
    Referred,
)
from telephony.engine.flows.mobile import RungMobile
from telephony.engine.flows.refuse import Result
from telephony.engine.leg import HungUp
from telephony.engine.state import CallState
from telephony.engine.trunk_responses import is_silent, is_trunks_fault

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

BUSY = frozenset({486, 600})
DECLINED = frozenset({403, 603})
NOT_REGISTERED = frozenset({404, 408, 410, 430, 480})


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
    mobiles = [RungMobile(call, mobile, number) for mobile in step.mobiles]
    mobiles = [mobile for mobile in mobiles if mobile.dial()]
    if not legs and not mobiles:
        return Result(code="full", outcome="failed", status=503)
    call.move(CallState.RINGING)
    return await Ringing(call, caller, legs, mobiles).until_answer(step.seconds)


async def ring_device(call: Call, step: routing.Ring, number: str, name: str, contact: str) -> Result:
    """Ring the one device of an extension that is registered with `contact`; `number` and `name` are shown."""
    leg = call.exchange.dial_extension(call, step.extensions[0], number, name, contact=contact)
    if leg is None:
        return Result(code="full", outcome="failed", status=503)
    call.move(CallState.RINGING)
    return await Ringing(call, None, [leg], []).until_answer(step.seconds)


async def ring_outside(
    call: Call, caller: Leg | None, step: routing.RingOutside, *, caller_number: str = ""
) -> Result:
    """Call an outside number over the first trunk that takes the call. Raises HungUp when the caller gives up."""
    if call.direction == "internal":
        call.direction = "outbound"
    call.move(CallState.RINGING)
    number = caller.number if caller is not None else caller_number
    last = Result(code="failed", outcome="failed", status=503)
    for place, line in enumerate(step.lines, start=1):
        leg = call.exchange.dial_outside(call, line, number, others=place < len(step.lines))
        if leg is None:
            continue
        attempt = Ringing(call, caller, [leg], [])
        last = await attempt.until_answer(step.seconds)
        if last.leg is not None or last.code == "no_answer":
            return last
        if not is_trunks_fault(leg.status, rang=attempt.rang, emergency=step.reason.code == "emergency"):
            return last
        if is_silent(leg.status):
            call.exchange.meter.doubt(line.trunk.id)
        call.step("trunk_failed", trunk=line.trunk.name, status=leg.status)
        # Nothing is wrong with the number: the caller hears that there is no line, not that it is busy.
        last = Result(code="failed", outcome="failed", status=503)
    return last


def no_conversation(call: Call) -> CommandError:
    """Why nothing can be done with a call that rings."""
    return CommandError("on_its_way") if call.answered else CommandError("not_answered")


def refuse_command(call: Call, command: Command) -> None:
    """Answer a command: there is no conversation to do it with."""
    if not command.done.done():
        command.done.set_exception(no_conversation(call))


class Ringing:
    """Several phones that ring at once, and the mobiles beside them."""

    def __init__(self, call: Call, caller: Leg | None, legs: list[Leg], mobiles: list[RungMobile]) -> None:
        self.call = call
        self.caller = caller
        self.legs = legs
        self.waiting = set(legs)
        self.mobiles = mobiles
        self.statuses: list[int] = []
        self.rang = False  # one of the phones did
        self.heard = False  # the caller knows that it rings
        self.winner: Leg | None = None

    async def until_answer(self, seconds: float) -> Result:
        """Wait until one answers; the others are cancelled. Raises HungUp when the caller gives up."""
        loop = self.call.exchange.loop
        deadline = loop.time() + seconds
        try:
            while self.waiting or self.mobiles:
                event = await self.call.next(deadline - loop.time())
                if event is None:
                    # A mobile that was just answered is still being asked for a 1.
                    deadline = max((mobile.asked_until for mobile in self.mobiles), default=0)
                    if deadline <= loop.time():
                        return Result(code="no_answer", outcome="no_answer", status=480)
                elif result := self._take(event):
                    return result
            return verdict(self.statuses, self.rang)
        finally:
            self._let_go()

    def _take(self, event: Event | Command) -> Result | None:
        if isinstance(event, Command):
            refuse_command(self.call, event)
        elif event.leg is self.caller:
            if isinstance(event, Ended):
                raise HungUp
            if isinstance(event, Referred):
                event.leg.notify_transfer(491, "Request Pending")
            if isinstance(event, Digit):
                event.leg.forget_digits()
        elif event.leg in self.waiting:
            return self._of_phone(event)
        else:
            for mobile in self.mobiles:
                if mobile.leg is event.leg:
                    return self._of_mobile(mobile, event)
        return None

    def _of_phone(self, event: Event) -> Result | None:
        if isinstance(event, Answered):
            self.winner = event.leg
            return Result(leg=event.leg)
        if isinstance(event, PickedUp):
            self.winner = event.by
            return Result(leg=event.by)
        if isinstance(event, Declined):
            event.leg.hang_up()
            if event.to_voicemail:
                return Result(
                    code="sent_to_voicemail", outcome="busy", status=486, voicemail=event.leg.extension
                )
            self.waiting.discard(event.leg)
            self.statuses.append(min(DECLINED))
        elif isinstance(event, Rang):
            self.rang = True
            self._ring_back()
        elif isinstance(event, GotEarlyMedia) and len(self.legs) == 1 and not self.mobiles:
            self.rang = True
            if self.caller is not None:
                self.caller.early()
                self.call.exchange.endpoint.patch.join(self.caller, event.leg)
        elif isinstance(event, Ended):
            self.waiting.discard(event.leg)
            self.statuses.append(event.leg.status)
        return None

    def _of_mobile(self, mobile: RungMobile, event: Event) -> Result | None:
        if isinstance(event, Accepted):
            # Whichever telephone it is, they are on a call now.
            event.leg.extension = mobile.mobile.extension
            event.leg.name = self.call.exchange.directory.name_of(event.leg.extension)
            self.winner = event.leg
            self.call.changed()
            return Result(leg=event.leg, mobile_of=mobile.mobile.extension)
        if isinstance(event, Answered):
            mobile.ask()
        elif isinstance(event, Rang):
            self._ring_back()
        elif isinstance(event, Ended) and not mobile.goes_on():
            self.mobiles.remove(mobile)
            if event.leg.answered_at is not None:
                self.call.step("mobile_not_accepted", extension=mobile.mobile.extension)
        return None

    def _ring_back(self) -> None:
        if self.caller is not None and not self.heard:
            self.caller.ring_back()
        self.heard = True

    def _let_go(self) -> None:
        for leg in self.waiting:
            if leg is not self.winner:
                leg.hang_up() if self.winner is None else leg.cancel_elsewhere()
        for mobile in self.mobiles:
            mobile.close(self.winner)
        if self.caller is not None:
            self.caller.stop_sound()
