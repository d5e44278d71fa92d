"""Calls for the sake of another one: somebody is rung to join it, to replace a party, to listen in, or is consulted.

Each has an inbox and a line in the call log of its own; the leg that it reaches becomes part of the call it is for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from telephony import routing
from telephony.calls.errors import CommandError
from telephony.engine.call import Call
from telephony.engine.events import Joined, NotJoined
from telephony.engine.flows.handover import only_ringing
from telephony.engine.flows.refuse import Result
from telephony.engine.flows.ring import ring, ring_device, ring_outside
from telephony.engine.flows.talk.leaving import GO_ON, Verdict, settle
from telephony.engine.media import Player, wav_seconds
from telephony.routing import codes

if TYPE_CHECKING:
    from telephony.calls.snapshot import Purpose
    from telephony.engine.flows.talk.room import Member, Room
    from telephony.engine.leg import Leg

BRANCHES = ("busy", "declined", "not_registered")


def begin(home: Call, by: Leg, number: str, purpose: Purpose) -> Call:
    """A new call for the sake of `home`; the caller runs it."""
    exchange = home.exchange
    side = Call(
        exchange,
        direction="internal",
        caller=by.extension or by.number,
        caller_name=exchange.directory.name_of(by.extension) or by.name,
        dialled=codes.meant(exchange.directory, by.extension, number),
    )
    side.home, side.purpose = home, purpose
    if purpose != "consult":
        side.first_leg = "-"  # nobody began it: its legs are rung
    home.sides.append(side)
    return side


def fetch(
    home: Call,
    by: Leg,
    number: str,
    plan: routing.Plan,
    purpose: Purpose,
    *,
    replaces: Leg | None = None,
    coached: Leg | None = None,
    shown: Leg | None = None,
    contact: str = "",
) -> str:
    """Ring `number` for `home`; the new call's id. It is shown to come from `shown`, else from `by`.

    With `contact` only the device that is registered with it is rung.
    """
    side = begin(home, by, number, purpose)
    _tell_wish(side, by.number)
    party = shown or by
    home.exchange.run(side, _fetch(side, party, by, plan, replaces, coached, contact))
    return side.id


def _tell_wish(side: Call, who: str) -> None:
    number = side.dialled
    if side.purpose == "add":
        side.step("fetch_add", who=who, number=number)
    elif side.purpose == "move":
        side.step("fetch_move", who=who, number=number)
    elif side.purpose == "listen":
        side.step("fetch_listen", who=who, number=number)
    elif side.purpose == "whisper":
        side.step("fetch_whisper", who=who, number=number)
    elif side.purpose == "barge":
        side.step("fetch_barge", who=who, number=number)


async def _fetch(
    side: Call,
    shown: Leg,
    by: Leg,
    plan: routing.Plan,
    replaces: Leg | None,
    coached: Leg | None,
    contact: str,
) -> None:
    result = await _ring_all(side, only_ringing(plan), shown.number, shown.name, contact)
    home = side.home
    if home is None or home.ended is not None:
        return
    if result.leg is None:
        side.outcome = result.outcome
        home.inbox.put_nowait(NotJoined(by, side.dialled, result.code))
        return
    side.set_answered(result.leg.number)
    side.outcome = "answered"
    side.step("joined", who=result.leg.number)
    # From here on it counts as a party, no longer as one that is being rung.
    home.sides.remove(side)
    side.home = None
    home.add(result.leg)
    home.inbox.put_nowait(Joined(result.leg, side.purpose, replaces, coached))


async def _ring_all(side: Call, plan: routing.Plan, number: str, name: str, contact: str) -> Result:
    """Try the rings of a plan one after another."""
    last = Result(code="failed", outcome="failed", status=480)
    steps = list(plan.steps)
    while steps:
        step = steps.pop(0)
        if isinstance(step, routing.Ring):
            side.step(step.reason.code, **step.reason.args)
            last = (
                await ring_device(side, step, number, name, contact)
                if contact
                else await ring(side, None, step, caller_name=name, caller_number=number)
            )
        elif isinstance(step, routing.RingOutside):
            side.step(step.reason.code, **step.reason.args)
            last = await ring_outside(side, None, step, caller_number=number)
        else:
            continue
        if last.leg is not None:
            return last
        side.step(last.code, who=side.dialled, seconds=step.seconds, status=last.status)
        if last.code in BRANCHES and isinstance(step, routing.Ring) and step.unavailable is not None:
            steps = list(step.unavailable)
    return last


def joined(room: Room, event: Joined) -> Verdict:
    """A party that was rung for this call is there."""
    call, leg = room.call, event.leg
    if not leg.alive:
        return settle(room)
    if event.purpose == "move":
        member = room.find(event.replaces) if event.replaces is not None else None
        if member is None:
            leg.hang_up()
            return settle(room)
        old = member.leg
        if leg.call is not call:
            # They moved on the call on which they consult somebody.
            member.leg = leg
            room.arrange()
            return GO_ON
        call.step("moved", who=leg.number)
        replace(room, member, leg)
        old.hang_up()
        return GO_ON
    try:
        if event.purpose in ("listen", "whisper"):
            room.admit(leg, "listen" if event.purpose == "listen" else "whisper", event.coached)
        else:
            room.admit(leg)
    except CommandError:
        leg.hang_up()
        return settle(room)
    if event.purpose == "listen":
        call.step("listens", who=leg.number)
    elif event.purpose == "whisper":
        call.step("whispers", who=leg.number)
    else:
        call.step("barged" if event.purpose == "barge" else "joined", who=leg.number)
    room.arrange()
    room.heed_rules()
    if event.purpose in ("add", "barge"):
        _chime(room)
    return GO_ON


def _chime(room: Room) -> None:
    """All hear that somebody came in."""
    exchange = room.call.exchange
    player = Player(exchange.join_tone)
    room.announce(player)

    def over() -> None:
        exchange.endpoint.patch.silence(player)
        exchange.endpoint.patch.forget(player)
        player.retire(exchange.loop)

    exchange.loop.call_later(wav_seconds(exchange.join_tone) + 0.1, over)


def replace(room: Room, member: Member, new: Leg) -> None:
    """`new` takes the place of a member's leg, which is left to itself."""
    call, old = room.call, member.leg
    call.add(new)
    if call.home is not None and old in call.home.away:
        call.home.inbox.put_nowait(Joined(new, "move", old))
    if call.first_leg == old.id:
        call.first_leg = new.id
    old.doing = ""
    member.leg, member.away, member.holding = new, False, new.held
    for other in room.members:
        if other.coached is old:
            other.coached = new
    room.arrange()
    room.heed_rules()


async def stop(side: Call) -> None:
    """End a side call and wait until it is over; legs that were taken out of it before live on."""
    home, side.home = side.home, None
    if home is not None and side in home.sides:
        home.sides.remove(side)
    if side.task is not None and not side.task.done():
        side.task.cancel()
        await asyncio.wait({side.task})
    if home is not None:
        home.changed()


def close(room: Room) -> None:
    """The conversation is over: rung parties need not come, and a consulting party stays in its consultation."""
    call = room.call
    for side in list(call.sides):
        call.sides.remove(side)
        side.home = None
        if side.purpose == "consult":
            side.purpose = ""
            side.changed()
        elif side.task is not None:
            side.task.cancel()
