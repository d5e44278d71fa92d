"""Two parties talk: hold, keys, transfers, recording, until one hangs up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telephony import routing
from telephony.engine.events import Command, Digit, Ended, Event, Held, Referred, Replaced, Resumed
from telephony.engine.media import Recorder
from telephony.engine.state import CallState

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


@dataclass(slots=True)
class NewPlan:
    """`party` is to be connected anew; `back_to` asked for it and gets them back when that fails."""

    party: Leg
    plan: routing.Plan
    number: str
    back_to: Leg | None
    reported: bool = False

    def report(self, status: int, text: str) -> None:
        """Tell the phone that asked how it went; once."""
        if self.back_to is not None and not self.reported:
            self.reported = True
            self.back_to.notify_transfer(status, text)

    def taken(self) -> None:
        """Somebody or something has the party now: whoever transferred it is done."""
        self.report(200, "OK")
        if self.back_to is not None:
            self.back_to.take_leave()


class Conversation:
    """Two legs joined on the bridge."""

    def __init__(self, call: Call, one: Leg, other: Leg) -> None:
        self.call = call
        self.one = one
        self.other = other
        self.patch = call.exchange.endpoint.patch
        self.holder: Leg | None = None
        self.recorder: Recorder | None = None

    def partner(self, leg: Leg) -> Leg:
        """Who `leg` talks to."""
        return self.other if leg is self.one else self.one

    def join(self) -> None:
        """Let both hear each other."""
        self.patch.join(self.one, self.other)
        self.call.move(CallState.TALKING)

    def hold(self, by: Leg) -> None:
        """The other one hears music until `resume`."""
        if self.holder is not None:
            return
        self.holder = by
        self.patch.part(self.one, self.other)
        self.partner(by).sound(self.call.exchange.endpoint.hold_music)
        self.call.step("held", who=by.number)
        self.call.move(CallState.HELD)

    def resume(self, by: Leg) -> None:
        """Both hear each other again."""
        if self.holder is None:
            return
        self.partner(self.holder).hush()
        self.holder = None
        self.join()
        self.call.step("resumed", who=by.number)

    def record(self) -> None:
        """Begin to record both sides into one file. Raises ValueError when the disk is full."""
        if self.recorder is not None:
            return
        folder = self.call.exchange.instance.recordings
        if not self.call.exchange.disk_has_room(folder):
            raise ValueError("the disk is full: nothing can be recorded")
        name = f"{self.call.id}.wav"
        self.recorder = Recorder(folder / name)
        self.patch.link(self.one, self.recorder)
        self.patch.link(self.other, self.recorder)
        self.call.recording = name
        self.call.step("recording")
        self.call.changed()

    def stop_recording(self) -> None:
        """Finish the file."""
        if self.recorder is not None:
            self.patch.silence(self.recorder)
            self.patch.forget(self.recorder)
            self.recorder.close()
            self.recorder = None

    def part(self) -> None:
        """End music and sound between the two; a leg that has gone to another call is left alone."""
        for leg in (self.one, self.other):
            if leg.call is self.call:
                leg.hush()
        self.patch.part(self.one, self.other)
        self.stop_recording()

    def swap(self, old: Leg, new: Leg) -> None:
        """`new` takes the place of `old`."""
        self.part()
        if old is self.one:
            self.one = new
        else:
            self.other = new
        self.holder = None


async def talk(call: Call, one: Leg, other: Leg, *, record: bool = False) -> NewPlan | None:
    """Run the conversation. None when it is over, or what to do next with the party that stays."""
    room = Conversation(call, one, other)
    room.join()
    if record:
        try:
            room.record()
        except ValueError as error:
            call.step("error", detail=str(error))
    for leg in (one, other):
        if leg.held:
            room.hold(leg)
    try:
        if not (one.alive and other.alive):
            _over(room, one if not one.alive else other)
            return None
        while True:
            event = await call.next()
            if isinstance(event, Command):
                todo = _obey(room, event)
                if todo is not None:
                    return todo
                continue
            if event is None or event.leg not in (room.one, room.other):
                continue
            if isinstance(event, Ended):
                _over(room, event.leg)
                return None
            if isinstance(event, Referred):
                todo = _refer(room, event)
                if todo is not None:
                    return todo
            else:
                _small_event(room, event)
    finally:
        room.part()


def _over(room: Conversation, gone: Leg) -> None:
    vanished = gone.status in (408, 481, 503) and gone.answered_at is not None
    if room.partner(gone).call is room.call:
        room.call.step("vanished" if vanished else "hung_up", who=gone.number)
        room.partner(gone).hang_up()


def _small_event(room: Conversation, event: Event) -> None:
    if isinstance(event, Digit):
        room.partner(event.leg).send_digit(event.digit)
    elif isinstance(event, Held):
        room.hold(event.leg)
    elif isinstance(event, Resumed):
        if room.holder is event.leg:
            room.resume(event.leg)
    elif isinstance(event, Replaced):
        room.call.add(event.by)
        room.swap(event.leg, event.by)
        room.call.step("replaced", who=event.by.number)
        room.join()


def _refer(room: Conversation, event: Referred) -> NewPlan | None:
    """A phone transfers the other party: to a number, or to whom it is talking on another call."""
    if not event.leg.extension:
        # Somebody outside would have us call at our expense, in the name of who talks to them.
        event.leg.notify_transfer(403, "Forbidden")
        return None
    if event.replaces:
        leg = room.call.exchange.endpoint.find(event.replaces)
        if leg is None or leg.call is None or leg.call is room.call:
            event.leg.notify_transfer(481, "Call/Transaction Does Not Exist")
            return None
        if leg.extension != event.leg.extension:
            # Only one's own calls can be joined, or anybody who learns a Call-ID could take a call away.
            event.leg.notify_transfer(403, "Forbidden")
            return None
        return _join_other_call(room, event.leg, leg)
    return blind_transfer(room, event.leg, event.target)


def blind_transfer(room: Conversation, by: Leg, number: str) -> NewPlan:
    """Connect the party that stays with `number`."""
    call, stays = room.call, room.partner(by)
    call.step("transferred", who=by.number, number=number)
    call.move(CallState.ROUTING)
    request = call.exchange.request(caller=by.extension or stays.number, dialled=number)
    return NewPlan(stays, routing.plan(call.exchange.directory, request), number, by)


def _join_other_call(room: Conversation, by: Leg, second: Leg) -> NewPlan | None:
    """Attended transfer: `by` talks to somebody on its leg `second` of another call; bring them into this one."""
    other_call = second.call
    assert other_call is not None
    others = [leg for leg in other_call.legs if leg is not second and leg.alive]
    answered = [leg for leg in others if leg.answered]
    stays = room.partner(by)
    if not answered:
        # They are still ringing: the one who waits takes over, as in a blind transfer.
        second.hang_up()
        return blind_transfer(room, by, other_call.dialled)
    guest = answered[0]
    other_call.step("transfer_joined", who=by.number)
    room.part()
    room.call.exchange.endpoint.patch.silence(guest)
    guest.hush()
    guest_number = guest.number
    room.call.add(guest)
    room.call.step("transfer_joined", who=by.number)
    room.call.set_answered(guest_number)
    by.notify_transfer(200, "OK")
    second.hang_up()
    room.swap(by, guest)
    by.take_leave()
    room.join()
    if guest.held:
        room.hold(guest)
    if stays.held:
        room.hold(stays)
    return None


def _holder(room: Conversation, extension: str) -> Leg:
    """The leg on whose behalf a command acts: the extension named, else the first of ours."""
    legs = (room.one, room.other)
    for leg in legs:
        if extension and leg.extension == extension:
            return leg
    if extension:
        raise ValueError(f"{extension} is not in this call")
    return next((leg for leg in legs if leg.extension), room.one)


def _obey(room: Conversation, command: Command) -> NewPlan | None:
    """Carry out a command on the call; its sender hears how it went."""
    try:
        return _carry_out(room, command.verb, command.args)
    except ValueError as error:
        if not command.done.done():
            command.done.set_exception(error)
        return None
    finally:
        if not command.done.done():
            command.done.set_result("ok")


def _carry_out(room: Conversation, verb: str, args: dict[str, Any]) -> NewPlan | None:
    by = _holder(room, str(args.get("extension", "")))
    if verb == "hold":
        room.hold(by)
    elif verb == "unhold":
        room.resume(by)
    elif verb == "transfer":
        return blind_transfer(room, by, str(args["number"]))
    elif verb == "record":
        room.record() if args.get("on", True) else room.stop_recording()
    else:
        raise ValueError(f"a call cannot be asked to {verb}")
    return None
