"""The parties of a conversation, and which of them hear each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from telephony import routing
from telephony.calls.errors import CommandError
from telephony.engine.state import CallState

if TYPE_CHECKING:
    from telephony.calls.snapshot import PartyState
    from telephony.engine.call import Call
    from telephony.engine.events import Event
    from telephony.engine.leg import Leg
    from telephony.engine.media import Player

MOST = 30  # parties of one conversation, those that listen in included
Part = Literal["talk", "listen", "whisper"]
Consult = Callable[["Call", "Leg", routing.Plan], Awaitable[None]]


@dataclass(slots=True, eq=False)
class Member:
    """A party of the conversation, and what it does in it."""

    leg: Leg
    part: Part = "talk"
    coached: Leg | None = None  # the leg that hears a whispering member
    muted: bool = False
    holding: bool = False  # put the others on hold, by its phone or by command
    away: bool = False  # consults on another call, or its browser is being loaded again

    @property
    def active(self) -> bool:
        """Whether it can talk with the others right now."""
        return self.part == "talk" and not self.holding and not self.away and self.leg.alive


class Room:
    """The members of one conversation on the bridge: two, usually, and at most thirty."""

    def __init__(self, call: Call, legs: Iterable[Leg], consult: Consult) -> None:
        self.call = call
        self.consult = consult  # the flow of a call on which a member consults somebody
        self.members = [Member(leg) for leg in legs]
        self._patch = call.exchange.endpoint.patch
        self._links: set[tuple[Leg, Leg]] = set()
        self._alone: Leg | None = None  # the leg that hears music
        self._alarms: list[asyncio.TimerHandle] = []

    def later(self, seconds: float, event: Event) -> None:
        """Put `event` into the inbox after so many seconds, unless the conversation is over by then."""
        call = self.call
        self._alarms.append(call.exchange.loop.call_later(seconds, call.inbox.put_nowait, event))

    # --- the members

    def find(self, leg: Leg) -> Member | None:
        """The member with this leg."""
        return next((member for member in self.members if member.leg is leg), None)

    def of(self, extension: str) -> Member | None:
        """The member that is this extension of ours; a talking one comes before one that listens in."""
        found = [member for member in self.members if member.leg.extension == extension]
        return min(found, key=lambda member: member.part != "talk", default=None)

    @property
    def talkers(self) -> list[Member]:
        """Everybody but members that listen in."""
        return [member for member in self.members if member.part == "talk"]

    def others(self, one: Member) -> list[Member]:
        """The talkers beside `one`."""
        return [member for member in self.talkers if member is not one]

    def partner(self, one: Member) -> Member:
        """The party that `one` talks to. Raises CommandError when that is not exactly one."""
        others = self.others(one)
        if len(others) != 1:
            raise CommandError("two_parties_needed")
        return others[0]

    def admit(self, leg: Leg, part: Part = "talk", coached: Leg | None = None) -> Member:
        """Let somebody in; `arrange` follows. Raises CommandError when the room is full."""
        self.check_room()
        member = Member(leg, part, coached, holding=leg.held)
        self.members.append(member)
        return member

    def check_room(self) -> None:
        """Raises CommandError when nobody else can come in, counting the parties that are being rung."""
        expected = sum(side.purpose not in ("consult", "move") for side in self.call.sides)
        if len(self.members) + expected >= MOST:
            raise CommandError("call_full", most=MOST)

    def dismiss(self, member: Member) -> None:
        """Let somebody go; `arrange` follows. Their leg is left as it is."""
        self.members.remove(member)
        member.leg.doing = ""

    # --- what each hears

    def arrange(self) -> None:
        """Connect every member with those it should hear, and show that to other processes."""
        active = [member for member in self.members if member.active]
        wanted: set[tuple[Leg, Leg]] = set()
        for one in active:
            if not one.muted:
                wanted.update((one.leg, other.leg) for other in active if other is not one)
        for hidden in self.members:
            if hidden.part != "talk" and hidden.leg.alive:
                wanted.update((one.leg, hidden.leg) for one in active if not one.muted)
                if hidden.part == "whisper" and hidden.coached is not None and not hidden.muted:
                    wanted.add((hidden.leg, hidden.coached))
        for source, sink in self._links - wanted:
            self._patch.unlink(source, sink)
        for source, sink in wanted - self._links:
            self._patch.link(source, sink)
        self._links = wanted
        self._play_music(active[0].leg if len(active) == 1 else None)
        if self.call.recorder is not None:
            self.call.recorder.only([member.leg for member in active if not member.muted])
        self._tell(len(active))

    def _play_music(self, alone: Leg | None) -> None:
        if self._alone is alone:
            return
        if self._alone is not None and self._alone.call is self.call:
            self._alone.stop_sound()
        self._alone = alone
        if alone is not None:
            alone.sound(self.call.exchange.endpoint.hold_music)

    def _tell(self, active: int) -> None:
        call, now = self.call, time.time()
        for member in self.members:
            doing = self._doing(member)
            if member.leg.call is call and member.leg.doing != doing:
                member.leg.doing, member.leg.doing_since = doing, now
        holder = next((member.leg for member in self.members if member.holding), None)
        call.holder = "" if holder is None else holder.id
        call.conference = len(self.talkers) > 2
        call.away = [member.leg for member in self.members if member.away]
        if call.state not in (CallState.TALKING, CallState.HELD):
            call.move(CallState.TALKING)
        call.move(CallState.TALKING if active > 1 else CallState.HELD)
        call.changed()

    def _doing(self, member: Member) -> PartyState:
        if member.part != "talk":
            return "listening" if member.part == "listen" else "whispering"
        if member.away:
            return "away"
        if member.holding:
            return "holding"
        if member.leg is self._alone:
            return "held"
        return "muted" if member.muted else "talking"

    def announce(self, player: Player) -> None:
        """Let all talkers hear a short sound over what they hear; the caller retires the player."""
        for member in self.members:
            if member.active:
                self._patch.link(player, member.leg)

    def close(self) -> None:
        """Nobody hears anybody any more; a leg that has gone to another call keeps what it hears there."""
        for source, sink in self._links:
            self._patch.unlink(source, sink)
        self._links.clear()
        for alarm in self._alarms:
            alarm.cancel()
        self._play_music(None)
        for member in self.members:
            if member.leg.call is self.call:
                member.leg.doing = ""
        if self.call.recorder is not None:
            self.call.recorder.only([])
        self.call.holder, self.call.conference, self.call.away = "", False, []

    # --- recording

    def record(self, asked_by: str = "") -> None:
        """Record everybody into one file. Raises CommandError when the disk is full.

        `asked_by` switched it on, "" when a rule did.
        """
        if self.call.recorder is None or not self.call.recorder.running:
            legs = [member.leg for member in self.talkers]
            self.call.recorder = self.call.exchange.recording.begin(self.call, legs, asked_by)
        elif self.call.recorder.paused:
            self.call.recorder.resume()
        self.arrange()

    @property
    def must_be_recorded(self) -> bool:
        """Whether a rule wants this conversation recorded, now that these people are in it."""
        legs = [member.leg for member in self.talkers]
        return self.call.exchange.recording.is_wanted(self.call, legs)

    def heed_rules(self) -> None:
        """Somebody has come in: record from here on if a rule about them wants it."""
        recorder = self.call.recorder
        if (recorder is not None and recorder.running and not recorder.paused) or not self.must_be_recorded:
            return
        try:
            self.record()
        except CommandError as error:
            self.call.step("error", detail=str(error).removesuffix("."))

    def pause_recording(self) -> None:
        """Write nothing until `record`; the file goes on where it was.

        Raises CommandError when nothing is recorded, or a rule wants all of it recorded.
        """
        if self.call.recorder is None:
            raise CommandError("not_recorded")
        self._check_may_stop()
        self.call.recorder.pause()

    def stop_recording(self) -> None:
        """Finish the file; harmless when there is none. Raises CommandError when a rule wants all of it recorded."""
        self._check_may_stop()
        if self.call.recorder is not None:
            self.call.recorder.end()
            self.call.recorder = None

    def _check_may_stop(self) -> None:
        if self.must_be_recorded:
            raise CommandError("must_be_recorded")
