"""What a conversation can be asked to do from outside, on behalf of one of its parties."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from telephony import routing
from telephony.calls.control import LISTEN
from telephony.calls.errors import CommandError
from telephony.engine.contacts import contact_of
from telephony.engine.flows import park
from telephony.engine.flows.handover import Todo, check_reachable, plan_for
from telephony.engine.flows.talk import side_calls, transfer
from telephony.engine.flows.talk.leaving import Verdict

if TYPE_CHECKING:
    from telephony.calls.snapshot import Purpose
    from telephony.engine.events import Command
    from telephony.engine.flows.talk.room import Member, Room

Args = dict[str, Any]
OWN_SECONDS = 30  # that somebody's own phones ring after they asked for it


async def obey(room: Room, command: Command) -> Verdict:
    """Carry out a command; its sender hears how it went."""
    todo: Todo | None = None
    try:
        verb = VERBS.get(command.verb) or room.call.exchange.verbs.get(command.verb)
        if verb is None:
            raise CommandError("unknown_verb", verb=command.verb)
        by = None if command.verb in LISTEN else acting(room, str(command.args.get("extension", "")))
        result = verb(room, by, command.args)
        if isinstance(result, Awaitable):
            result = await result
        todo, answer = (None, result) if isinstance(result, str) else (result, "ok")
        if isinstance(todo, park.Parked):
            answer = todo.slot
        if not command.done.done():
            command.done.set_result(answer)
    except CommandError as error:
        if not command.done.done():
            command.done.set_exception(error)
    finally:
        if not command.done.done():
            command.done.cancel()
    return todo, False


def acting(room: Room, extension: str) -> Member:
    """The member on whose behalf a command acts: the extension named, else the first of ours. Raises CommandError."""
    if extension:
        member = room.of(extension)
        if member is None:
            raise CommandError("not_in_call", number=extension)
        return member
    return next((one for one in room.talkers if one.leg.extension), room.talkers[0])


# --- hold and mute


def put_on_hold(room: Room, member: Member, *, on: bool) -> None:
    """The member goes away from the others, or comes back."""
    if member.holding is on:
        return
    member.holding = on
    room.call.step("held" if on else "resumed", who=member.leg.number)
    room.arrange()


def _hold(room: Room, by: Member, _args: Args) -> None:
    if by.away:
        raise CommandError("others_wait", number=by.leg.number)
    put_on_hold(room, by, on=True)


def _unhold(room: Room, by: Member, _args: Args) -> None:
    if not by.holding:
        raise CommandError("not_on_hold", number=by.leg.number)
    if by.leg.held:
        raise CommandError("held_by_phone")
    put_on_hold(room, by, on=False)


def _mute(room: Room, by: Member, args: Args) -> None:
    by.muted = bool(args.get("on", True))
    room.arrange()


# --- somebody else


def number_in(args: Args) -> str:
    """The number that a command is about. Raises CommandError."""
    number = str(args.get("number", "")).strip()
    if not number:
        raise CommandError("number_missing")
    return number


async def _transfer(room: Room, by: Member, args: Args) -> Todo:
    number = number_in(args)
    if park.is_slot(room.call, number):
        return await park.by_command(room, by, number)
    return transfer.blind(room, by, number)


def _consult(room: Room, by: Member, args: Args) -> str:
    return transfer.consult(room, by, number_in(args))


def _complete(room: Room, by: Member, _args: Args) -> Awaitable[Todo | None]:
    return transfer.complete(room, _consulting(room, by))


def _cancel(room: Room, by: Member, _args: Args) -> Awaitable[None]:
    return transfer.cancel(room, _consulting(room, by))


def _consulting(room: Room, by: Member) -> Member:
    """The consulting member; `by` when that one consults."""
    return by if by.away else next((one for one in room.talkers if one.away), by)


def rings_somebody(plan: routing.Plan) -> bool:
    """Whether a plan rings a telephone."""
    return any(isinstance(step, routing.Ring | routing.RingOutside) for step in plan.steps)


def _park(room: Room, by: Member, args: Args) -> Awaitable[Todo]:
    return park.by_command(room, by, str(args.get("slot") or ""))


async def _move(room: Room, by: Member, args: Args) -> str:
    """Another device of the same person takes over; the one in use is hung up when it has answered."""
    leg, call = by.leg, room.call
    if not leg.extension:
        raise CommandError("move_own_only")
    if any(side.purpose == "move" for side in call.sides):
        raise CommandError("being_moved")
    others = room.others(by)
    shown = others[0].leg if others else leg
    if number := str(args.get("number") or ""):
        plan = plan_for(call, leg.extension, number)
        check_reachable(call, plan, number)
        if not rings_somebody(plan):
            raise CommandError("unreachable", number=number)
        return side_calls.fetch(call, leg, number, plan, "move", replaces=leg, shown=shown)
    contact = ""
    if device := args.get("device"):
        if not str(device).isdecimal():
            raise CommandError("device_not_registered")
        contact = await call.exchange.in_thread(contact_of, leg.extension, int(device))
    plan = _own_phones(leg.extension)
    return side_calls.fetch(
        call, leg, leg.extension, plan, "move", replaces=leg, shown=shown, contact=contact
    )


def _own_phones(extension: str) -> routing.Plan:
    """Ring somebody's phones whatever their status: they asked for it."""
    about: dict[str, str | int] = {"extension": extension, "seconds": OWN_SECONDS}
    return routing.Plan((routing.Ring((extension,), OWN_SECONDS, routing.Reason("ring_extension", about)),))


# --- listening in


def _listen(purpose: Purpose) -> Callable[[Room, None, Args], str]:
    def verb(room: Room, _by: None, args: Args) -> str:
        extension, call = str(args.get("extension", "")), room.call
        if not extension:
            raise CommandError("listener_missing")
        if extension not in call.exchange.directory.extensions:
            raise CommandError("no_such_extension", extension=extension)
        if room.of(extension) is not None:
            raise CommandError("already_in_call", number=extension)
        if any(side.dialled == extension for side in call.sides):
            raise CommandError("being_rung", number=extension)
        room.check_room()
        coached = acting(room, str(args.get("target", "")))
        return side_calls.fetch(
            call, coached.leg, extension, _own_phones(extension), purpose, coached=coached.leg
        )

    return verb


# --- recording


def _record(room: Room, by: Member, args: Args) -> None:
    room.record(by.leg.extension or by.leg.number) if args.get("on", True) else room.stop_recording()


def _pause(room: Room, _by: Member, args: Args) -> None:
    if args.get("on", True):
        room.pause_recording()
    elif room.call.recorder is None:
        raise CommandError("not_recorded")
    else:
        room.record()


VERBS: dict[str, Callable[..., Any]] = {
    "hold": _hold,
    "unhold": _unhold,
    "mute": _mute,
    "transfer": _transfer,
    "consult": _consult,
    "complete": _complete,
    "cancel": _cancel,
    "park": _park,
    "move": _move,
    "record": _record,
    "pause": _pause,
    "listen": _listen("listen"),
    "whisper": _listen("whisper"),
    "barge": _listen("barge"),
}
