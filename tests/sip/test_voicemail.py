"""Voicemail: a message is left, kept whole, and heard back by telephone."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import numpy as np
import pytest

from tests.rig.exchange import LONGEST_MESSAGE, Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.hearing import Sound
from tests.rig.voicemail import (
    MESSAGE_HZ,
    SECONDS,
    after_beep,
    beep,
    beep_alone,
    leave_message,
    menu,
    sound_of,
    speak,
    stored,
)


async def test_who_does_not_answer_gets_a_message_and_it_is_whole(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice, daan = await exchange.phone(phones, "100"), await exchange.phone(phones, "103")
    call = await alice.call("103")
    await daan.incoming()
    await call.answered(10)
    await beep(call)
    await speak(call, MESSAGE_HZ, SECONDS, rest=0.3)
    await call.hangup()
    (message,) = await stored(exchange, "103")
    assert (message["caller"], message["caller_name"]) == ("100", "Anna de Wit")
    sound = sound_of(exchange, message)
    tone = sound.heard(MESSAGE_HZ)
    assert tone is not None
    assert abs(tone.seconds - SECONDS) <= 0.2, f"{tone.seconds} s of {SECONDS} s are there"
    assert abs(sound.seconds * 1000 - message["duration"]) < 50
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "voicemail"
    assert row["codes"] == ["called", "ring_extension", "no_answer", "to_voicemail", "message_left"]
    parts = list(exchange.instance.voicemail.glob("*/*.part.*"))
    assert parts == [], "something half-written stayed"


async def test_who_is_not_registered_or_busy_has_voicemail(exchange: Exchange, phones: Phones) -> None:
    alice = await exchange.phone(phones, "100")
    await leave_message(alice, "103", 1.5)
    await stored(exchange, "103")
    bob = await exchange.phone(phones, "104")
    call = await alice.call("104")
    await (await bob.incoming()).hangup(486)
    await after_beep(call)
    await speak(call, MESSAGE_HZ, 1.5, rest=0.3)
    await call.dtmf("#")
    await call.ended()
    await stored(exchange, "104")


async def test_silence_ends_a_message_and_is_cut_off(exchange: Exchange, phones: Phones) -> None:
    alice = await exchange.phone(phones, "100")
    call = await alice.call("*4103")
    await beep_alone(call)
    await speak(call, MESSAGE_HZ, 2.0)
    await call.ended(20)
    (message,) = await stored(exchange, "103")
    sound = sound_of(exchange, message)
    assert sound.tone_seconds(MESSAGE_HZ) > 1.8
    assert sound.seconds < 5


async def test_a_caller_who_says_nothing_leaves_no_message(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    call = await alice.call("*4103")
    await beep_alone(call)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert "message_empty" in row["codes"]
    assert exchange.messages("103") == []


async def test_the_owner_hears_the_message_at_the_level_it_was_left(
    exchange: Exchange, phones: Phones
) -> None:
    alice, daan = await exchange.phone(phones, "100"), await exchange.phone(phones, "103")
    await leave_message(alice, "*4103")
    (message,) = await stored(exchange, "103")
    call = await menu(daan)
    await call.record()
    await call.dtmf("*")
    sound = await call.heard_out(MESSAGE_HZ, SECONDS - 1)
    tone = sound.heard(MESSAGE_HZ)
    assert tone is not None
    assert abs(tone.seconds - SECONDS) <= 0.2
    left = sound_of(exchange, message)
    there = left.heard(MESSAGE_HZ)
    assert there is not None
    level_left = left.part(there.start + 0.5, there.end - 0.5).level
    level_heard = sound.part(tone.start + 0.5, tone.end - 0.5).level
    assert abs(level_left - level_heard) < 1
    await call.hangup()

    def heard() -> bool:
        return exchange.messages("103")[0]["heard"] is not None

    await eventually(heard, 5, "the message to be marked as heard")


async def test_a_phone_without_a_mailbox_needs_extension_and_pin(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    frits = await exchange.phone(phones, "105")
    call = await frits.call("999")
    await call.answered()
    for _try in range(3):
        await call.dtmf("103#")
        await asyncio.sleep(1.5)  # as fast as a person types, who hears the question
        await call.dtmf("0000#")
        await asyncio.sleep(3)  # it was said to be wrong
    await call.ended(15)
    (row,) = await exchange.logged(began)
    assert row["codes"].count("wrong_pin") == 3
    boxes = exchange.rows("SELECT failures FROM voicemail_mailbox WHERE failures > 0")
    assert [box["failures"] for box in boxes] == [3]


async def test_an_own_greeting_is_recorded_by_telephone_and_played(
    exchange: Exchange, phones: Phones
) -> None:
    alice, daan = await exchange.phone(phones, "100"), await exchange.phone(phones, "103")
    call = await menu(daan)
    for key in "980":
        await call.dtmf(key)
        await asyncio.sleep(0.8)  # as fast as a person presses them
    await beep(call)
    await speak(call, 1500.0, 2.0)
    await call.dtmf("#")
    await asyncio.sleep(0.6)  # as fast as a person presses them
    await call.dtmf("0")

    def saved() -> list[dict[str, Any]]:
        return exchange.rows("SELECT greeting FROM voicemail_mailbox WHERE greeting != ''")

    await eventually(saved, 5, "the greeting to be saved")
    await call.hangup()
    await daan.unregister()
    caller = await alice.call("103")
    await caller.answered()
    sound = await caller.listen(3)
    assert sound.tone_seconds(1500.0) > 1.5
    await caller.hangup()


async def test_ten_wrong_pins_lock_the_menu(exchange: Exchange, phones: Phones) -> None:
    exchange.write(
        "UPDATE voicemail_mailbox SET failures = 9, failure_times = ? WHERE extension_id = "
        "(SELECT id FROM telephony_extension WHERE number = '103')",
        json.dumps([time.time()] * 9),
    )
    began = time.time()
    daan = await exchange.phone(phones, "103")
    call = await daan.call("999")
    await call.answered()
    await call.dtmf("9999#")
    await call.ended(15)
    (row,) = await exchange.logged(began)
    assert row["codes"][-2:] == ["wrong_pin", "mailbox_locked"]
    boxes = exchange.rows("SELECT locked_until FROM voicemail_mailbox WHERE locked_until IS NOT NULL")
    assert len(boxes) == 1


async def test_who_goes_on_speaking_is_told_goodbye_and_what_was_said_in_time_is_kept(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    call = await alice.call("*4103")
    await beep_alone(call)
    await call.play_tone(MESSAGE_HZ)
    await asyncio.sleep(LONGEST_MESSAGE - 1)  # time itself: until then nothing may happen
    assert exchange.messages("103") == []
    assert (await call.listen(2.5)).sounding(), "no goodbye was said"
    await call.ended(10)
    (message,) = await stored(exchange, "103")
    assert abs(message["duration"] - LONGEST_MESSAGE * 1000) < 700
    assert sound_of(exchange, message).tone_seconds(MESSAGE_HZ) > LONGEST_MESSAGE - 1
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "voicemail"


@pytest.mark.parametrize(
    ("number", "name", "language"), [("102", "Chris Young", "en"), ("103", "Daan Mulder", "nl")]
)
async def test_the_standard_greeting_speaks_the_language_of_whom_was_called(
    exchange: Exchange, phones: Phones, number: str, name: str, language: str
) -> None:
    alice = await exchange.phone(phones, "100")
    call = await alice.call(number)
    await call.answered()
    heard = await call.listen(4)
    await call.hangup()
    likeness: dict[str, float] = {}
    for spoken in ("nl", "en"):
        greet = f"speech.say(speech.greeting({name!r}, {spoken!r}), {spoken!r})"
        say = f"from telephony.sound import speech; print({greet})"
        path = await exchange.manage("shell", "--verbosity", "0", "-c", say)
        likeness[spoken] = alike(heard, Sound.load(path.strip()))
    assert likeness.pop(language) > 0.8 > 0.5 > max(likeness.values()), likeness


def alike(heard: Sound, expected: Sound) -> float:
    """How well half a second of a file is found in what was heard, at the best place; 1 is exactly."""
    wanted = expected.part(0.5, 1.0).samples
    found = np.correlate(heard.samples, wanted, "valid")
    energy = np.convolve(heard.samples**2, np.ones(len(wanted)), "valid")
    return float(np.max(found / np.sqrt(np.maximum(energy, 1e-3) * np.sum(wanted**2))))


async def test_where_nothing_can_be_written_the_caller_hears_that_no_message_can_be_left(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    (box,) = exchange.rows("SELECT id FROM telephony_extension WHERE number = '103'")
    folder = exchange.instance.voicemail / str(box["id"])
    away = folder.with_name("away")
    if folder.exists():
        folder.rename(away)
    # Stands for a quota, a disk without inodes, or one that is read-only: making the folder fails.
    folder.touch()
    try:
        call = await alice.call("103")
        await call.received(183)
        assert (await call.listen(2)).sounding(), "nothing was said"
        assert (await call.ended(15)).code == 480
    finally:
        folder.unlink()
        if away.exists():
            away.rename(folder)
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "failed"
    assert "message_unwritable" in row["codes"]
