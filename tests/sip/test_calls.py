"""Calls between phones of the company: who rings, who hears whom, what the log says."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears, talk
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones
from tests.rig.phones.call import Call


async def test_two_phones_call_each_other_and_both_are_heard(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "100", "101")
    assert answered.remote_identity.number == "100"
    assert answered.remote_identity.name == "Anna de Wit"
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await call.record()
    await answered.record()
    await hears_nothing_missing(call, answered)
    await call.hangup()
    assert (await answered.ended()).code == 200

    (row,) = await exchange.logged(began)
    assert (row["caller"], row["dialled"], row["answered_by"]) == ("100", "101", "101")
    assert (row["direction"], row["outcome"]) == ("internal", "answered")
    assert row["codes"] == ["called", "ring_extension", "answered", "hung_up"]
    legs = exchange.rows("SELECT * FROM telephony_callleg WHERE call_id = ? ORDER BY id", row["id"])
    assert [(leg["role"], leg["extension"], leg["status"]) for leg in legs] == [
        ("caller", "100", 200),
        ("target", "101", 200),
    ]


async def hears_nothing_missing(call: Call, answered: Call) -> None:
    await asyncio.sleep(2.5)  # the length of what is looked at
    for sound, hz in ((await call.heard(), BOB_HZ), (await answered.heard(), ALICE_HZ)):
        assert sound.share_of(hz, 0.5, 2.2) > 0.97
        assert sound.gaps(0.5, 2.2) == []
        # pjsua2 plays a tone at -11.5 dBFS; the way through the exchange must not change that.
        assert sound.part(0.5, 2.2).level == pytest.approx(-11.5, abs=1)


async def test_every_device_rings_and_the_first_to_answer_gets_the_call(
    exchange: Exchange, phones: Phones
) -> None:
    alice = await exchange.phone(phones, "100")
    desk = await exchange.phone(phones, "104")
    softphone = await exchange.phone(phones, "104-2")
    call = await alice.call("104")
    at_desk, at_softphone = await desk.incoming(), await softphone.incoming()
    await at_softphone.answer()
    await call.answered()
    await at_desk.ended()
    cancel = await at_desk.received("CANCEL")
    assert "completed elsewhere" in cancel["Reason"].lower()
    await at_softphone.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)


async def test_a_ring_group_rings_everybody_but_the_caller(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    bram = await exchange.phone(phones, "101")
    chris = await exchange.phone(phones, "102")
    call = await alice.call("600")
    at_bram, at_chris = await bram.incoming(), await chris.incoming()
    await at_bram.answer()
    await call.answered()
    await at_chris.ended()
    # So that the colleague's telephone shows no missed call (RFC 3326).
    reason = (await at_chris.received("CANCEL"))["Reason"].replace(" ;", ";")
    assert reason == 'SIP;cause=200;text="Call completed elsewhere"'
    await alice.not_called(0.3)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["answered_by"] == "101"
    legs = exchange.rows("SELECT extension, status FROM telephony_callleg WHERE call_id = ?", row["id"])
    assert {leg["extension"]: leg["status"] for leg in legs} == {"100": 200, "101": 200, "102": 487}


async def test_a_group_that_nobody_answers_says_so(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    await exchange.phone(phones, "101")
    call = await alice.call("600")
    ended = await call.ended(15)
    assert ended.code == 480
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "no_answer"
    assert row["codes"][-1] == "group_ends"


async def test_a_group_that_nobody_answers_in_time_shows_everybody_a_missed_call(
    exchange: Exchange, phones: Phones
) -> None:
    alice = await exchange.phone(phones, "100")
    bram = await exchange.phone(phones, "101")
    await alice.call("600")
    at_bram = await bram.incoming()
    assert "Reason" not in await at_bram.received("CANCEL", 10)


async def test_a_fault_of_the_exchange_is_no_refusal_of_the_caller(
    exchange: Exchange, phones: Phones
) -> None:
    """603 would tell a provider that nobody wants the call, and it would try no other way."""
    alice = await exchange.phone(phones, "100")
    assert (await (await alice.call("777")).ended(10)).code == 404
    began = time.time()
    words = {path: path.read_bytes() for path in exchange.instance.speech.glob("*.wav")}
    for path in words:
        path.write_bytes(b"no sound")
    try:
        call = await alice.call("777")
        assert (await call.ended()).code == 500
    finally:
        for path, sound in words.items():
            path.write_bytes(sound)
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["codes"][-1]) == ("unknown", "error")


async def test_who_hangs_up_while_they_hear_why_was_told_why(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    call = await alice.call("777")
    await call.received(183)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["codes"][-1]) == ("unknown", "caller_gave_up")


async def test_a_number_that_does_not_exist_is_said_and_signalled(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    call = await alice.call("777")
    await call.received(183)
    sound = await call.listen(1.5)
    assert sound.sounding(), "nothing was said"
    assert (await call.ended()).code == 404
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "unknown"


async def test_who_is_busy_and_has_no_voicemail_is_busy(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    frits = await exchange.phone(phones, "105")
    call = await alice.call("105")
    await (await frits.incoming()).hangup(486)
    assert (await call.ended()).code == 486
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "busy"
    assert "busy" in row["codes"]


async def test_who_is_not_registered_and_has_no_voicemail_is_unavailable(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    call = await alice.call("107")
    assert await call.ended(10) == (480, "Not Registered")
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "unavailable"
    assert "not_registered" in row["codes"]


async def test_not_registered_and_not_answered_sound_different(exchange: Exchange, phones: Phones) -> None:
    alice, frits = await exchange.phone(phones, "100"), await exchange.phone(phones, "105")
    heard: list[float] = []
    for number, phrase in (("107", "Not Registered"), ("105", "No Answer")):
        call = await alice.call(number)
        if number == "105":
            await frits.incoming()
        await call.received(183, 10)
        began = time.monotonic()
        assert await call.ended(15) == (480, phrase)
        heard.append(time.monotonic() - began)
    absent, silent = heard  # the words for the one are longer than those for the other
    assert absent > silent + 0.3


async def test_a_caller_who_gives_up_stops_the_ringing(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    bob = await exchange.phone(phones, "101")
    call = await alice.call("101")
    ringing = await bob.incoming()
    await call.ringing()
    await call.hangup()
    await ringing.ended()
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "cancelled"


@pytest.mark.parametrize("codec", ["PCMU/8000", "G722/16000", "opus/48000"])
async def test_phones_with_different_codecs_hear_each_other(
    exchange: Exchange, phones: Phones, codec: str
) -> None:
    alice = await exchange.phone(phones, "100", codecs=[codec])
    bob = await exchange.phone(phones, "101", codecs=["PCMA/8000"])
    call = await alice.call("101")
    answered = await bob.incoming()
    await answered.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await hears(answered, ALICE_HZ)


@pytest.mark.parametrize("method", ["rfc4733", "info"])
async def test_keys_pressed_arrive_at_the_other_phone(
    exchange: Exchange, phones: Phones, method: str
) -> None:
    call, answered = await talk(exchange, phones, "100", "101")
    # Three INFOs in one breath may overtake each other over UDP, and who gets them must refuse those that come late
    # (RFC 3261 §12.2.2): a key goes after the one before it has arrived, as from under a finger.
    for keys in ("1", "5", "#") if method == "info" else ("15#",):
        await call.dtmf(keys, method=method)  # type: ignore[arg-type]
        assert [await answered.digit() for _key in keys] == list(keys)


async def test_keys_as_nothing_but_the_key_in_an_info_arrive_too(exchange: Exchange, phones: Phones) -> None:
    call, answered = await talk(exchange, phones, "100", "101")
    for body, key in (("5", "5"), ("#\r\n", "#"), ("10", "*")):
        await call.request("INFO", body, "application/dtmf")
        assert await answered.digit() == key


async def test_hold_plays_music_and_both_are_heard_again_afterwards(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "100", "101")
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await hears(answered, ALICE_HZ)
    await call.hold()
    music = await answered.listen(1.5)
    assert music.sounding(), "no music on hold"
    assert music.share_of(ALICE_HZ) < 0.3
    await call.unhold()
    await hears(answered, ALICE_HZ)
    await hears(call, BOB_HZ)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["codes"] == ["called", "ring_extension", "answered", "held", "resumed", "hung_up"]


async def test_everything_the_echo_test_hears_comes_back(exchange: Exchange, phones: Phones) -> None:
    alice = await exchange.phone(phones, "100")
    call = await alice.call("*43")
    await call.answered()
    await call.play_tone(ALICE_HZ)
    sound = await call.listen(6)
    assert sound.tone_seconds(ALICE_HZ) > 0.8
