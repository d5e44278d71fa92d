"""Picking up: somebody takes a call that rings at a colleague's."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from telephony import routing
from telephony.engine.events import PickedUp
from telephony.engine.flows.refuse import Result, refuse
from telephony.engine.state import LegState

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg
    from telephony.engine.node import Node

RINGING = frozenset({LegState.CALLING, LegState.RINGING, LegState.EARLY})


async def pick_up(call: Call, caller: Leg, step: routing.Service) -> None:
    """Take the call that rings at an extension; with "" the one that rings longest in a group of the caller's."""
    extension = step.target
    wanted = {extension} if extension else colleagues(call.exchange, caller.extension)
    ringing = find_ringing(call.exchange, caller.extension, wanted, call)
    if ringing is None:
        if extension:
            call.step("nothing_rings", extension=extension)
        else:
            call.step("nothing_rings_in_group")
        reason = routing.Reason("nothing_rings", {"extension": extension})
        await refuse(call, caller, routing.Refuse(404, "nothing_rings", reason), Result(outcome="failed"))
        return
    other = ringing.call
    assert other is not None
    caller.answer()
    call.step("picks_up", extension=ringing.extension, caller=other.caller)
    call.set_answered(other.caller)
    call.outcome = "answered"
    other.add(caller)
    other.step("picked_up", who=caller.number, extension=ringing.extension)
    other.inbox.put_nowait(PickedUp(ringing, caller))


def find_ringing(
    exchange: Node[Call, Leg], by: str, wanted: Collection[str], without: Call | None = None
) -> Leg | None:
    """The leg here that rings longest at one of `wanted`; never in a call of `by`'s own, nor in `without`."""
    legs = [
        leg
        for other in exchange.calls.values()
        if other is not without and other.ended is None
        for leg in other.legs
        if leg.outgoing and leg.extension in wanted and leg.state in RINGING and leg.alive
        if not any(one.extension == by and one.answered for one in other.legs)
    ]
    return min(legs, key=lambda leg: leg.started, default=None)


def colleagues(exchange: Node[Call, Leg], extension: str) -> set[str]:
    """Extensions in a ring group or department with this one that do not hide from lamps."""
    directory = exchange.directory
    found: set[str] = set()
    for group in (*directory.groups.values(), *getattr(directory, "departments", {}).values()):
        if extension in group.members:
            found.update(group.members)
    own = directory.extensions.get(extension)
    department = getattr(own, "department", "")
    if department:
        found.update(
            number
            for number, entry in directory.extensions.items()
            if getattr(entry, "department", "") == department
        )
    private = {number for number in found if (entry := directory.extensions.get(number)) and entry.private}
    return found - private - {extension}
