"""Parking slots: a party waits there with music until somebody dials the slot; nobody is forgotten."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from live import nodes
from telephony import routing
from telephony.calls.errors import CommandError
from telephony.engine.events import Command, Ended, Referred, Retrieved
from telephony.engine.flows.handover import BringBack, Pair
from telephony.engine.flows.refuse import Result, refuse
from telephony.engine.leg import HungUp
from telephony.engine.state import CallState
from telephony.sound import speech

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.flows.talk.room import Member, Room
    from telephony.engine.leg import Leg
    from telephony.engine.node import Node

FIRST_FREE = "*70"  # transferred to this, a party gets the first free slot


def is_slot(call: Call, number: str) -> bool:
    """Whether a transfer to `number` parks."""
    return number == FIRST_FREE or number in slots(call)


def slots(call: Call) -> tuple[str, ...]:
    """The parking slots, lowest first; an extension of the same number comes before a slot."""
    directory = call.exchange.directory
    return tuple(slot for slot in sorted(directory.parking) if slot not in directory.extensions)


async def by_command(room: Room, by: Member, slot: str) -> Parked:
    """Park the other party for `by`, which is hung up. Raises CommandError when that cannot be."""
    parked = await _park(room, by, slot)
    by.leg.hang_up()
    return parked


async def by_phone(room: Room, by: Member, slot: str) -> Parked:
    """The same, asked for by a phone (REFER). Raises CommandError."""
    parked = await _park(room, by, slot)
    leg, exchange = by.leg, room.call.exchange
    if slot == FIRST_FREE:
        exchange.in_background(_tell_slot(leg, parked.slot))
    else:
        leg.notify_transfer(200, "OK")
        leg.hang_up_soon()
    return parked


async def _tell_slot(leg: Leg, slot: str) -> None:
    """Tell the parking party the slot, then let its phone go."""
    if leg.call is None:
        return
    exchange = leg.call.exchange
    language = exchange.language_of(leg.extension)
    path = await exchange.sound(speech.speak, speech.parked_at, slot, language)
    try:
        await leg.play(path)
    except HungUp:
        return
    leg.notify_transfer(200, "OK")
    leg.hang_up_soon()


async def _park(room: Room, by: Member, slot: str) -> Parked:
    call = room.call
    if by.away:
        raise CommandError("consulting")
    if not by.leg.extension:
        raise CommandError("park_own_only")
    party = room.partner(by).leg
    if slot in ("", FIRST_FREE):
        for one in slots(call):
            if await _claim(call, one):
                return Parked(party, one, by.leg.extension)
        raise CommandError("parking_full")
    if slot not in slots(call):
        raise CommandError("no_parking_slot", slot=slot)
    if not await _claim(call, slot):
        raise CommandError("slot_taken", slot=slot)
    return Parked(party, slot, by.leg.extension)


async def _claim(call: Call, slot: str) -> bool:
    """Take a slot, if no call has it here or on another media node."""
    exchange = call.exchange
    if slot in exchange.parking:
        return False
    exchange.parking[slot] = call
    claimed = False
    try:
        claimed = await exchange.in_thread(nodes.claim, exchange.name, slot)
    finally:
        if not claimed:
            del exchange.parking[slot]
    return claimed


async def _release(exchange: Node[Call, Leg], slot: str) -> None:
    """Give a slot back: here only after all others know."""
    await exchange.in_thread(nodes.release, exchange.name, slot)
    exchange.parking.pop(slot, None)


@dataclass(slots=True)
class Parked:
    """`party` waits in `slot`; after a while it goes back to the extension that parked it."""

    party: Leg
    slot: str
    by: str

    async def carry_out(self, call: Call) -> Pair | None:
        """Wait."""
        call.slot, call.parked_by = self.slot, self.by
        call.step("parked", who=self.by, slot=self.slot)
        call.move(CallState.PARKED)
        self.party.sound(call.exchange.endpoint.hold_music)
        self.party.doing, self.party.doing_since = "parked", time.time()
        call.changed()
        by = None
        try:
            over, by = await self._wait(call)
        finally:
            call.exchange.in_background(_release(call.exchange, self.slot))
            call.slot = ""
            self.party.doing = ""
            self.party.stop_sound()
            call.changed()
        if over:
            return None
        if by is not None:
            call.step("retrieved", who=by.number, slot=self.slot)
            call.set_answered(by.number)
            return self.party, by
        call.step("parked_too_long", who=self.by, slot=self.slot)
        return await BringBack(self.party, self.by).carry_out(call)

    async def _wait(self, call: Call) -> tuple[bool, Leg | None]:
        """Whether the call is over, and which leg took the party; (False, None) when the time is up."""
        deadline = time.monotonic() + settings.PARKING_SECONDS
        while True:
            event = await call.next(deadline - time.monotonic())
            if event is None:
                return False, None
            if isinstance(event, Command):
                if not event.done.done():
                    event.done.set_exception(CommandError("call_parked", slot=self.slot))
            elif isinstance(event, Retrieved):
                if event.by.alive and self.party.alive:
                    return False, event.by
            elif isinstance(event, Ended) and event.leg is self.party:
                call.step("hung_up", who=self.party.number)
                return True, None
            elif isinstance(event, Referred):
                event.leg.notify_transfer(491, "Request Pending")


async def retrieve(call: Call, caller: Leg, step: routing.Service) -> None:
    """A caller dials a slot: they take the parked party, or hear that the slot is empty."""
    slot = step.target
    parked = call.exchange.parking.get(slot)
    if parked is None or parked.slot != slot or not caller.extension:
        refusal = routing.Refuse(404, "nobody_parked", routing.Reason("slot_empty", {"slot": slot}))
        call.step("slot_empty", slot=slot)
        await refuse(call, caller, refusal, Result(outcome="failed"))
        return
    caller.answer()
    call.step("retrieves", slot=slot, caller=parked.caller)
    call.set_answered(parked.caller)
    call.outcome = "answered"
    parked.add(caller)
    parked.inbox.put_nowait(Retrieved(caller, caller))
