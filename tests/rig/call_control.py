"""Hands and ears for calls in hand: commands as the web client sends them, and who hears whom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from celery import Celery

from telephony.calls.errors import CommandError
from telephony.calls.snapshot import CallSnapshot
from tests.rig.conversations import talk
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.call import Call
from tests.rig.phones.hearing import Sound

HZ = {"100": 440.0, "101": 800.0, "102": 1200.0, "103": 1700.0, "104": 2200.0, "105": 2700.0}
LOUD = (
    -27.0
)  # dBFS: a tone of a phone has -11.5, mixed with others a little less; music has less at one frequency
LISTEN = 1.7  # seconds, of which the last 0.8 count: three jitter buffers are between two phones
COUNTS = 0.8


class Refused(Exception):
    """The exchange did not do it; the text says why."""


class Hand:
    """Somebody at the web client, for any extension."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        url = exchange.instance.redis_url
        self._celery = Celery(broker=url, backend=url, set_as_current=False)
        self._celery.conf.task_ignore_result = False

    async def do(self, verb: str, call: str, **args: Any) -> Any:
        """Have a live call do something. Raises Refused with the exchange's sentence."""
        return await self._send("telephony.command", verb, call, args)

    async def dial(self, extension: str, number: str, device: int | str | None = None) -> str:
        """Ring the extension's phones, then call `number`; the id of the new call."""
        return str(await self._send("telephony.originate", extension, number, device))

    async def _send(self, task: str, *args: Any) -> Any:
        sent = self._celery.send_task(task, args, queue=self.exchange.instance.media_queue)
        answer = await asyncio.to_thread(sent.get, timeout=10)
        if not answer["ok"]:
            raise Refused(str(CommandError.from_data(answer["error"])))
        return answer["result"]

    # --- what others see

    def calls(self) -> list[CallSnapshot]:
        """The live calls, oldest first."""
        texts = self.exchange.redis("HVALS", f"kiestoon:calls:{self.exchange.instance.node}")
        return sorted((json.loads(text) for text in texts), key=lambda call: call["started"])

    def call(self, call_id: str) -> CallSnapshot:
        """One live call."""
        return next(call for call in self.calls() if call["id"] == call_id)

    async def only(self, state: str = "talking") -> str:
        """The id of the only live call, once it is in this state."""

        def look() -> str | None:
            calls = self.calls()
            return calls[0]["id"] if len(calls) == 1 and calls[0]["state"] == state else None

        return await eventually(look, 5, f"one call that is {state}")

    async def other_than(self, known: str) -> str:
        """The id of the conversation that is not this one, once there is one."""

        def look() -> str | None:
            ids = [call["id"] for call in self.calls() if call["id"] != known and call["state"] == "talking"]
            return ids[0] if ids else None

        return await eventually(look, 5, "another call")

    async def until(self, call_id: str, **states: str) -> CallSnapshot:
        """The call, once these parties are in these states: `x101="held"`; "" for who is not there."""

        def look() -> CallSnapshot | None:
            call = next((call for call in self.calls() if call["id"] == call_id), None)
            now = {f"x{one['number']}": one["state"] for one in call["parties"]} if call else {}
            return call if all(now.get(who, "") == state for who, state in states.items()) else None

        return await eventually(look, 5, f"{states} in {self.calls()}")


def tones_in(sound: Sound, among: Iterable[float]) -> set[float]:
    """Which of these tones sound steadily at the end."""
    tail = sound.part(max(0.0, sound.seconds - COUNTS))
    size = round(tail.rate * 0.2)
    rows = tail.samples[: len(tail.samples) // size * size].reshape(-1, size)
    spectrum = np.abs(np.fft.rfft(rows * np.hanning(size), axis=1)) * 4 / size
    found = set()
    for hz in among:
        middle = round(hz * size / tail.rate)
        peaks = spectrum[:, middle - 2 : middle + 3].max(axis=1)
        level = 20 * np.log10(np.maximum(peaks, 1e-6)) - 3
        if len(level) and float(np.mean(level > LOUD)) >= 0.7:
            found.add(hz)
    return found


async def expect(heard: Mapping[Call, Iterable[str]]) -> None:
    """Each party hears exactly the tones of these extensions, and no other's; all listen at once."""
    calls = list(heard)
    sounds = await asyncio.gather(*(call.listen(LISTEN) for call in calls))
    names = {hz: extension for extension, hz in HZ.items()}
    found = [{names[hz] for hz in tones_in(sound, HZ.values())} for sound in sounds]
    wanted = [set(heard[call]) for call in calls]
    story = ", ".join(
        f"{call.phone.number} hears {sorted(is_)} and should hear {sorted(should)}"
        for call, is_, should in zip(calls, found, wanted, strict=True)
        if is_ != should
    )
    assert not story, story


async def hears_music(call: Call) -> None:
    """The party hears music: sound, and nobody's tone."""
    sound = await call.listen(LISTEN)
    assert not tones_in(sound, HZ.values()), "somebody is heard"
    assert sound.part(0.5).level > -50, f"there is no music: {sound}"


async def humming(exchange: Exchange, phones: Phones, caller: str, callee: str) -> tuple[Call, Call]:
    """Two in conversation, each with the tone of their extension."""
    one, other = await talk(exchange, phones, caller, callee)
    await one.play_tone(HZ[caller])
    await other.play_tone(HZ[callee])
    return one, other


async def three(exchange: Exchange, phones: Phones, hand: Hand) -> tuple[str, Call, Call, Call]:
    """100, 101 and 102 in one call; its id."""
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    await hand.do("add", call, extension="100", number="102")
    at_chris = await chris.incoming()
    assert at_chris.remote_identity.number == "100"
    await at_chris.answer()
    await at_chris.play_tone(HZ["102"])
    await hand.until(call, x100="talking", x101="talking", x102="talking")
    return call, anna, bram, at_chris


async def listener(exchange: Exchange, phones: Phones, hand: Hand, verb: str) -> tuple[str, Call, Call, Call]:
    """100 and 101 talk, 103 is there by `verb` and whispers to 101; the call's id."""
    anna, bram = await humming(exchange, phones, "100", "101")
    daan = await exchange.phone(phones, "103")
    call = await hand.only()
    await hand.do(verb, call, extension="103", target="101")
    at_daan = await daan.incoming()
    await at_daan.answer()
    await at_daan.play_tone(HZ["103"])
    state = {"listen": "listening", "whisper": "whispering", "barge": "talking"}[verb]
    await hand.until(call, x103=state, x100="talking", x101="talking")
    return call, anna, bram, at_daan
