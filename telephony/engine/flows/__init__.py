"""Call flows: each a coroutine that reads like the telephone conversation it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony import routing
from telephony.engine.flows.conversation import conversation
from telephony.engine.flows.ring import ring, ring_device
from telephony.engine.sip import Invitation

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg
    from telephony.routing.entries import Mobile

CLICK_TO_DIAL_SECONDS = 30


async def answer_invitation(call: Call, caller: Leg, invitation: Invitation) -> None:
    """Somebody calls: route the call, carry the plan out, see the conversation through."""
    directory = call.exchange.directory
    call.trunk, call.diverted = invitation.trunk, invitation.diverted
    request = call.exchange.request(
        caller=invitation.extension or invitation.caller,
        dialled=invitation.dialled,
        trunk=invitation.trunk,
        diverted=invitation.diverted,
    )
    if invitation.trunk is None:
        call.step("called", caller=call.caller, number=invitation.dialled)
    else:
        name = next(
            (trunk.name for trunk in directory.trunks if trunk.id == invitation.trunk), str(invitation.trunk)
        )
        call.step("called_by_trunk", caller=call.caller, number=call.dialled, trunk=name)
    await conversation(call, caller, routing.plan(directory, request))


async def place_call(
    call: Call, extension: str, number: str, mobile: Mobile | None = None, contact: str = ""
) -> None:
    """Click to dial: ring the person's own phones first, then call `number` for them.

    With `mobile` that rings instead, with `contact` the one device that is registered there.
    """
    directory = call.exchange.directory
    call.step("click_to_dial", extension=extension, number=number)
    mobiles = () if mobile is None else (mobile,)
    own = () if mobiles else (extension,)
    step = routing.Ring(
        own,
        CLICK_TO_DIAL_SECONDS,
        routing.Reason("click_to_dial", {"extension": extension, "number": number}),
        mobiles,
    )
    name = directory.name_of(number)
    if contact:
        result = await ring_device(call, step, number, name, contact)
    else:
        result = await ring(call, None, step, caller_number=number, caller_name=name)
    leg = result.leg
    if leg is None:
        call.outcome = result.outcome
        call.step(result.code, who=extension, seconds=CLICK_TO_DIAL_SECONDS, status=result.status)
        return
    # Whichever telephone it is, the call is theirs.
    leg.extension = extension
    call.first_leg = leg.id
    request = call.exchange.request(caller=extension, dialled=number)
    await conversation(call, leg, routing.plan(directory, request))


__all__ = ["answer_invitation", "place_call"]
