"""Busy lamps on the whole way: calls, parking slots and statuses reach the phones that look, and only them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest

from tests.rig.call_control import Hand, hears_music, humming
from tests.rig.exchange import Exchange, eventually
from tests.rig.lamps import PROMISED, Lamps
from tests.rig.phones import Phones


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
