"""Transfers and commands: a conversation goes to somebody else, and the log knows."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import pytest

from tests.rig.conversations import ALICE_HZ, BOB_HZ, CAROL_HZ, hears, talk
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.hearing import Sound


async def test_a_blind_transfer_from_the_phone_connects_the_other_two(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "100", "101")
    carol = await exchange.phone(phones, "102")
    await call.play_tone(ALICE_HZ)
    await answered.refer("102")
    at_carol = await carol.incoming()
    ringback = await call.listen(4.4)  # one second of tone, four of silence
    assert ringback.heard(425), "the one who waits hears no ringing tone"
    await at_carol.answer()
    assert await answered.transferred() == 200
    await answered.ended()
    await at_carol.play_tone(CAROL_HZ)
    await hears(call, CAROL_HZ)
    await hears(at_carol, ALICE_HZ)
    await call.hangup()
    await at_carol.ended()
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "answered"
    assert row["answered_by"] == "102"
    assert "transferred" in row["codes"]


async def test_a_caller_can_transfer_too(exchange: Exchange, phones: Phones) -> None:
    call, answered = await talk(exchange, phones, "100", "101")
    carol = await exchange.phone(phones, "102")
    await answered.play_tone(BOB_HZ)
    await call.refer("102")
    at_carol = await carol.incoming()
    await at_carol.answer()
    await call.ended()
    await at_carol.play_tone(CAROL_HZ)
    await hears(at_carol, BOB_HZ)
    await hears(answered, CAROL_HZ)


async def test_keys_pressed_in_a_conversation_are_no_part_of_the_pin_that_is_asked_for_later(
    exchange: Exchange, phones: Phones
) -> None:
    exchange.write("UPDATE voicemail_mailbox SET failures = 1")  # until the right PIN is typed
    call, answered = await talk(exchange, phones, "100", "101")
    await call.dtmf("12")
    assert [await answered.digit() for _key in range(2)] == ["1", "2"]
    await answered.refer("999")
    await answered.ended()
    await call.dtmf("1234#")
    failures = (
        "SELECT failures FROM voicemail_mailbox box JOIN telephony_extension extension "
        "ON extension.id = box.extension_id WHERE number = '100' AND failures != 1"
    )
    (box,) = await eventually(lambda: exchange.rows(failures), 10, "a PIN to be tried")
    assert box["failures"] == 0
    await call.hangup()


async def test_a_transfer_to_who_is_busy_comes_back(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "100", "101")
    frits = await exchange.phone(phones, "105")
    await call.play_tone(ALICE_HZ)
    await answered.refer("105")
    await (await frits.incoming()).hangup(486)
    assert await answered.transferred(15) >= 400
    await hears(answered, ALICE_HZ)
    await call.hangup()
    await answered.ended()
    (row,) = await exchange.logged(began)
    assert "transfer_failed" in row["codes"]


async def test_an_attended_transfer_joins_the_two_others(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "100", "101")
    bram, carol = answered.phone, await exchange.phone(phones, "102")
    await call.play_tone(ALICE_HZ)
    await answered.hold()
    question = await bram.call("102")
    at_carol = await carol.incoming()
    await at_carol.answer()
    await question.answered()
    await at_carol.play_tone(CAROL_HZ)
    await hears(question, CAROL_HZ)
    await answered.refer_replaces(question)
    assert await answered.transferred() == 200
    await answered.ended()
    await question.ended()
    await hears(call, CAROL_HZ)
    await hears(at_carol, ALICE_HZ)
    await call.hangup()
    await at_carol.ended()
    first, second = await exchange.logged(began, 2)
    assert first["answered_by"] == "102"
    assert "transfer_joined" in first["codes"]
    assert (second["caller"], second["answered_by"], second["outcome"]) == ("101", "102", "answered")
    assert "transfer_joined" in second["codes"]


async def test_nobody_can_take_a_call_that_is_not_theirs(exchange: Exchange, phones: Phones) -> None:
    call, answered = await talk(exchange, phones, "100", "101")
    stranger, victim = await talk(exchange, phones, "103", "104")
    await victim.play_tone(BOB_HZ)
    await stranger.play_tone(CAROL_HZ)
    # 103 says that its own call replaces the one between 100 and 101.
    await stranger.refer_replaces(call)
    assert await stranger.transferred() == 403
    await hears(stranger, BOB_HZ)
    await call.play_tone(ALICE_HZ)
    await hears(answered, ALICE_HZ)


async def test_click_to_dial_rings_the_own_phone_first(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice, bob = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    await exchange.manage("call", "100", "101")
    own = await alice.incoming()
    await own.answer()
    at_bob = await bob.incoming()
    await at_bob.answer()
    await at_bob.play_tone(BOB_HZ)
    await hears(own, BOB_HZ)
    await own.hangup()
    await at_bob.ended()
    (row,) = await exchange.logged(began)
    assert row["codes"][0] == "click_to_dial"
    assert row["answered_by"] == "101"


async def test_commands_hold_transfer_record_and_end_a_live_call(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "100", "101")
    carol = await exchange.phone(phones, "102")
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    live = await asyncio.to_thread(lambda: json.loads(exchange.run("manage.py", "calls", "--json")))
    assert [(one["caller"], one["dialled"], one["state"]) for one in live] == [("100", "101", "talking")]
    call_id = live[0]["id"]
    await exchange.manage("call", "hold", call_id, "--as", "100")
    assert (await answered.listen(1)).share_of(ALICE_HZ) < 0.3
    await exchange.manage("call", "unhold", call_id, "--as", "100")
    await hears(answered, ALICE_HZ)
    await exchange.manage("call", "record", call_id)
    await asyncio.sleep(1.5)  # the length of the recording
    await exchange.manage("call", "record", call_id, "off")
    await exchange.manage("call", "transfer", call_id, "102", "--as", "101")
    at_carol = await carol.incoming()
    await at_carol.answer()
    await answered.ended()
    await exchange.manage("call", "hangup", call_id)
    await call.ended()
    await at_carol.ended()
    (row,) = await exchange.logged(began)
    assert row["recording"] == f"{call_id}-1.wav"
    recording = exchange.instance.recordings / row["recording"]
    sound = Sound.load(recording)
    assert sound.seconds > 1
    spectrum = np.abs(np.fft.rfft(sound.samples * np.hanning(len(sound.samples))))
    for hz in (ALICE_HZ, BOB_HZ):
        # pjsua2 begins a repeated tone anew each time: its sound lies beside its pitch.
        around = spectrum[round((hz - 15) * sound.seconds) : round((hz + 15) * sound.seconds)]
        there = float(np.sqrt(np.sum(around**2)))
        assert there > spectrum.max() / 4, f"{hz} Hz is not in the recording: both sides belong there"


async def test_a_command_for_no_call_says_so(exchange: Exchange) -> None:
    with pytest.raises(RuntimeError, match=r"There is no such live call\."):
        await exchange.manage("call", "hangup", "nothing")
