"""Two to thirty parties talk: hold, keys, transfers, conference, recording, until one or none is left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from telephony.calls.errors import CommandError
from telephony.engine.events import (
    CameBack,
    Command,
    Digit,
    Ended,
    Event,
    Held,
    Joined,
    NotJoined,
    Referred,
    Replaced,
    Resumed,
    StayedAway,
)
from telephony.engine.flows.handover import Todo
from telephony.engine.flows.talk import leaving, side_calls, transfer, verbs
from telephony.engine.flows.talk.room import Consult, Room

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


async def talk(call: Call, legs: Iterable[Leg], consult: Consult, *, record: bool = False) -> Todo | None:
    """Run the conversation. None when it is over, or what to do next with the party that stays.

    `consult` is the flow of a call on which one of them asks somebody else.
    """
    room = Room(call, legs, consult)
    for member in room.members:
        member.holding = member.leg.held
    room.arrange()
    if record:
        try:
            room.record()
        except CommandError as error:
            call.step("error", detail=str(error).removesuffix("."))
    try:
        todo, over = None, False
        for leg in [member.leg for member in room.members if not member.leg.alive]:
            todo, over = leaving.left(room, leg)
        while todo is None and not over:
            event = await call.next()
            if isinstance(event, Command):
                todo, over = await verbs.obey(room, event)
            elif isinstance(event, Referred):
                by = room.find(event.leg)
                todo = None if by is None else await transfer.refer(room, by, event)
            elif event is not None:
                todo, over = _hear(room, event)
        return todo
    finally:
        side_calls.close(room)
        room.close()


def _hear(room: Room, event: Event) -> leaving.Verdict:
    """Something happened to a leg."""
    if isinstance(event, Joined):
        return side_calls.joined(room, event)
    if isinstance(event, NotJoined):
        room.call.step("not_joined", who=event.number, why=event.code)
        return leaving.settle(room)
    member = room.find(event.leg)
    if member is None:
        return leaving.GO_ON
    if isinstance(event, Ended):
        return leaving.left(room, event.leg)
    if isinstance(event, StayedAway):
        return leaving.stayed_away(room, event.leg)
    if isinstance(event, Digit):
        event.leg.forget_digits()
        for other in room.others(member):
            if other.active:
                other.leg.send_digit(event.digit)
    elif isinstance(event, Held | Resumed):
        verbs.put_on_hold(room, member, on=isinstance(event, Held))
    elif isinstance(event, Replaced):
        room.call.step("came_back" if event.resumed else "replaced", who=event.by.number)
        side_calls.replace(room, member, event.by)
        event.leg.hang_up_soon()
    elif isinstance(event, CameBack):
        member.away = False
        room.arrange()
    return leaving.GO_ON


__all__ = ["Room", "talk"]
