"""A recording in progress: the legs it hears, and the note beside it that lets it be kept whatever happens.

The file is WAV in `instance.recordings`; the note has the same name with `.json`. `telephony.recordings.keep` makes
a row of both when the recording ends, or after this process died.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from telephony.calls.errors import CommandError
from telephony.engine.leg import HungUp
from telephony.engine.media import Player, Recorder, wav_seconds
from telephony.recordings import rules
from telephony.recordings.keeper import RecordingKeeper, Threads
from telephony.recordings.note import NOTE, NotedParty, RecordingNote, write_note
from telephony.sound import speech

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

DISK_SECONDS = 5.0  # between two looks at the disk


class CallRecorder:
    """One recording of one call: writes what the legs that `only` names say. For the engine's thread."""

    def __init__(self, call: Call, path: Path, asked_by: str, announce: bool) -> None:
        self.call, self.path, self.paused = call, path, False
        self._asked_by, self._announce = asked_by, announce
        self._patch = call.exchange.endpoint.patch
        self._heard: set[Leg] = set()
        self._parties: list[NotedParty] = []
        self._started = time.time()
        self._recorder: Recorder | None = None
        self._look: asyncio.TimerHandle | None = None

    @classmethod
    def begin(cls, call: Call, legs: Iterable[Leg], asked_by: str = "") -> CallRecorder:
        """Open the file. Raises CommandError when the disk is full.

        `legs` are those that talk now; `asked_by` switched it on, "" when a rule did.
        """
        legs = list(legs)
        folder = call.exchange.instance.recordings
        if not call.exchange.disk_has_room(folder):
            raise CommandError("disk_full")
        call.takes += 1
        path = folder / f"{call.id}-{call.takes}.wav"
        tape = cls(call, path, asked_by, wanted(call, legs, asked_by).announce)
        try:
            # First the note: a recording without one would belong to nobody.
            tape._remember(legs)
            call.exchange.keeper.running.add(path.stem)
            tape._recorder = Recorder(path)
        except Exception as error:
            call.exchange.keeper.running.discard(path.stem)
            path.with_suffix(NOTE).unlink(missing_ok=True)
            raise CommandError("recording_failed") from error
        call.recording, call.recording_state = path.name, "on"
        call.step("recording")
        call.changed()
        tape._watch_disk()
        return tape

    @property
    def running(self) -> bool:
        """Whether the file is still being written, paused or not; a full disk ends it."""
        return self._recorder is not None

    def only(self, legs: Iterable[Leg]) -> None:
        """Hear these legs and no other."""
        wanted = set(legs)
        if self._recorder is not None:
            if not self.paused:
                for leg in self._heard - wanted:
                    self._patch.unlink(leg, self._recorder)
                for leg in wanted - self._heard:
                    self._patch.link(leg, self._recorder)
            self._remember(wanted)
            self._tell(wanted)
        self._heard = wanted

    def pause(self) -> None:
        """Write nothing until `resume`; it leaves no gap."""
        if self._recorder is None or self.paused:
            return
        self.paused = True
        self._patch.silence(self._recorder)
        self.call.recording_state = "paused"
        self.call.step("recording_paused")
        self.call.changed()

    def resume(self) -> None:
        """Write again, into the same file."""
        if self._recorder is None or not self.paused:
            return
        self.paused = False
        for leg in self._heard:
            self._patch.link(leg, self._recorder)
        self.call.recording_state = "on"
        self.call.step("recording_resumed")
        self.call.changed()

    def end(self) -> None:
        """Finish the file and have it kept; harmless when that was done before."""
        if self._recorder is None:
            return
        self._patch.silence(self._recorder)
        self._patch.forget(self._recorder)
        self._recorder.close()
        self._recorder = None
        if self._look is not None:
            self._look.cancel()
        self.call.recording_state = "off"
        self.call.changed()
        self.call.exchange.keeper.keep(self.path)

    # --- the note

    def _remember(self, legs: Iterable[Leg]) -> None:
        """Write down the recorded parties when one is new; a party that leaves stays on the note."""
        parties: list[NotedParty] = [
            {"number": leg.number, "name": leg.name, "extension": leg.extension} for leg in legs
        ]
        new = [party for party in parties if party not in self._parties]
        if not new and self._parties:
            return
        self._parties += new
        call = self.call
        note: RecordingNote = {
            "call": call.id,
            "node": call.exchange.name,
            "started": self._started,
            "asked_by": self._asked_by,
            "announced": self._announce,
            "trunk": trunk_of(call, legs),
            "inbound": inbound_of(call),
            "parties": self._parties,
        }
        write_note(self.path, note)

    def _tell(self, legs: Iterable[Leg]) -> None:
        """Announce it to parties of a recorded conversation: when it begins, and to later ones when they come."""
        untold = [leg for leg in legs if leg.id not in self.call.told]
        if self._announce and untold:
            self.call.told.update(leg.id for leg in untold)
            self.call.exchange.in_background(announce_within(self.call, untold))

    def _watch_disk(self) -> None:
        """A recording must not fill the last of the disk: what there is by then is kept."""
        if self._recorder is None:
            return
        if not self.call.exchange.disk_has_room(self.path.parent):
            self.call.step("recording_stopped")
            self.end()
            return
        self._look = self.call.exchange.loop.call_later(DISK_SECONDS, self._watch_disk)


def trunk_of(call: Call, legs: Iterable[Leg]) -> int | None:
    """The trunk that a call uses: that it came in by, or that one of these legs went out over."""
    return call.trunk if call.trunk is not None else next((leg.trunk for leg in legs if leg.trunk), None)


def inbound_of(call: Call) -> str:
    """The number of ours that was called from outside, or ""."""
    return call.dialled if call.direction == "inbound" else ""


def wanted(call: Call, legs: Iterable[Leg], asked_by: str = "") -> rules.Wish:
    """Whether a rule wants a conversation between these legs recorded, and said first.

    When somebody asked for it, it is said when any extension in it has that switched on.
    """
    legs = list(legs)
    directory = call.exchange.directory
    numbers = [leg.extension for leg in legs]
    wish = rules.wish(directory, numbers, trunk_of(call, legs), inbound_of(call))
    if not asked_by:
        return wish
    entries = (directory.extensions.get(number) for number in numbers)
    return rules.Wish(
        True,
        wish.announce or any(rules.of_extension(directory, entry).announce for entry in entries if entry),
    )


async def announce_first(call: Call, legs: Iterable[Leg]) -> bool:
    """Whether this conversation is to be recorded; if so and that is to be said, everybody hears it now.

    In the caller's language, before they hear each other. The conversation notices a party that leaves meanwhile.
    """
    legs = list(legs)
    wish = wanted(call, legs)
    if wish.record and wish.announce and any(leg.id not in call.told for leg in legs):
        call.told.update(leg.id for leg in legs)
        call.step("recording_announced")
        path = await _words(call)
        await asyncio.gather(*(_hear_out(leg, path) for leg in legs))
    return wish.record


async def _hear_out(leg: Leg, path: Path) -> None:
    with contextlib.suppress(HungUp):
        await leg.play(path)


async def announce_within(call: Call, legs: Iterable[Leg]) -> None:
    """The same in the middle of a conversation: the words are mixed into it."""
    listening = list(legs)
    call.step("recording_announced")
    path = await _words(call)
    patch = call.exchange.endpoint.patch
    player = Player(path)
    for leg in listening:
        if leg.alive:
            patch.link(player, leg)
    await asyncio.sleep(wav_seconds(path))
    patch.silence(player)
    patch.forget(player)
    player.retire(call.exchange.loop)


async def _words(call: Call) -> Path:
    first = call.legs[0].extension if call.legs else ""
    return await call.exchange.sound(speech.prompt, "recorded", call.exchange.language_of(first))


class Recordings:
    """What the engine asks for (`telephony.engine.node.Recording`)."""

    def keeper(self, node: str, loop: asyncio.AbstractEventLoop, in_thread: Threads) -> RecordingKeeper:
        return RecordingKeeper(node, loop, in_thread)

    def begin(self, call: Call, legs: Iterable[Leg], asked_by: str) -> CallRecorder:
        return CallRecorder.begin(call, legs, asked_by)

    def is_wanted(self, call: Call, legs: Iterable[Leg]) -> bool:
        return wanted(call, legs).record

    async def announce_first(self, call: Call, legs: Iterable[Leg]) -> bool:
        return await announce_first(call, legs)
