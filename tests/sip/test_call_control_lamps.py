"""Busy lamps on the whole way: calls, parking slots and statuses reach the phones that look, and only them."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import statistics
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from telephony.edge import payloads
from tests.rig.call_control import Hand, hears_music
from tests.rig.edge.agents import Message, Phone, request_for
from tests.rig.edge.wires import UdpWire
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.sip.test_call_control_conference import hand, humming

__all__ = ["hand"]

NAMES = {"x": "urn:ietf:params:xml:ns:dialog-info"}
PROMISED = 0.3  # seconds from the change to the lamp
STALE = 8.0  # seconds: what was set up takes that long at most on a busy machine


class Lamps:
    """A desk phone with lamps: what it is told, and when. It answers every NOTIFY at once."""

    def __init__(self, exchange: Exchange, username: str, secret: str = "") -> None:
        extension = username.partition("-")[0]
        wire = UdpWire(("127.0.0.1", exchange.instance.sip_port), ("127.0.0.1", 0))
        self._phone = Phone(wire, username, secret or f"secret{username}", extension=extension)
        self._told: queue.Queue[tuple[float, str]] = queue.Queue()
        self._turn, self._closing = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        while not self._closing.is_set():
            with self._turn, contextlib.suppress(TimeoutError):
                notify = self._phone.expect(request_for("NOTIFY"), 0.05)
                self._told.put((time.monotonic(), notify.body))
                self._phone.send(notify.answer(200))
            time.sleep(0.001)  # or nobody else ever gets the lock

    def close(self) -> None:
        self._closing.set()
        self._thread.join(2)
        self._phone.close()

    def _ask(self, target: str) -> Message:
        more = (("Event", "dialog"), ("Accept", payloads.DIALOG_INFO))
        with self._turn:
            request = self._phone.build("SUBSCRIBE", f"sip:{target}@kiestoon", *more, Expires="600")
            return self._phone.ask(request)

    async def ask(self, target: str) -> int:
        """SUBSCRIBE to a lamp; the status of the answer."""
        return (await asyncio.to_thread(self._ask, target)).status

    async def shows(self, state: str, text: str = "") -> float:
        """Wait until a lamp shows this state ("none", "early", "confirmed"); when that was (monotonic seconds)."""
        deadline = time.monotonic() + STALE
        while True:
            left = max(deadline - time.monotonic(), 0.01)
            moment, body = await asyncio.to_thread(self._told.get, timeout=left)
            if body and state_of(body) == state and text in body:
                return moment

    async def watch(self, target: str, state: str = "none") -> None:
        """Subscribe, and wait for what the lamp shows first."""
        assert await self.ask(target) == 200
        await self.shows(state)


def state_of(body: str) -> str:
    return ET.fromstring(body).findtext("x:dialog/x:state", namespaces=NAMES) or "none"


@pytest.fixture
def desk(exchange: Exchange) -> Iterator[Lamps]:
    """A desk phone of 103."""
    lamps = Lamps(exchange, "103")
    yield lamps
    lamps.close()


async def test_a_lamp_follows_a_colleagues_calls_within_300_ms(
    exchange: Exchange, phones: Phones, desk: Lamps, capsys: pytest.CaptureFixture[str]
) -> None:
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    await desk.watch("101")
    late = []
    for _turn in range(5):
        began = time.monotonic()
        call = await anna.call("101")
        # Who calls is in it: the phone can show and pick up the call.
        late.append(await desk.shows("early", "Anna de Wit") - began)
        at_bram = await bram.incoming()
        began = time.monotonic()
        await at_bram.answer()
        late.append(await desk.shows("confirmed") - began)
        await call.answered()
        began = time.monotonic()
        await call.hangup()
        late.append(await desk.shows("none") - began)
        await at_bram.ended()
    with capsys.disabled():
        print(f"\nlamps: median {statistics.median(late) * 1000:.0f} ms, at most {max(late) * 1000:.0f} ms")
    assert max(late) < PROMISED


async def test_a_parking_slot_is_lit_while_somebody_waits_in_it(
    exchange: Exchange, phones: Phones, hand: Hand, desk: Lamps
) -> None:
    await desk.watch("702")
    anna, bram = await humming(exchange, phones, "100", "101")
    await hand.do("park", await hand.only(), extension="101", slot="702")
    await desk.shows("confirmed", "Anna de Wit")
    await bram.ended()
    await hears_music(anna)
    # Who looks later sees it, too.
    second = Lamps(exchange, "104")
    await second.watch("702", "confirmed")
    second.close()
    await anna.hangup()
    await desk.shows("none")


async def test_statuses_have_lamps(exchange: Exchange, phones: Phones, desk: Lamps) -> None:
    daan = await exchange.phone(phones, "103")
    other = Lamps(exchange, "104")
    await desk.watch("*31")
    await other.watch("status-103")
    await set_status(daan, "*31")
    await desk.shows("confirmed", "sip:*31@")
    await other.shows("confirmed")
    await set_status(daan, "*30")
    await desk.shows("none")
    await other.shows("none")
    assert await other.ask("*31-103") == 403
    other.close()


async def set_status(phone: object, code: str) -> None:
    call = await phone.call(code)  # type: ignore[attr-defined]
    await call.answered()
    await call.ended(10)


async def test_who_wants_no_lamp_has_none(exchange: Exchange, phones: Phones, desk: Lamps) -> None:
    hide = (
        "from telephony.extensions.models import Extension; "
        "Extension.objects.filter(number='101').update(lamp_private={})"
    )
    tell = "; from live.changes import announce_change; announce_change()"
    await exchange.manage("shell", "-c", hide.format("True") + tell)
    try:
        await desk.watch("101")
        await desk.watch("100")
        anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
        call = await anna.call("101")
        at_bram = await bram.incoming()
        await at_bram.answer()
        await call.answered()
        # The lamp of 100 is lit: that of 101 would have been by now.
        await desk.shows("confirmed", "sip:100@")
        kept = exchange.redis("HGET", "kiestoon:lamp", "101 media1")
        assert "busy" in str(kept)
        late = Lamps(exchange, "104")
        await late.watch("101", "none")
        late.close()
        await call.hangup()
        await desk.shows("none", "sip:100@")
    finally:
        await exchange.manage("shell", "-c", hide.format("False") + tell)


async def test_who_wants_no_lamp_has_no_call_picked_up_either(exchange: Exchange, phones: Phones) -> None:
    """102 is in a group with 101."""
    hide = (
        "from telephony.extensions.models import Extension; "
        "Extension.objects.filter(number='101').update(lamp_private={})"
    )
    tell = "; from live.changes import announce_change; announce_change()"
    read = f"kiestoon:directory:{exchange.instance.node}"
    before = int(exchange.redis("GET", read) or 0)
    await exchange.manage("shell", "-c", hide.format("True") + tell)
    try:
        await eventually(
            lambda: int(exchange.redis("GET", read) or 0) > before, 10, "the directory to be read"
        )
        eva, bram, chris = [await exchange.phone(phones, number) for number in ("104", "101", "102")]
        for code in ("*8101", "*8"):
            call = await eva.call("101")
            at_bram = await bram.incoming()
            assert (await (await chris.call(code)).ended(10)).code == 404
            await call.hangup()
            await at_bram.ended()
    finally:
        await exchange.manage("shell", "-c", hide.format("False") + tell)


async def test_a_stranger_sees_no_lamp(exchange: Exchange) -> None:
    stranger = Lamps(exchange, "100", secret="guess")
    assert await stranger.ask("101") in (401, 407)
    stranger.close()
