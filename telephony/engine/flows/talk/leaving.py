"""A party leaves a conversation: which others have to go, and which one is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony.engine.events import StayedAway
from telephony.engine.flows.handover import BringBack, Todo

if TYPE_CHECKING:
    from telephony.engine.flows.talk.room import Member, Room
    from telephony.engine.leg import Leg

RESUME_SECONDS = 30.0  # that a call waits for a browser whose page is loaded again, or whose network is gone
VANISHED = frozenset({408, 481, 503})  # no answer, and what the edge says of a connection that is closed
RELOAD = "reload"  # in the Reason header of a browser's BYE (RFC 3326): it comes back
Verdict = tuple[Todo | None, bool]  # what to do next, if anything; whether the conversation is over
GO_ON: Verdict = (None, False)
OVER: Verdict = (None, True)


def left(room: Room, leg: Leg) -> Verdict:
    """A leg has ended."""
    member = room.find(leg)
    if member is None:
        return GO_ON
    vanished = leg.status in VANISHED and leg.answered_at is not None
    comes_back = RELOAD in leg.farewell.lower() or (vanished and leg.resumable)
    if comes_back and member.part == "talk" and any(other.leg.alive for other in room.others(member)):
        member.away = True
        room.call.step("waits_for", who=leg.number, seconds=round(RESUME_SECONDS))
        room.later(RESUME_SECONDS, StayedAway(leg))
        room.arrange()
        return GO_ON
    room.call.step("vanished" if vanished else "hung_up", who=leg.number)
    return gone(room, member)


def stayed_away(room: Room, leg: Leg) -> Verdict:
    """A browser was waited for long enough."""
    member = room.find(leg)
    if member is None or leg.alive:
        return GO_ON
    member.away = False
    room.call.step("stayed_away", who=leg.number)
    return gone(room, member)


def gone(room: Room, member: Member) -> Verdict:
    """A member is gone for good."""
    consulted = member.away
    room.dismiss(member)
    rest = [one for one in room.talkers if one.leg.call is room.call]
    if consulted and len(room.talkers) == 1 and rest and rest[0].leg.alive:
        # They hung up in the middle of a consultation: the party left on hold is not to be thrown out.
        return BringBack(rest[0].leg, member.leg.extension), False
    return settle(room)


def settle(room: Room) -> Verdict:
    """Go on, or end it for the parties that are left."""
    call = room.call
    room.members = [one for one in room.members if one.away or one.leg.call is call]
    talkers = room.talkers
    here = [one for one in talkers if not one.away]
    if here and (len(talkers) > 1 or (call.sides and here[0].leg.alive)):
        room.arrange()
        return GO_ON
    for one in room.members:
        # A consulting party goes back to the call that it came from.
        if one.leg.call is call and not (call.home is not None and one.leg in call.home.away):
            one.leg.hang_up()
    return OVER
