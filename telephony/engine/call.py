"""A live call: its legs, its state, and the steps that tell why it went where it went."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Any, Literal

from telephony.calls.snapshot import CallSnapshot, LegSnapshot, Purpose, RecordingState
from telephony.engine.events import Command, Event
from telephony.engine.snapshot import call_snapshot, leg_snapshot
from telephony.engine.state import CallState, check_call
from telephony.trunks import alerts

if TYPE_CHECKING:
    from telephony.engine.leg import Leg
    from telephony.engine.node import Node, Recorder

FOREVER = 10.0**9  # seconds
ALARM_TOLERANCE = 0.01  # seconds
NO_TRUNK = 0  # of a party outside whose trunk nobody knows any more
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_call_id() -> str:
    """A call's id: 13 letters and digits that sort by time (42 bits of ms, 23 random bits)."""
    number = (int(time.time() * 1000) & (1 << 42) - 1) << 23 | secrets.randbits(23)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


class Call:
    """One call in progress. The flow that runs it reads `inbox`; nobody else does."""

    def __init__(
        self, exchange: Node[Call, Leg], *, direction: str, caller: str, caller_name: str, dialled: str
    ) -> None:
        self.id = new_call_id()
        self.exchange = exchange
        self.direction = direction
        self.caller = caller
        self.caller_name = caller_name
        self.dialled = dialled
        self.state = CallState.ROUTING
        self.outcome = "live"
        self.reason = ""
        self.answered_by = ""
        self.trunk: int | None = None  # the trunk that the caller came in by
        self.takes = 0  # recordings begun
        self.told: set[str] = set()  # ids of the legs that have heard that the call is recorded
        self.receptions = 0  # receptionists that the call has been to
        self.recording = ""
        self.started = time.time()
        self.answered: float | None = None
        self.ended: float | None = None
        self.steps: list[dict[str, Any]] = []
        self.legs: list[Leg] = []
        self.diverted: tuple[str, ...] = ()  # numbers that sent it on before it came here over a trunk
        self.first_leg = ""  # its id: the leg that began the call
        self.departed: list[LegSnapshot] = []  # legs that a transfer took into another call
        self.away: list[Leg] = []  # legs that consult on another call and belong here
        self.home: Call | None = None  # the call for whose sake this one is, and why
        self.purpose: Purpose = ""
        self.sides: list[Call] = []  # the other way round
        self.recorder: Recorder[Leg] | None = None  # the recording in progress; goes on through transfers
        self.recording_state: RecordingState = "off"
        self.holder = ""  # leg id
        self.slot = ""  # parking slot
        self.parked_by = ""  # extension
        self.conference = False
        self.inbox: asyncio.Queue[Event | Command | None] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    def add(self, leg: Leg) -> None:
        """Make `leg` part of this call; its events come here from now on."""
        if leg.call is not None and leg.call is not self and leg in leg.call.legs:
            gone = leg_snapshot(leg, leg.call.role(leg))
            gone["state"], gone["ended"] = "ended", time.time()  # their part in that call is over
            leg.call.departed.append(gone)
            leg.call.legs.remove(leg)
            leg.call.changed()
        self.departed = [gone for gone in self.departed if gone["id"] != leg.id]  # back from elsewhere
        leg.call = self
        self.first_leg = self.first_leg or leg.id
        if leg not in self.legs:
            self.legs.append(leg)
        self.changed()

    def role(self, leg: Leg) -> Literal["caller", "target"]:
        """ "caller" for the leg that began the call, "target" for the others."""
        return "caller" if leg.id == self.first_leg else "target"

    def origin(self, leg: Leg) -> tuple[str, int | None]:
        """A party as routing sees it: an extension of ours and None, or an outside number and its trunk."""
        if leg.extension:
            return leg.extension, None
        trunk = self.trunk if leg.trunk is None else leg.trunk
        return leg.number, NO_TRUNK if trunk is None else trunk

    def move(self, state: CallState) -> None:
        """Go to another state. Raises IllegalMove when the table does not allow it."""
        if state is self.state:
            return
        check_call(self.state, state)
        self.state = state
        self.changed()

    def step(self, code: str, **args: str | int) -> None:
        """Note what happened and why; `telephony.calls.story` tells it in words."""
        if code in alerts.CAUSES:
            self.exchange.alert(code, args)
        self.steps.append({"at": round(time.time() - self.started, 1), "code": code, "args": args})

    def changed(self) -> None:
        """Something that others may see is different."""
        if self.ended is None:
            self.exchange.ledger.note(self)
        if self.home is not None and self.home.ended is None:
            self.exchange.ledger.note(self.home)  # which shows the legs that are rung for it

    def set_answered(self, by: str) -> None:
        """Somebody, or a service, took the call."""
        self.answered_by = by
        if self.answered is None:
            self.answered = time.time()

    async def next(self, timeout: float | None = None) -> Event | Command | None:
        """The next thing that happens, or None after `timeout` seconds."""
        loop = self.exchange.loop
        deadline = loop.time() + (FOREVER if timeout is None else timeout)
        # asyncio.wait_for makes a task of every wait; an alarm that puts None into the inbox costs a tenth.
        alarm = None if timeout is None else loop.call_later(max(timeout, 0), self.inbox.put_nowait, None)
        try:
            while True:
                event = await self.inbox.get()
                # The alarm of an earlier wait may have gone off just after what it waited for.
                if event is not None or loop.time() >= deadline - ALARM_TOLERANCE:
                    return event
        finally:
            if alarm is not None:
                alarm.cancel()

    def snapshot(self) -> CallSnapshot:
        """What other processes see of the call; times are Unix seconds."""
        return call_snapshot(self)
