"""A recording in progress: whom it hears, and the note beside it that lets it be kept whatever happens.

The file is WAV in `instance.recordings`; the note has the same name with `.json`. `telephony.recordings.keep` turns
both into a row when the recording ends, or after this process died.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from telephony import speech
from telephony.engine.leg import HungUp
from telephony.engine.media import Player, Recorder, wav_seconds
from telephony.recordings import rules
from telephony.recordings.keep import NOTE

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

log = logging.getLogger(__name__)

DISK_SECONDS = 5.0  # between two looks at the disk


class Take:
    """One recording of one call. Everything here is for the engine's thread."""

    def __init__(self, call: Call, path: Path, asked_by: str, announced: bool) -> None:
        self.call = call
        self.path = path
        self.paused = False
        self.asked_by, self.announced = asked_by, announced
        self._patch = call.exchange.endpoint.patch
        self._legs: list[Leg] = []
        self._parties: list[dict[str, str]] = []
        self._started = time.time()
        self._recorder: Recorder | None = None
        self._look: asyncio.TimerHandle | None = None

    @classmethod
    def begin(cls, call: Call, legs: Iterable[Leg], *, asked_by: str = "", announced: bool = False) -> Take:
        """Begin to record these legs into one file. Raises ValueError when the disk is full.

        `asked_by` is who switched it on, "" when a rule did; `announced` that the parties have been told.
        """
        folder = call.exchange.instance.recordings
        if not call.exchange.disk_has_room(folder):
            raise ValueError("the disk is full: nothing can be recorded")
        call.takes += 1
        take = cls(call, folder / f"{call.id}-{call.takes}.wav", asked_by, announced)
        for leg in legs:
            take._remember(leg)
        # First the note: a recording without one would belong to nobody.
        take._write_note()
        call.exchange.recording.add(take.path.stem)
        try:
            take._recorder = Recorder(take.path)
        except Exception:
            call.exchange.recording.discard(take.path.stem)
            take.path.with_suffix(NOTE).unlink(missing_ok=True)
            raise
        for leg in take._legs:
            take._patch.link(leg, take._recorder)
        call.recording = take.path.name
        call.step("recording")
        call.changed()
        take._watch_disk()
        return take

    @property
    def running(self) -> bool:
        """Whether the file is still being written, paused or not."""
        return self._recorder is not None

    def hear(self, leg: Leg) -> None:
        """Another party takes part."""
        if leg not in self._legs:
            self._remember(leg)
            if self.running:
                self._write_note()
        if self._recorder is not None and not self.paused:
            self._patch.link(leg, self._recorder)

    def leave(self, leg: Leg) -> None:
        """This party is no longer heard; that it was recorded stays on the note."""
        if leg in self._legs:
            self._legs.remove(leg)
        if self._recorder is not None:
            self._patch.unlink(leg, self._recorder)

    def pause(self) -> None:
        """What is said from now on is not recorded, and leaves no gap."""
        if self._recorder is None or self.paused:
            return
        self.paused = True
        self._patch.silence(self._recorder)
        self.call.step("recording_paused")
        self.call.changed()

    def resume(self) -> None:
        """Record again, into the same file."""
        if self._recorder is None or not self.paused:
            return
        self.paused = False
        for leg in self._legs:
            self._patch.link(leg, self._recorder)
        self.call.step("recording_resumed")
        self.call.changed()

    def end(self) -> None:
        """Finish the file and have it kept. Harmless when that was done before."""
        if self._recorder is None:
            return
        self._patch.silence(self._recorder)
        self._patch.forget(self._recorder)
        self._recorder.close()
        self._recorder = None
        if self._look is not None:
            self._look.cancel()
        self.call.exchange.keep_recording(self.path)

    # --- inside

    def _remember(self, leg: Leg) -> None:
        self._legs.append(leg)
        party = {"number": leg.number, "name": leg.name, "extension": leg.extension}
        if party not in self._parties:
            self._parties.append(party)

    def _write_note(self) -> None:
        note = {
            "call": self.call.id,
            "node": self.call.exchange.name,
            "started": self._started,
            "asked_by": self.asked_by,
            "announced": self.announced,
            "trunk": self.call.trunk,
            "inbound": self.call.dialled if self.call.direction == "inbound" else "",
            "parties": self._parties,
        }
        path = self.path.with_suffix(NOTE)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(note))
        temporary.replace(path)

    def _watch_disk(self) -> None:
        """A recording must not fill the last of the disk: what there is by then is kept."""
        if self._recorder is None:
            return
        if not self.call.exchange.disk_has_room(self.path.parent):
            self.call.step("recording_stopped")
            self.end()
            return
        self._look = self.call.exchange.loop.call_later(DISK_SECONDS, self._watch_disk)


def wanted(call: Call, legs: Iterable[Leg]) -> rules.Wish:
    """Whether a rule wants a conversation between these legs recorded, and said first."""
    directory = call.exchange.directory
    inbound = call.dialled if call.direction == "inbound" else ""
    return rules.wish(directory, (leg.extension for leg in legs), call.trunk, inbound)


async def announce(call: Call, legs: Iterable[Leg]) -> None:
    """Tell every party that the call is recorded, in the caller's language; they do not hear each other yet.

    Somebody who leaves meanwhile is for the conversation to notice.
    """
    listening = list(legs)
    path = await _words(call)
    call.step("recording_announced")
    await asyncio.gather(*(_tell(leg, path) for leg in listening))


async def _tell(leg: Leg, path: Path) -> None:
    with contextlib.suppress(HungUp):
        await leg.play(path)


async def announce_within(call: Call, legs: Iterable[Leg]) -> None:
    """The same in the middle of a conversation: the words are mixed into it."""
    path = await _words(call)
    patch = call.exchange.endpoint.patch
    player = Player(path)
    listening = [leg for leg in legs if leg.alive]
    for leg in listening:
        patch.link(player, leg)
    call.step("recording_announced")
    await asyncio.sleep(wav_seconds(path))
    patch.silence(player)
    patch.forget(player)
    player.retire(call.exchange.loop)


async def _words(call: Call) -> Path:
    first = call.legs[0].extension if call.legs else ""
    return await call.exchange.in_thread(speech.prompt, "recorded", call.exchange.language_of(first))
