"""One telephone call as the person who holds the phone sees it."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tests.rig.phones.hearing import Sound
from tests.rig.phones.message import Identity, SipMessage
from tests.rig.phones.process import Happenings, PhoneError

if TYPE_CHECKING:
    from tests.rig.phones.phone import Phone

WAIT = 5.0  # seconds
_recordings = itertools.count(1)


class Ended(NamedTuple):
    """How a call ended: 200 after a conversation, else the final status code."""

    code: int
    reason: str


def message_of(event: dict[str, Any]) -> SipMessage:
    """The SIP message that an event carries."""
    return SipMessage(event["start"], tuple((n, v) for n, v in event["headers"]), event["body"])


def is_whole(wav: Path) -> bool:
    """Whether the header of a WAV file knows its length."""
    with wav.open("rb") as file:
        return file.read(8)[4:] not in (b"", b"\0\0\0\0")


class Call:
    """A call that a phone made or got. `invite` is the INVITE that came in (None on a call that it made)."""

    def __init__(self, phone: Phone, key: str, name: str, invite: SipMessage | None) -> None:
        self.phone = phone
        self.process = phone.process
        self.key = key
        self.invite = invite
        self.state = "incoming" if invite else "calling"
        self.messages: list[SipMessage] = []
        self.digits = ""
        self.media: dict[str, Any] = {}
        self.recording: Path | None = None
        self.end: Ended | None = None
        self.was_up = False
        self.happenings = Happenings(name)
        self.process.listen(key, self._happen)

    def _happen(self, event: dict[str, Any]) -> None:
        match event["event"]:
            case "state":
                self.state = event["state"]
                self.was_up |= self.state == "confirmed"
                if self.state == "disconnected":
                    self.end = Ended(event["code"], event["reason"])
            case "message":
                event["parsed"] = message_of(event)
                self.messages.append(event["parsed"])
            case "digit":
                self.digits += event["digit"]
            case "media":
                self.media = event
        self.happenings.add(event)

    @property
    def direction(self) -> str:
        """Of our sound now: sendrecv, sendonly, recvonly or inactive."""
        return str(self.media.get("direction", "inactive"))

    # -- waiting

    async def _until(self, condition: Callable[[], bool], timeout: float, awaited: str) -> None:
        """Like `Happenings.until`, but the end of the call ends the wait at once."""
        await self.happenings.until(lambda: condition() or self.end is not None, timeout, awaited)
        if not condition():
            raise PhoneError(
                f"{self.happenings.name} ended with {self.end}: no {awaited}. {self.happenings.story()}"
            )

    async def ringing(self, timeout: float = WAIT) -> SipMessage:
        """Wait for 180 or 183; returns that response."""

        def rings() -> list[SipMessage]:
            return [message for message in self.messages if message.code in (180, 183)]

        await self._until(lambda: bool(rings()), timeout, "ringing")
        return rings()[0]

    async def answered(self, timeout: float = WAIT) -> None:
        """Wait until both sides are connected and the sound runs."""
        await self._until(lambda: self.was_up and bool(self.media.get("running")), timeout, "answer")

    async def ended(self, timeout: float = WAIT) -> Ended:
        """Wait for the end of the call, whoever ends it."""
        await self.happenings.until(lambda: self.end is not None, timeout, "end of the call")
        assert self.end
        return self.end

    async def held(self, timeout: float = WAIT) -> None:
        """Wait until the other side has put us on hold (we may listen at most)."""
        await self._until(
            lambda: self.direction in ("recvonly", "inactive"), timeout, "hold from the other side"
        )

    async def unheld(self, timeout: float = WAIT) -> None:
        """Wait until sound runs both ways."""
        await self._until(lambda: self.direction == "sendrecv", timeout, "sound both ways")

    async def received(self, what: str | int, timeout: float = WAIT) -> SipMessage:
        """The next request of this method ("CANCEL", "BYE", "INVITE") or response of this code."""
        event = await self.happenings.take(
            lambda e: e["event"] == "message" and what in (e["parsed"].method, e["parsed"].code),
            timeout,
            f"{what} message",
        )
        parsed: SipMessage = event["parsed"]
        return parsed

    async def digit(self, timeout: float = WAIT) -> str:
        """The next key that the other side presses."""
        event = await self.happenings.take(lambda e: e["event"] == "digit", timeout, "digit")
        return str(event["digit"])

    async def transferred(self, timeout: float = WAIT) -> int:
        """The status code with which our REFER ended (final NOTIFY, RFC 3515, section 2.4.5)."""
        event = await self.happenings.take(
            lambda e: e["event"] == "transfer" and e["final"], timeout, "final NOTIFY of the transfer"
        )
        return int(event["code"])

    async def sent_on(self, timeout: float = WAIT) -> Call:
        """The call that this phone makes because the other side sent it a REFER."""
        event = await self.happenings.take(lambda e: e["event"] == "transferred", timeout, "REFER")
        return Call(self.phone, event["new"], f"call of {self.phone.number} to {event['to']}", None)

    # -- who and what

    @property
    def remote_identity(self) -> Identity:
        """Who is there, as the phone shows it: the newest asserted identity or, without one, From or To."""
        for message in reversed(self.messages):
            if "P-Asserted-Identity" in message:
                return message.identity
        if self.invite:
            return self.invite.identity
        if not self.messages:
            raise PhoneError(f"{self.happenings.name}: no message yet to take an identity from")
        return self.messages[-1].identity

    async def statistics(self) -> dict[str, Any]:
        """codec, clock (Hz), direction, remote address, packets received, lost, reordered, sent."""
        facts: dict[str, Any] = await self.process.do("media", call=self.key)
        return facts

    # -- doing

    async def answer(
        self,
        code: int = 200,
        reason: str = "",
        *,
        headers: dict[str, str] | None = None,
        codecs: list[str] | None = None,
        timeout: float = WAIT,
    ) -> None:
        """Answer with this status code; after a 200 returns when the call is up."""
        await self.process.do(
            "answer", call=self.key, code=code, reason=reason, headers=headers or {}, codecs=codecs or []
        )
        if 200 <= code < 300:
            await self.answered(timeout)

    async def hangup(self, code: int = 0) -> None:
        """End, cancel or (with a code of 400 and more) refuse the call."""
        await self.process.do("hangup", call=self.key, code=code)

    async def hold(self, timeout: float = WAIT) -> None:
        await self.process.do("hold", call=self.key, on=True)
        await self._until(lambda: self.direction in ("sendonly", "inactive"), timeout, "hold")

    async def unhold(self, timeout: float = WAIT) -> None:
        await self.process.do("hold", call=self.key, on=False)
        await self.unheld(timeout)

    async def refer(self, to: str, headers: dict[str, str] | None = None) -> None:
        """Blind transfer: have the far side call `to` (a number or a SIP URI) in our place (RFC 3515)."""
        await self.process.do(
            "refer", call=self.key, to=self.phone.uri(to), replaces=None, headers=headers or {}
        )

    async def refer_replaces(self, other: Call, headers: dict[str, str] | None = None) -> None:
        """Attended transfer: connect the far side of this call to the far side of `other` (RFC 3891)."""
        await self.process.do("refer", call=self.key, to="", replaces=other.key, headers=headers or {})

    async def dtmf(
        self, digits: str, method: Literal["rfc4733", "info"] = "rfc4733", duration: int = 160
    ) -> None:
        """Press keys, each `duration` ms long."""
        await self.process.do("dtmf", call=self.key, digits=digits, method=method, duration=duration)

    async def request(
        self, method: str, body: str = "", type: str = "text/plain", headers: dict[str, str] | None = None
    ) -> None:
        """Send a request within the call, such as INFO or MESSAGE."""
        await self.process.do(
            "info", call=self.key, method=method, headers=headers or {}, body=body, type=type
        )

    # -- sound

    async def play_tone(self, hz: float, seconds: float = 0) -> None:
        """Play a tone of -8.5 dBFS (peak) from now on, or for so many seconds."""
        await self.process.do("tones", call=self.key, tones=[(hz, seconds or 30)], loop=not seconds)

    async def play_tones(self, tones: list[tuple[float, float]]) -> None:
        """Play (Hz, seconds) one after the other, at most 32; 0 Hz is silence."""
        await self.process.do("tones", call=self.key, tones=tones, loop=False)

    async def say(self, *tones: float, rest: float = 0.0) -> None:
        """Play (Hz, seconds, Hz, seconds …), and return when that has been played and `rest` seconds are over."""
        parts = list(zip(tones[::2], tones[1::2], strict=True))
        await self.play_tones(parts)
        # Time itself: the phone sends sound as fast as it is heard.
        await asyncio.sleep(sum(seconds for _hz, seconds in parts) + rest)

    async def play(self, wav: Path, loop: bool = False) -> None:
        """Play a WAV file of 16-bit PCM, a-law or µ-law."""
        await self.process.do("play", call=self.key, path=str(wav), loop=loop)

    async def silence(self) -> None:
        """Stop playing."""
        await self.process.do("silence", call=self.key)

    async def record(self, path: Path | None = None) -> Path:
        """Record what is heard from now on; the file is whole after `heard()` or the end of the call."""
        self.recording = path or self.process.log.parent / f"heard{next(_recordings)}-{self.key}.wav"
        await self.process.do("record", call=self.key, path=str(self.recording))
        return self.recording

    async def heard(self) -> Sound:
        """Stop recording: everything since `record()`."""
        if self.recording is None:
            raise PhoneError(f"{self.happenings.name}: nothing was recorded")
        await self.process.do("stop_recording", call=self.key)
        deadline = time.monotonic() + WAIT
        # The bridge lets go of the file, and only then completes its header, one tick later.
        while not is_whole(self.recording):
            if time.monotonic() > deadline:
                raise PhoneError(f"{self.happenings.name}: {self.recording} was not completed")
            await asyncio.sleep(0.02)
        return Sound.load(self.recording)

    async def hear(self, hz: float, at_least: float = 0.15, timeout: float = 25) -> None:
        """Wait until this tone has been heard for so many seconds without a pause. Raises PhoneError."""
        # In one recording from beginning to end: a short tone would get lost between two.
        recording = await self.record()
        deadline = time.monotonic() + timeout
        while not (sound := Sound.growing(recording)).heard(hz, at_least):
            if time.monotonic() > deadline:
                raise PhoneError(
                    f"{self.happenings.name}: no tone of {hz:g} Hz within {timeout:g} s: {sound}"
                )
            await asyncio.sleep(0.1)

    async def heard_out(self, hz: float, at_least: float, timeout: float = 25) -> Sound:
        """Everything since `record()`, once this tone has been heard for so many seconds and is over."""
        assert self.recording is not None, "nothing is recorded"
        deadline = time.monotonic() + timeout
        while True:
            sound = Sound.growing(self.recording)
            span = sound.heard(hz, at_least)
            if span is not None and sound.seconds - span.end > 0.5:
                return await self.heard()
            if time.monotonic() > deadline:
                raise PhoneError(
                    f"{self.happenings.name}: {hz:g} Hz did not end within {timeout:g} s: {sound}"
                )
            await asyncio.sleep(0.1)

    async def listen(self, seconds: float) -> Sound:
        """What is heard in the next so many seconds."""
        await self.record()
        await asyncio.sleep(seconds)
        return await self.heard()
