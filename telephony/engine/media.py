"""Which leg hears which: the patch bay over pjsua2's conference bridge, players and recorders.

All of it belongs to the engine's thread.
"""

from __future__ import annotations

import asyncio
import logging
import time
import wave
from pathlib import Path
from typing import Protocol

import pjsua2 as pj

from telephony.sound.wav import HEADER, mend_wav

log = logging.getLogger(__name__)

CLOCK_HZ = 8000
SETTLE_SECONDS = 2.0
RETIRE_SECONDS = 2.0


class Port(Protocol):
    """Something with sound: a leg, a player, a recorder."""

    def audio(self) -> pj.AudioMedia | None:
        """Its port on the bridge, or None while it has none."""


class PatchBay:
    """Remembers which port should hear which and links them, again after each re-INVITE."""

    def __init__(self) -> None:
        self._heard_by: dict[Port, set[Port]] = {}
        self._hears: dict[Port, set[Port]] = {}
        # What a leg is sent while it hears nothing else: without a source pjmedia sends no RTP at all, not even
        # keys, and the other side takes us for dead. Set once the bridge runs.
        self.silence_source: Port | None = None
        self._comforted: set[Port] = set()
        # Listens to a leg while nobody else does: the bridge does not read a port without a listener, its jitter
        # buffer fills up, and what is said later is heard half a second late. Set once the bridge runs.
        self.nobody: Port | None = None

    def comfort(self, leg: Port) -> None:
        """Send silence to a leg as long as nothing else is sent to it, and listen to it; ends with `forget`."""
        self._comforted.add(leg)
        self._settle(leg)
        self._settle_listener(leg)

    def _settle(self, leg: Port) -> None:
        if self.silence_source is None or leg not in self._comforted:
            return
        if self._hears.get(leg):
            self._disconnect(self.silence_source, leg)
        else:
            self._connect(self.silence_source, leg)

    def _settle_listener(self, leg: Port) -> None:
        if self.nobody is None or leg not in self._comforted:
            return
        if self._heard_by.get(leg):
            self._disconnect(leg, self.nobody)
        else:
            self._connect(leg, self.nobody)

    def link(self, source: Port, sink: Port) -> None:
        """Let `sink` hear `source`, now or as soon as both have sound."""
        self._heard_by.setdefault(source, set()).add(sink)
        self._hears.setdefault(sink, set()).add(source)
        self._connect(source, sink)
        self._settle(sink)
        self._settle_listener(source)

    def unlink(self, source: Port, sink: Port) -> None:
        """Stop `sink` hearing `source`; nothing when it did not."""
        sinks = self._heard_by.get(source)
        if not sinks or sink not in sinks:
            return
        sinks.discard(sink)
        self._hears[sink].discard(source)
        self._disconnect(source, sink)
        self._settle(sink)
        self._settle_listener(source)

    def join(self, one: Port, other: Port) -> None:
        """Let both hear each other."""
        self.link(one, other)
        self.link(other, one)

    def part(self, one: Port, other: Port) -> None:
        """Let neither hear the other."""
        self.unlink(one, other)
        self.unlink(other, one)

    def silence(self, port: Port) -> None:
        """Let `port` hear nothing and be heard by nobody."""
        for sink in list(self._heard_by.get(port, ())):
            self.unlink(port, sink)
        for source in list(self._hears.get(port, ())):
            self.unlink(source, port)

    def forget(self, port: Port) -> None:
        """Drop a port that is gone; the bridge has dropped its connections itself."""
        self._comforted.discard(port)
        for sink in self._heard_by.pop(port, ()):
            self._hears[sink].discard(port)
            self._settle(sink)
        for source in self._hears.pop(port, ()):
            self._heard_by[source].discard(port)
            self._settle_listener(source)

    def refresh(self, port: Port) -> None:
        """Connect again what `port` is part of: its media has just been made anew."""
        for sink in self._heard_by.get(port, ()):
            self._connect(port, sink)
        for source in self._hears.get(port, ()):
            self._connect(source, port)
        self._settle(port)
        self._settle_listener(port)

    def _connect(self, source: Port, sink: Port) -> None:
        out, into = source.audio(), sink.audio()
        if out is None or into is None:
            return
        try:
            out.startTransmit(into)
        except pj.Error as error:
            # The leg's media went away between the check and the call; its end is on the way.
            log.debug("not connected: %s", error.info())

    def _disconnect(self, source: Port, sink: Port) -> None:
        out, into = source.audio(), sink.audio()
        if out is None or into is None:
            return
        try:
            out.stopTransmit(into)
        except pj.Error as error:
            log.debug("not disconnected: %s", error.info())


class Player:
    """Plays a WAV file (16-bit mono), once or in a loop."""

    def __init__(self, path: Path, *, loop: bool = False) -> None:
        self._player = pj.AudioMediaPlayer()
        self._player.createPlayer(str(path), 0 if loop else pj.PJMEDIA_FILE_NO_LOOP)

    def audio(self) -> pj.AudioMedia | None:
        return self._player

    def retire(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let go of the file, a little later: pjmedia's event thread may still be about to report its end."""
        loop.call_later(RETIRE_SECONDS, lambda player: None, self._player)


class Nobody:
    """The bridge's own sound device, which is none: what it hears is gone."""

    def __init__(self, device: pj.AudioMedia) -> None:
        self._device = device

    def audio(self) -> pj.AudioMedia | None:
        return self._device


class Recorder:
    """Writes what it hears into a WAV file, 16-bit mono at 8 kHz."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._recorder: pj.AudioMediaRecorder | None = pj.AudioMediaRecorder()
        self._recorder.createRecorder(str(path))

    def audio(self) -> pj.AudioMedia | None:
        return self._recorder

    def close(self) -> None:
        """End the recording. The bridge's own thread finishes the file a moment later: see `settle`."""
        self._recorder = None


def settle(path: Path) -> None:
    """Wait until a closed recording is whole: its header's sizes are the last thing that pjmedia writes.

    Blocks for some 20 ms: not for the engine's thread. A file that is not finished in time is mended.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        with path.open("rb") as file:
            head = file.read(HEADER)
        if len(head) == HEADER and head[40:44] != b"\0\0\0\0":
            return
        time.sleep(0.01)
    mend_wav(path)


def wav_seconds(path: Path) -> float:
    """Length of a WAV file in seconds. Raises OSError or wave.Error when it is none."""
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()
