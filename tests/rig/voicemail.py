"""What callers and owners do with voicemail, and the messages that are there."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phone
from tests.rig.phones.call import Call
from tests.rig.phones.hearing import Sound

MESSAGE_HZ, SECONDS = 600.0, 3.0
BEEP_HZ = 1000.0


async def beep(call: Call, seconds: float = 25) -> None:
    """Wait until the exchange has beeped."""
    await call.hear(BEEP_HZ, timeout=seconds)


async def after_beep(call: Call) -> None:
    """Skip the greeting with #; the beep and the pause behind it last a third of a second."""
    await call.answered()
    await asyncio.sleep(0.3)  # the greeting has begun: a key before it skips nothing
    await call.dtmf("#")
    await call.hear(BEEP_HZ, 0.1, timeout=10)


async def menu(phone: Phone) -> Call:
    """The owner is in the menu: PIN typed, and told how many messages there are."""
    call = await phone.call("999")
    await call.answered()
    await call.dtmf("1")
    await asyncio.sleep(0.8)  # the question for the PIN has stopped: what is said next is the count
    await call.dtmf("234#")
    await spoken(call)
    return call


async def spoken(call: Call, seconds: float = 10) -> None:
    """Wait until the exchange begins to say something that is no tone."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sound = await call.listen(0.4)
        if sound.sounding() and not any(sound.heard(hz, 0.05) for hz in (BEEP_HZ, MESSAGE_HZ, 900.0)):
            return
    raise AssertionError("nothing was said")


async def beep_alone(call: Call) -> None:
    """Who asks to leave a message hears no greeting, only the beep."""
    await call.answered()
    sound = await call.listen(0.8)
    assert sound.heard(BEEP_HZ, 0.1), f"no beep was heard: {sound}"


async def speak(call: Call, *tones: float, rest: float = 0.2) -> None:
    """Say (Hz, seconds …) into what has just begun to beep."""
    await asyncio.sleep(0.4)  # the rest of the beep, and the pause behind it that nobody can hear the end of
    await call.say(*tones, rest=rest)


async def leave_message(caller: Phone, number: str, seconds: float = SECONDS) -> Call:
    """Leave a tone as a message and hang up."""
    call = await caller.call(number)
    await (beep_alone(call) if number.startswith("*4") else after_beep(call))
    await speak(call, MESSAGE_HZ, seconds, rest=0.3)
    await call.hangup()
    return call


async def stored(exchange: Exchange, extension: str, count: int = 1) -> list[dict[str, Any]]:
    """The messages of an extension once there are `count`."""

    def look() -> list[dict[str, Any]] | None:
        rows = exchange.messages(extension)
        return rows if len(rows) >= count else None

    return await eventually(look, 5, f"{count} messages for {extension}")


def sound_of(exchange: Exchange, message: dict[str, Any]) -> Sound:
    return Sound.load(exchange.instance.voicemail / message["file"])
