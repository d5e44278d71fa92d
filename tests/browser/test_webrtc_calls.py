"""Calls with a telephone in a browser (WebRTC): out, in, hold, keys, and beside a desk phone."""

from __future__ import annotations

import asyncio
import time

import pytest

from telephony.edge import rpc
from tests.rig.browser.webphone import MICROPHONE_HZ, Chromium, WebPhone
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.call import Call

# One browser is enough for two cores.
pytestmark = pytest.mark.xdist_group("browser")

PHONE_HZ, CAROL_HZ = 800.0, 1200.0
TONE_PEAK = -8.5  # dBFS of the phones' tones
NEAR = 25.0  # Hz


async def both_are_heard(web: WebPhone, call: Call) -> None:
    """The tone of each arrives at the other, whole and at its level."""
    await call.play_tone(PHONE_HZ)
    await call.record()
    await asyncio.sleep(0.4)  # the tone has come through three jitter buffers
    at_browser = await web.listen(1)
    at_phone = await call.heard()
    assert abs(at_browser.hz - PHONE_HZ) < NEAR, at_browser
    assert at_browser.peak == pytest.approx(TONE_PEAK, abs=2), at_browser
    assert at_phone.share_of(MICROPHONE_HZ, 0.4) > 0.9, at_phone


def registered(exchange: Exchange, extension: str) -> bool:
    return any(contact.extension == extension for contact in rpc.registrations(to=exchange.instance))


async def test_a_browser_calls_a_desk_phone_and_both_are_heard(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    began = time.time()
    web = await chromium.register(exchange, "100")
    desk = await exchange.phone(phones, "101")
    await web.call("101")
    call = await desk.incoming()
    assert (call.remote_identity.number, call.remote_identity.name) == ("100", "Anna de Wit")
    assert (await web.event("progress"))["code"] == 180
    await call.answer()
    await web.talking()
    await both_are_heard(web, call)
    await web.hang_up()
    assert (await call.ended()).code == 200
    (row,) = await exchange.logged(began)
    assert (row["caller"], row["answered_by"], row["outcome"]) == ("100", "101", "answered")
    codecs = exchange.rows("SELECT codec FROM telephony_callleg WHERE call_id = ? ORDER BY id", row["id"])
    assert codecs[0]["codec"].lower() == "opus"


async def test_a_browser_is_called_and_both_are_heard(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    web = await chromium.register(exchange, "100")
    desk = await exchange.phone(phones, "101")
    call = await desk.call("100")
    ringing = await web.incoming()
    assert (ringing["number"], ringing["name"]) == ("101", "Bram Visser")
    await call.ringing()
    await web.answer()
    await call.answered()
    await both_are_heard(web, call)
    await call.hangup()
    assert (await web.event("ended"))["by"] == "remote"


async def test_two_browsers_talk_to_each_other_one_over_tls(exchange: Exchange, chromium: Chromium) -> None:
    one = await chromium.register(exchange, "100")
    other = await chromium.register(exchange, "101", secure=True)
    await one.call("101")
    await other.incoming()
    await other.answer()
    await one.talking()
    await asyncio.sleep(0.3)  # the tone has come through three jitter buffers
    for heard in await asyncio.gather(one.listen(1), other.listen(1)):
        assert abs(heard.hz - MICROPHONE_HZ) < NEAR, heard
    await one.hang_up()
    await other.event("ended")


async def test_hold_from_the_browser_and_from_the_desk_phone_plays_music(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    began = time.time()
    web = await chromium.register(exchange, "100")
    desk = await exchange.phone(phones, "101")
    await web.call("101")
    call = await desk.incoming()
    await call.answer()
    await web.talking()

    await web.hold()
    await asyncio.sleep(0.3)  # what was said before it has gone through the jitter buffers
    music = await call.listen(1)
    assert music.sounding(), "no music at the desk phone"
    assert music.share_of(MICROPHONE_HZ) < 0.2
    await web.unhold()
    await both_are_heard(web, call)

    await call.hold()
    await asyncio.sleep(0.3)  # what was said before it has gone through the jitter buffers
    at_browser = await web.listen(1)
    assert at_browser.peak > -50, f"no music in the browser: {at_browser}"
    assert not at_browser.is_tone(PHONE_HZ, NEAR), at_browser
    await call.unhold()
    await both_are_heard(web, call)

    await web.hang_up()
    (row,) = await exchange.logged(began)
    assert row["codes"][3:-1] == ["held", "resumed", "held", "resumed"]


async def test_keys_pressed_in_the_browser_arrive(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    web = await chromium.register(exchange, "100")
    desk = await exchange.phone(phones, "101")
    await web.call("101")
    call = await desk.incoming()
    await call.answer()
    await web.talking()
    await web.press("15#")
    assert [await call.digit() for _key in range(3)] == ["1", "5", "#"]
    await call.dtmf("9")
    await web.hang_up()
    await call.ended()


async def test_of_a_desk_phone_and_a_browser_the_browser_answers(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    desk = await exchange.phone(phones, "104")
    web = await chromium.register(exchange, "104-2")
    caller = await exchange.phone(phones, "101")
    call = await caller.call("104")
    at_desk = await desk.incoming()
    await web.incoming()
    await call.ringing()  # who is cancelled before they ring is told the cause without words
    await web.answer()
    await call.answered()
    await at_desk.ended()
    assert "completed elsewhere" in (await at_desk.received("CANCEL"))["Reason"].lower()
    await both_are_heard(web, call)
    await call.hangup()
    await web.event("ended")


async def test_of_a_desk_phone_and_a_browser_the_desk_phone_answers(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    desk = await exchange.phone(phones, "104")
    web = await chromium.register(exchange, "104-2")
    caller = await exchange.phone(phones, "101")
    call = await caller.call("104")
    at_desk = await desk.incoming()
    await web.incoming()
    await web.event("progress")  # who is cancelled before they ring is told the cause without words
    await at_desk.answer()
    await call.answered()
    assert "completed elsewhere" in (await web.event("failed"))["reason"].lower()
    await at_desk.play_tone(PHONE_HZ)
    await call.play_tone(CAROL_HZ)
    assert (await call.listen(1.2)).share_of(PHONE_HZ, 0.3) > 0.9
    assert (await at_desk.listen(1.2)).share_of(CAROL_HZ, 0.3) > 0.9
    # The browser takes the next call as if nothing had been.
    await call.hangup()
    await at_desk.ended()
    call = await caller.call("104")
    await web.incoming()
    await web.answer()
    await call.answered()
    await both_are_heard(web, call)


async def test_a_browser_that_closes_is_not_called_any_more(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    began = time.time()
    web = await chromium.register(exchange, "107")
    caller = await exchange.phone(phones, "101")
    await web.page.close()
    await eventually(lambda: not registered(exchange, "107"), 8, "the end of the browser's registration")
    call = await caller.call("107")
    # Nobody is there, and the caller is told so.
    await call.received(183)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert "not_registered" in row["codes"]


async def test_a_browser_with_a_wrong_password_stays_outside(exchange: Exchange, chromium: Chromium) -> None:
    web = await chromium.open(exchange, "100", secret="guessed")
    failed = await web.event("registration failed")
    assert failed["code"] in (401, 403)
    await web.call("101")
    assert (await web.event("failed"))["code"] in (403, 407)


@pytest.mark.timeout(150)
async def test_a_browser_that_vanishes_during_a_call_is_noticed_and_the_other_one_released(
    exchange: Exchange, phones: Phones, chromium: Chromium
) -> None:
    web = await chromium.register(exchange, "100")
    desk = await exchange.phone(phones, "101")
    await web.call("101")
    call = await desk.incoming()
    await call.answer()
    await web.talking()
    await both_are_heard(web, call)
    vanished = time.monotonic()
    await web.vanish()
    # Its place is kept for half a minute, should the page come back.
    await call.ended(90)
    assert time.monotonic() - vanished < 75
    await eventually(lambda: not exchange.live_ids(), 5, "the call to end")
