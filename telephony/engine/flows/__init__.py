"""Call flows: each a coroutine that reads like the telephone conversation it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony import routing
from telephony.engine.flows.carry_out import carry_out
from telephony.engine.flows.conversation import conversation
from telephony.engine.flows.ring import ring
from telephony.engine.sip import Invitation

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

CLICK_TO_DIAL_SECONDS = 30


async def answer_invitation(call: Call, caller: Leg, invitation: Invitation) -> None:
    """Somebody calls: route the call, carry the plan out, see the conversation through."""
    directory = call.exchange.directory
    call.trunk = invitation.trunk
    request = call.exchange.request(
        caller=invitation.extension or invitation.caller, dialled=invitation.dialled, trunk=invitation.trunk
    )
    if invitation.trunk is None:
        call.step("called", caller=call.caller, number=call.dialled)
    else:
        name = next(
            (trunk.name for trunk in directory.trunks if trunk.id == invitation.trunk), str(invitation.trunk)
        )
        call.step("called_by_trunk", caller=call.caller, number=call.dialled, trunk=name)
    await conversation(call, caller, routing.plan(directory, request))


async def place_call(call: Call, extension: str, number: str) -> None:
    """Click to dial: ring the person's own phones first, then call `number` for them."""
    directory = call.exchange.directory
    call.step("click_to_dial", extension=extension, number=number)
    step = routing.Ring((extension,), CLICK_TO_DIAL_SECONDS, routing.Reason("click_to_dial"))
    result = await ring(call, None, step, caller_number=number, caller_name=directory.name_of(number))
    if result.leg is None:
        call.outcome = result.outcome
        call.step(result.code, who=extension, seconds=CLICK_TO_DIAL_SECONDS, status=result.status)
        return
    request = call.exchange.request(caller=extension, dialled=number)
    await conversation(call, result.leg, routing.plan(directory, request))


__all__ = ["answer_invitation", "carry_out", "place_call"]
