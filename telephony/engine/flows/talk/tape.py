"""A recording in progress: one file, in which everybody is heard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from telephony.engine.media import Recorder

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


class Tape:
    """Writes what the legs that `only` names say."""

    def __init__(self, call: Call, recorder: Recorder) -> None:
        self.call, self.paused = call, False
        self._recorder: Recorder | None = recorder
        self._patch = call.exchange.endpoint.patch
        self._heard: set[Leg] = set()

    @classmethod
    def begin(cls, call: Call) -> Tape:
        """Open the file. Raises ValueError when the disk is full."""
        folder = call.exchange.instance.recordings
        if not call.exchange.disk_has_room(folder):
            raise ValueError("the disk is full: nothing can be recorded")
        name = f"{call.id}.wav" if not call.recording else f"{call.id}-{len(call.steps)}.wav"
        tape = cls(call, Recorder(folder / name))
        call.recording, call.recording_state = name, "on"
        call.step("recording")
        call.changed()
        return tape

    def only(self, legs: Iterable[Leg]) -> None:
        """Hear these legs and no other."""
        wanted = set(legs)
        if self._recorder is not None and not self.paused:
            for leg in self._heard - wanted:
                self._patch.unlink(leg, self._recorder)
            for leg in wanted - self._heard:
                self._patch.link(leg, self._recorder)
        self._heard = wanted

    def pause(self) -> None:
        """Write nothing until `resume`."""
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
        """Finish the file; harmless when that was done before."""
        if self._recorder is None:
            return
        self._patch.silence(self._recorder)
        self._patch.forget(self._recorder)
        self._recorder.close()
        self._recorder = None
        self.call.recording_state = "off"
        self.call.changed()
