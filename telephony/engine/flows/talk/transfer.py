"""A party is connected with another: by number (blind), or with the party on another call (attended)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telephony.calls.errors import CommandError
from telephony.engine.flows import park
from telephony.engine.flows.handover import Todo, Transfer, check_reachable, plan_for, plan_to_transfer
from telephony.engine.flows.talk import side_calls
from telephony.engine.flows.talk.room import MOST

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.events import Referred
    from telephony.engine.flows.talk.room import Member, Room
    from telephony.engine.leg import Leg


def blind(room: Room, by: Member, number: str, *, phone: Leg | None = None) -> Transfer:
    """Connect the one party that stays with `number`. Raises CommandError when that cannot be.

    With `phone` its leg stays until the transfer is done; else it is hung up at once.
    """
    if by.away:
        raise CommandError("consulting")
    stays = room.partner(by)
    if stays.away:
        raise CommandError("away_from_call", number=stays.leg.number)
    plan = plan_to_transfer(room.call, stays.leg, number, by.leg.extension)
    check_reachable(room.call, plan, number)
    room.call.step("transferred", who=by.leg.number, number=number)
    if not stays.leg.extension:
        room.call.step("transferred_outside", who=stays.leg.number)
    if phone is None:
        by.leg.hang_up()
    return Transfer(stays.leg, number, plan, by.leg.extension, phone)


async def refer(room: Room, by: Member, event: Referred) -> Todo | None:
    """A phone transfers the other party (RFC 3515): to a number, a parking slot, or the party on its other call."""
    leg = event.leg
    if not leg.extension or leg.trunk is not None:
        # A party outside would have us call at our expense, in the name of the party inside. A provider must not
        # ask for it either when it has a user's mobile at the other end.
        leg.notify_transfer(403, "Forbidden")
        return None
    try:
        if event.replaces:
            return _take_over(room, by, event.replaces)
        if park.is_slot(room.call, event.target):
            return await park.by_phone(room, by, event.target)
        return blind(room, by, event.target, phone=leg)
    except CommandError as error:
        room.call.step("transfer_refused", who=leg.number, number=event.target)
        leg.notify_transfer(error.sip_status, "Not Acceptable Here")
        return None


def _take_over(room: Room, by: Member, sip_call_id: str) -> Todo | None:
    """Attended transfer by phone: `by` talks to others on the leg with this Call-ID; they take its place here."""
    second = room.call.exchange.endpoint.find(sip_call_id)
    if second is None or second.call is None or second.call is room.call:
        raise CommandError("no_such_call")
    if second.extension != by.leg.extension:
        # Only calls of the same extension can be joined, or a stranger with a Call-ID could take a call away.
        raise CommandError("not_own_call")
    other = second.call
    guests = _guests(other, second)
    if not guests:
        # The target is still ringing: the waiting party takes over, as in a blind transfer.
        second.hang_up()
        return blind(room, by, other.dialled, phone=by.leg)
    bring_in(room, by, other, guests)
    by.leg.notify_transfer(200, "OK")
    second.hang_up()
    by.leg.hang_up_soon()
    return None


def _guests(other: Call, without: Leg) -> list[Leg]:
    return [leg for leg in other.legs if leg is not without and leg.alive and leg.answered and leg.doing]


def bring_in(room: Room, by: Member, other: Call, guests: list[Leg]) -> None:
    """`guests` of the call `other` take the place of `by`. Raises CommandError when they are too many."""
    if len(room.members) - 1 + len(guests) > MOST:
        raise CommandError("too_many_parties", most=MOST)
    patch = room.call.exchange.endpoint.patch
    room.dismiss(by)
    other.step("transfer_joined", who=by.leg.number)
    for guest in guests:
        patch.silence(guest)
        guest.stop_sound()
        guest.doing = ""
        room.call.add(guest)
        room.admit(guest)
    room.call.step("transfer_joined", who=by.leg.number)
    room.call.set_answered(guests[0].number)
    room.arrange()
    room.heed_rules()


# --- by command: consult, then complete or cancel


def consult(room: Room, by: Member, number: str) -> str:
    """`by` calls `number` while the others wait; the id of the new call. Raises CommandError."""
    if by.away:
        raise CommandError("consulting_already")
    call, leg = room.call, by.leg
    if call.home is not None:
        raise CommandError("is_consultation")
    if not leg.extension:
        raise CommandError("consult_own_only")
    plan = plan_for(call, leg.extension, number)
    check_reachable(call, plan, number)
    by.away = True
    call.step("consults", who=leg.number, number=number)
    side = side_calls.begin(call, leg, number, "consult")
    room.arrange()
    side.add(leg)
    call.exchange.run(side, room.consult(side, leg, plan))
    call.changed()
    return side.id


async def complete(room: Room, by: Member) -> Todo | None:
    """The party that `by` consults takes its place. Raises CommandError when nobody is being consulted."""
    side = consultation(room, by)
    guests = _guests(side, by.leg)
    if not guests:
        if str(side.state) == "service":
            raise CommandError("not_a_person", number=side.dialled)
        number = side.dialled
        by.away = False
        await side_calls.stop(side)
        return blind(room, by, number)
    bring_in(room, by, side, guests)
    await side_calls.stop(side)
    by.leg.hang_up()
    room.arrange()
    return None


async def cancel(room: Room, by: Member) -> None:
    """`by` comes back from its consultation. Raises CommandError when there is none."""
    side = consultation(room, by)
    room.call.step("consulted", who=by.leg.number)
    side.outcome = "answered" if side.answered else "cancelled"
    room.call.add(by.leg)
    await side_calls.stop(side)
    by.leg.stop_sound()
    by.away = False
    room.arrange()


def consultation(room: Room, by: Member) -> Call:
    """The call on which `by` consults somebody. Raises CommandError."""
    for side in room.call.sides:
        if side.purpose == "consult" and by.away and by.leg.call is side:
            return side
    raise CommandError("nobody_consulted")
