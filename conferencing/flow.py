"""A call becomes a conference: what its parties can have done with others.

The mix, and the parties in it, are the engine's (`engine.flows.talk.room`): a conference is a conversation with more
members, and ends as any other when one is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony.calls.errors import CommandError
from telephony.engine.flows.handover import check_reachable, plan_for
from telephony.engine.flows.talk import side_calls
from telephony.engine.flows.talk.verbs import Args, number_in, rings_somebody

if TYPE_CHECKING:
    from telephony.engine.flows.talk.room import Member, Room


def add(room: Room, by: Member, args: Args) -> str:
    """Ask a number to join: it is rung, and heard by all when it answers. The id of the call that rings it."""
    number = number_in(args)
    room.check_room()
    if any(number in (one.leg.number, one.leg.extension) for one in room.members):
        raise CommandError("already_in_call", number=number)
    if any(side.dialled == number for side in room.call.sides):
        raise CommandError("being_rung", number=number)
    plan = plan_for(room.call, by.leg.extension or by.leg.number, number)
    check_reachable(room.call, plan, number)
    if not rings_somebody(plan):
        raise CommandError("unreachable", number=number)
    return side_calls.fetch(room.call, by.leg, number, plan, "add")


async def drop(room: Room, by: Member, args: Args) -> None:
    """Send somebody out, by leg or number; or stop ringing them."""
    whom = str(args.get("leg") or number_in(args))
    for member in room.members:
        if whom in (member.leg.id, member.leg.number, member.leg.extension):
            room.call.step("dropped", who=by.leg.number, number=member.leg.number)
            member.leg.hang_up()
            return
    for side in room.call.sides:
        if side.purpose != "consult" and (side.dialled == whom or any(leg.id == whom for leg in side.legs)):
            room.call.step("dropped", who=by.leg.number, number=side.dialled)
            await side_calls.stop(side)
            return
    raise CommandError("not_in_call", number=whom)
