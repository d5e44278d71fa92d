"""Busy lamps on the whole way: calls, parking slots and statuses reach the phones that look, and only them."""

from __future__ import annotations

import asyncio
import statistics
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from telephony.edge import payloads
from tests.edge.agents import Message, Phone, request_for
from tests.edge.wires import UdpWire
from tests.sip.exchange import Exchange
from tests.sip.hand import Hand, hears_music
from tests.sip.phones import Phones
from tests.sip.test_hand_conference import hand, humming

__all__ = ["hand"]

NAMES = {"x": "urn:ietf:params:xml:ns:dialog-info"}
PROMISED = 0.3  # seconds from the change to the lamp
STALE = 8.0  # seconds: what was set up takes that long at most on a busy machine


class Lamps:
    """A desk phone with lamps: what it is told, and when."""

    def __init__(self, exchange: Exchange, username: str) -> None:
        extension = username.partition("-")[0]
        wire = UdpWire(("127.0.0.1", exchange.instance.sip_port), ("127.0.0.1", 0))
        self.phone = Phone(wire, username, f"secret{username}", extension=extension)

    def ask(self, target: str) -> Message:
        """SUBSCRIBE to a lamp; the answer."""
        more = (("Event", "dialog"), ("Accept", payloads.DIALOG_INFO))
        return self.phone.ask(self.phone.build("SUBSCRIBE", f"sip:{target}@kiestoon", *more, Expires="600"))

    def _shows(self, state: str, text: str) -> float:
        while True:
            notify = self.phone.expect(request_for("NOTIFY"))
            moment = time.monotonic()
            self.phone.send(notify.answer(200))
            if notify.body and state_of(notify.body) == state and text in notify.body:
                return moment

    async def shows(self, state: str, text: str = "") -> float:
        """Wait until a lamp shows this state ("none", "early", "confirmed"); when that was (monotonic seconds)."""
        return await asyncio.wait_for(asyncio.to_thread(self._shows, state, text), STALE)

    async def watch(self, target: str, state: str = "none") -> None:
        """Subscribe, and wait for what the lamp shows first."""
        assert (await asyncio.to_thread(self.ask, target)).status == 200
        await self.shows(state)


def state_of(body: str) -> str:
    return ET.fromstring(body).findtext("x:dialog/x:state", namespaces=NAMES) or "none"


@pytest.fixture
def desk(exchange: Exchange) -> Iterator[Lamps]:
    """A desk phone of 103."""
    lamps = Lamps(exchange, "103")
    yield lamps
    lamps.phone.close()


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
    assert statistics.median(late) < PROMISED


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
    second.phone.close()
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
    assert (await asyncio.to_thread(other.ask, "*31-103")).status == 403
    other.phone.close()


async def set_status(phone: object, code: str) -> None:
    call = await phone.call(code)  # type: ignore[attr-defined]
    await call.answered()
    await call.ended(10)


async def test_who_wants_no_lamp_has_none(exchange: Exchange, phones: Phones, desk: Lamps) -> None:
    hide = "from telephony.models import Extension; Extension.objects.filter(number='101').update(lamp_private={})"
    tell = "; from telephony.directory import announce_change; announce_change()"
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
        kept = exchange.redis("HGET", "kiestoon:lamp", "101")
        assert "busy" in str(kept)
        late = Lamps(exchange, "104")
        await late.watch("101", "none")
        late.phone.close()
        await call.hangup()
        await desk.shows("none", "sip:100@")
    finally:
        await exchange.manage("shell", "-c", hide.format("False") + tell)


async def test_a_stranger_sees_no_lamp(exchange: Exchange) -> None:
    stranger = Lamps(exchange, "100")
    stranger.phone.secret = "guess"
    answer = await asyncio.to_thread(stranger.ask, "101")
    assert answer.status in (401, 407)
    stranger.phone.close()
