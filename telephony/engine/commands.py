"""Commands from other processes: what an exchange does when a user clicks on something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from telephony import routing
from telephony.calls.errors import CommandError
from telephony.calls.snapshot import HIDDEN
from telephony.engine.call import Call
from telephony.engine.contacts import contact_of
from telephony.engine.events import Command, Declined, StayedAway
from telephony.engine.flows import place_call
from telephony.engine.flows.ring import no_conversation
from telephony.engine.state import CallState
from telephony.routing import codes
from telephony.routing.entries import Mobile

if TYPE_CHECKING:
    from telephony.engine.leg import Leg
    from telephony.engine.node import Node

SECONDS = 8  # that a conversation has for carrying out a command


async def command(exchange: Node[Call, Leg], verb: str, call_id: str, args: dict[str, Any]) -> Any:
    """Have a call's flow do something of `telephony.calls.control`. Raises CommandError."""
    calls = exchange.calls.values()
    found = [call for call in calls if call.id.startswith(call_id) or call.id.endswith(call_id)]
    if len(found) != 1:
        raise CommandError("ambiguous_call") if found else CommandError("no_such_call")
    call, extension = found[0], str(args.get("extension", ""))
    if verb == "hangup":
        return hang_up(call, extension)
    if verb in ("refuse", "voicemail"):
        return decline(call, extension, to_voicemail=verb == "voicemail")
    if verb in ("complete", "cancel") and call.home is not None and call.purpose == "consult":
        call = call.home
    if call.state is CallState.SERVICE:
        raise CommandError("no_conversation")
    if call.state not in (CallState.TALKING, CallState.HELD, CallState.PARKED):
        raise no_conversation(call)
    done: asyncio.Future[Any] = exchange.loop.create_future()
    call.inbox.put_nowait(Command(verb, args, done))
    return await asyncio.wait_for(done, SECONDS)


def hang_up(call: Call, extension: str) -> str:
    """End a call, on behalf of `extension` where it is named. Raises CommandError.

    A party that only listens, is one of several, or is being rung ends no more than its own part.
    """
    own = [leg for leg in call.legs if leg.extension == extension and leg.alive] if extension else []
    if extension and _is_rung(call, extension, own):
        return decline(call, extension, to_voicemail=False)
    if own and (call.conference or all(leg.doing in HIDDEN for leg in own)):
        for leg in own:
            leg.hang_up()
        return "ok"
    if extension and not own:
        away = [leg for leg in call.away if leg.extension == extension]
        if not away:
            raise CommandError("not_in_call", number=extension)
        if call.conference:
            return _leave(call, away)
    call.step("ended_by_command")
    # A consulting party goes back to the call that it came from.
    stay = call.home.away if call.home is not None and call.purpose == "consult" else []
    for leg in call.legs:
        if leg not in stay:
            leg.hang_up()
    return "ok"


def _is_rung(call: Call, extension: str, own: list[Leg]) -> bool:
    """Whether others are in the call and this extension is only being rung for it."""
    if own:
        return all(map(_rings, own)) and any(leg.alive and not _rings(leg) for leg in call.legs)
    return any(leg.extension == extension and _rings(leg) for side in call.sides for leg in side.legs)


def _rings(leg: Leg) -> bool:
    return leg.outgoing and leg.alive and not leg.answered


def _leave(call: Call, away: list[Leg]) -> str:
    """Somebody leaves a conference that they are away from: a browser that is being loaded again."""
    if any(leg.alive for leg in away):
        raise CommandError("consulting")
    for leg in away:
        call.inbox.put_nowait(StayedAway(leg))
    return "ok"


def decline(call: Call, extension: str, *, to_voicemail: bool) -> str:
    """Stop ringing an extension. Raises CommandError when it does not ring."""
    for ringing in (call, *call.sides):
        for leg in ringing.legs:
            if leg.extension == extension and _rings(leg):
                ringing.inbox.put_nowait(Declined(leg, to_voicemail))
                return "ok"
    raise CommandError("not_being_rung", extension=extension)


async def originate(
    exchange: Node[Call, Leg], extension: str, number: str, device: int | str | None = None
) -> str:
    """Ring `extension`, then call `number` for it (click to dial). Returns the call's id.

    `device` rings only that one, by its id, or "mobile". Raises CommandError.
    """
    entry = exchange.directory.extensions.get(extension)
    if entry is None:
        raise CommandError("no_such_extension", extension=extension)
    if exchange.draining:
        raise CommandError("node_closing")
    mobile = _mobile_of(exchange, extension) if device == "mobile" else None
    contact = await exchange.in_thread(contact_of, extension, device) if isinstance(device, int) else ""
    meant = codes.meant(exchange.directory, extension, number)
    call = Call(exchange, direction="internal", caller=extension, caller_name=entry.name, dialled=meant)
    exchange.run(call, place_call(call, extension, number, mobile, contact))
    return call.id


def _mobile_of(exchange: Node[Call, Leg], extension: str) -> Mobile:
    presence = exchange.directory.presence.get(extension)
    if presence is None or not presence.mobile:
        raise CommandError("no_mobile", extension=extension)
    request = exchange.request(caller=extension, dialled=presence.mobile)
    plan = routing.plan(exchange.directory, request)
    found = next((step for step in plan.steps if isinstance(step, routing.RingOutside)), None)
    if found is None:
        raise CommandError("mobile_unreachable")
    return Mobile(extension, found.number, found.lines)
