"""Telephones of other makes: baresip and SIPp share no code with the exchange or with each other."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.rig.conversations import ALICE_HZ, talk
from tests.rig.edge.agents import SDP, Phone, request_for
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.baresip import Baresip, installed
from tests.rig.phones.sipp import Sipp, authentication
from tests.rig.raw_sip import media_node_is_up, phone_by_hand
from tests.rig.servers import free_ports

needs_baresip = pytest.mark.skipif(not installed(), reason="baresip-core is not installed")
BARESIP_HZ = 900.0

Open = Callable[..., Awaitable[Baresip]]


@pytest.fixture
async def baresip(exchange: Exchange, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens baresips that are registered: `await baresip("102", codec="G722")`."""
    await eventually(lambda: media_node_is_up(exchange), 10, "the media node")
    async with AsyncExitStack() as stack:

        async def open_one(username: str, codec: str = "PCMA") -> Baresip:
            port = exchange.instance.sip_port
            phone = Baresip(tmp_path, username, f"secret{username}", "127.0.0.1", port, codec=codec)
            await stack.enter_async_context(phone)
            await phone.registered()
            return phone

        yield open_one


@needs_baresip
@pytest.mark.parametrize("codec", ["PCMA", "PCMU", "G722"])
async def test_two_baresips_call_each_other_and_both_are_heard(
    exchange: Exchange, baresip: Open, codec: str
) -> None:
    began = time.time()
    carol, bram = await baresip("102", codec=codec), await baresip("101")
    await carol.call("101")
    assert (await bram.incoming()).number == "102"
    await carol.ringing()
    await bram.answer()
    await carol.answered()
    await asyncio.sleep(2)  # the length of what they hear
    await carol.hangup()
    await bram.ended()
    await carol.ended()
    for phone in (carol, bram):
        sound = phone.heard()
        assert sound.seconds > 1.5
        assert sound.share_of(BARESIP_HZ, 0.3, sound.seconds - 0.1) > 0.97, sound
    (row,) = await exchange.logged(began)
    assert row["codes"] == ["called", "ring_extension", "answered", "hung_up"]


@needs_baresip
async def test_a_baresip_puts_another_on_hold_presses_keys_and_transfers(
    exchange: Exchange, phones: Phones, baresip: Open
) -> None:
    began = time.time()
    carol, bram = await baresip("102"), await baresip("101")
    anna = await exchange.phone(phones, "100")
    await carol.call("101")
    await bram.incoming()
    await bram.answer()
    await carol.answered()
    await carol.dtmf("5#")
    assert [await bram.digit(), await bram.digit()] == ["5", "#"]
    await asyncio.sleep(1)  # the length of what is heard before
    await carol.do("hold")
    await logged_step(exchange, began, "held")
    await asyncio.sleep(1)  # the length of the music
    await carol.do("resume")
    await logged_step(exchange, began, "resumed")
    await asyncio.sleep(1)  # the length of what is heard after
    await carol.do("transfer", f"sip:100@127.0.0.1:{exchange.instance.sip_port}")
    at_anna = await anna.incoming()
    await at_anna.answer()
    assert (await at_anna.listen(1)).share_of(BARESIP_HZ, 0.5) > 0.9
    await at_anna.hangup()
    await bram.ended()
    sound = bram.heard()
    before, *_between, after = sound.spans(BARESIP_HZ, bridge=0.3, shortest=0.5)
    music = sound.part(before.end + 0.2, after.start - 0.2)
    assert music.seconds > 0.5
    assert music.level > -40, "no music on hold"
    (row,) = await exchange.logged(began)
    assert row["codes"][3:7] == ["held", "resumed", "transferred", "ring_extension"]
    assert row["answered_by"] == "100"


async def logged_step(exchange: Exchange, began: float, code: str) -> None:
    """Wait until the only live call has come to this step."""
    (identifier,) = exchange.live_ids()

    def look() -> bool:
        told = exchange.redis("HGET", f"kiestoon:calls:{exchange.instance.node}", identifier)
        return code in [step["code"] for step in json.loads(told)["steps"]]

    await eventually(look, 5, f"the step {code}")


@needs_baresip
async def test_a_baresip_leaves_a_message_and_another_hears_it_in_the_menu(
    exchange: Exchange, baresip: Open
) -> None:
    began = time.time()
    carol, daan = await baresip("102"), await baresip("103")
    await carol.call("*4103")
    await carol.answered()
    await asyncio.sleep(3)  # the length of the message
    await carol.hangup()
    await eventually(lambda: exchange.messages("103"), 5, "the message")
    assert "Messages-Waiting: yes" in await lamp_on(daan)
    await daan.call("999")
    await daan.answered()
    await daan.dtmf("1234#")
    await asyncio.sleep(1.5)  # until the count is spoken, which baresip tells nobody before it has hung up
    await daan.dtmf("*")
    await eventually(lambda: exchange.messages("103")[0]["heard"], 20, "the message to be heard")
    await daan.hangup()
    await daan.ended()
    assert daan.heard().tone_seconds(BARESIP_HZ) > 1.5
    rows = await exchange.logged(began, 2)
    assert "wrong_pin" not in rows[1]["codes"]


async def lamp_on(phone: Baresip) -> str:
    """The first news of the message lamp that says that there is a message."""
    while True:
        if "yes" in (told := await phone.lamp()):
            return told


@needs_baresip
async def test_a_sipp_that_sends_back_what_it_gets_is_heard_by_a_baresip(
    exchange: Exchange, baresip: Open, tmp_path: Path
) -> None:
    anna = await baresip("100")
    listens, sound, registers = free_ports(3)
    where = f"127.0.0.1:{exchange.instance.sip_port}"
    row = ("105", authentication("105", "secret105"), f"127.0.0.1:{listens}")
    registration = Sipp.start(
        tmp_path, "register", where, port=registers, rows=[row], keys={"expires": 300}, calls=1
    )
    assert (await asyncio.to_thread(registration.finish, 10)).failed == 0
    keys = {"payload": 8, "codec": "PCMA/8000"}
    callee = Sipp.start(
        tmp_path,
        "callee",
        where,
        port=listens,
        rows=[(sound,)],
        keys=keys,
        options=["-rtp_echo", "-mp", sound],
    )
    try:
        await anna.call("105")
        await anna.answered()
        await asyncio.sleep(2)  # the length of the call
        await anna.hangup()
        await anna.ended()
    finally:
        result = await asyncio.to_thread(callee.stop)
    assert result.failed == 0, result
    heard = anna.heard()
    assert heard.share_of(BARESIP_HZ, 0.5, heard.seconds - 0.1) > 0.95, heard


async def test_sipp_makes_twenty_calls_to_sipp(exchange: Exchange, tmp_path: Path) -> None:
    await eventually(lambda: media_node_is_up(exchange), 10, "the media node")
    began = time.time()
    listens, registers, calls, sound = free_ports(4)
    where = f"127.0.0.1:{exchange.instance.sip_port}"
    row = ("105", authentication("105", "secret105"), f"127.0.0.1:{listens}")
    registration = Sipp.start(
        tmp_path, "register", where, port=registers, rows=[row], keys={"expires": 300}, calls=1
    )
    assert (await asyncio.to_thread(registration.finish, 10)).failed == 0
    keys = {"payload": 0, "codec": "PCMU/8000"}
    callee = Sipp.start(tmp_path, "callee", where, port=listens, rows=[(sound,)], keys=keys)
    try:
        dials = ("100", authentication("100", "secret100"), "105", sound)
        caller = Sipp.start(
            tmp_path,
            "caller",
            where,
            port=calls,
            rows=[dials],
            keys=keys,
            rate=10,
            calls=20,
            options=["-d", 500],
        )
        result = await asyncio.to_thread(caller.finish, 20)
    finally:
        await asyncio.to_thread(callee.stop)
    assert (result.successful, result.failed) == (20, 0), result
    rows = await exchange.logged(began, 20)
    assert {row["outcome"] for row in rows} == {"answered"}


@pytest.fixture
async def by_hand(exchange: Exchange) -> AsyncIterator[Phone]:
    """A telephone that sends what it is told."""
    await eventually(lambda: media_node_is_up(exchange), 10, "the media node")
    phone = phone_by_hand(exchange, "100")
    yield phone
    phone.close()


@pytest.mark.parametrize("cname", ["/A2vRxhRvWyjDV+u", "kiestoon@192.0.2.1"])
def test_a_caller_whose_sound_has_a_name_that_no_token_has_is_answered(by_hand: Phone, cname: str) -> None:
    sdp = SDP.format(host=by_hand.wire.address[0], port=4000)
    answer = by_hand.final(by_hand.invite("*43", body=f"{sdp}a=ssrc:3379994595 cname:{cname}\r\n"))
    assert answer.status == 200
    by_hand.send(by_hand.within("ACK", answer))
    assert by_hand.ask(by_hand.within("BYE", answer)).status == 200


# --- session timers (RFC 4028)


def test_a_phone_that_asks_for_a_session_timer_gets_and_refreshes_it(by_hand: Phone) -> None:
    answer = by_hand.final(
        by_hand.invite("*43", ("Supported", "timer"), ("Session-Expires", "90;refresher=uac"))
    )
    assert answer.status == 200
    assert re.fullmatch(r"90;\s*refresher=uac", answer["Session-Expires"])
    assert "timer" in answer["Require"]
    by_hand.send(by_hand.within("ACK", answer))
    sdp = SDP.format(host=by_hand.wire.address[0], port=4000)
    for method, body in (("UPDATE", ""), ("INVITE", sdp)):
        refresh = by_hand.within(method, answer, body=body)
        refresh.headers += [("Supported", "timer"), ("Session-Expires", "90;refresher=uac")]
        by_hand.send(refresh)
        again = by_hand.final(refresh)
        assert again.status == 200
        assert again["Session-Expires"].startswith("90")
        if method == "INVITE":
            ack = by_hand.within("ACK", answer)
            number = refresh["CSeq"].split()[0]
            ack.headers = [(n, f"{number} ACK" if n == "CSeq" else value) for n, value in ack.headers]
            by_hand.send(ack)
    assert by_hand.ask(by_hand.within("BYE", answer)).status == 200


def test_a_session_timer_that_is_too_short_is_refused_with_the_shortest_one(by_hand: Phone) -> None:
    refused = by_hand.final(by_hand.invite("*43", ("Supported", "timer"), ("Session-Expires", "30")))
    assert (refused.status, refused["Min-SE"]) == (422, "90")


async def test_a_phone_that_stops_refreshing_its_session_loses_the_call(
    exchange: Exchange, by_hand: Phone
) -> None:
    """It still answers when it is asked whether it is there (OPTIONS): only the timer tells."""
    began = time.time()
    answer = by_hand.final(
        by_hand.invite("*43", ("Supported", "timer"), ("Session-Expires", "90;refresher=uac"))
    )
    by_hand.send(by_hand.within("ACK", answer))
    bye = await asyncio.to_thread(by_hand.expect, request_for("BYE"), 95)
    by_hand.send(bye.answer(200))
    assert time.time() - began > 45, "something else ended the call"
    (row,) = await exchange.logged(began)
    assert row["ended"]


# --- delay


async def test_who_was_on_hold_is_heard_without_delay(exchange: Exchange, phones: Phones) -> None:
    call, answered = await talk(exchange, phones, "100", "101")
    await call.hold()
    await asyncio.sleep(2)  # what 101 says now is heard by nobody, and must not be heard later either
    await call.record()
    began = time.monotonic()
    await call.unhold()
    await asyncio.sleep(0.3)  # time itself: a delay of this long would show
    said = time.monotonic() - began
    await answered.play_tone(ALICE_HZ, 0.3)
    heard = (await call.heard_out(ALICE_HZ, 0.2)).heard(ALICE_HZ)
    assert heard is not None
    assert heard.start - said < 0.25
