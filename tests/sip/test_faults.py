"""What goes wrong in a machine room: whatever dies, people talk on and nothing that was said is lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest

from telephony.calls import story
from telephony.edge import rpc
from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears, provider, talk
from tests.rig.exchange import eventually
from tests.rig.phones import Phone, Phones
from tests.rig.phones.call import Call
from tests.rig.phones.hearing import Sound
from tests.rig.phones.wire import Wire
from tests.rig.supervised import DRAIN_SECONDS, SupervisedExchange
from tests.rig.voicemail import MESSAGE_HZ, beep_alone, sound_of, stored

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(180)]

DIALOG_INFO = "application/dialog-info+xml"


@pytest.fixture(scope="module")
def supervised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SupervisedExchange]:
    """The exchange that these tests maltreat."""
    with SupervisedExchange(tmp_path_factory.mktemp("faults")) as exchange:
        yield exchange


@pytest.fixture
async def exchange(supervised: SupervisedExchange) -> AsyncIterator[SupervisedExchange]:
    """The exchange in good health, with empty mailboxes and no phone registered."""
    await eventually(supervised.well, 20, "the exchange to be well again")
    supervised.clear_messages()
    supervised.forget_phones()
    yield supervised


async def talk_with_tones(
    exchange: SupervisedExchange, phones: Phones, caller: str = "100"
) -> tuple[Call, Call]:
    """`caller` and 101 talk, each with a tone, and the call is in the database."""
    began = time.time()
    call, answered = await talk(exchange, phones, caller, "101")
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await eventually(lambda: exchange.calls_since(began), 5, "the call in the log")
    return call, answered


async def is_logged(exchange: SupervisedExchange, began: float, outcome: str = "answered") -> None:
    """The one call since `began` is in the log, with that outcome."""
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["caller"]) == (outcome, "100"), row


async def nothing_missing(call: Call, answered: Call) -> None:
    """What both heard since `record()` is all there."""
    for sound, hz in ((await call.heard(), BOB_HZ), (await answered.heard(), ALICE_HZ)):
        assert sound.seconds > 0.5
        assert sound.share_of(hz, 0.2) > 0.97, sound
        assert sound.gaps(0.2) == []


async def speak(exchange: SupervisedExchange, phones: Phones, to: str = "*4103") -> Call:
    """100 speaks into a voicemail box; two seconds are recorded when this returns."""
    alice = await exchange.phone(phones, "100")
    call = await alice.call(to)
    await beep_alone(call)
    await asyncio.sleep(0.4)  # the rest of the beep
    await call.play_tone(MESSAGE_HZ)
    await asyncio.sleep(2.0)  # the length of what is said
    return call


# --- the media worker


async def test_a_call_that_is_lost_with_its_media_node_is_told_so_and_the_next_one_works(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk_with_tones(exchange, phones, "106")  # whose calls are recorded
    async with Wire("104", "secret104", "127.0.0.1", exchange.instance.sip_port) as lamp:
        await lamp.subscribe("101", "dialog", DIALOG_INFO)
        await shows(lamp, "confirmed")
        assert await exchange.kill("media") < 10
        # The telephone's own buffer holds the last fraction of a second.
        assert (await call.listen(1)).part(0.5).silence_share == 1
        await shows(lamp, "")
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["reason"], row["codes"][-1]) == ("lost", "media node stopped", "lost")
    legs = exchange.rows("SELECT ended FROM telephony_callleg WHERE call_id = ?", row["id"])
    assert [bool(leg["ended"]) for leg in legs] == [True, True]
    recording = Sound.load(exchange.instance.recordings / row["recording"])
    assert recording.seconds > 1
    assert exchange.live_ids() == set()
    await call.hangup()
    await answered.hangup()
    await call.ended(10)
    await answered.ended(10)

    again = await call.phone.call("101")
    at_bram = await answered.phone.incoming()
    await at_bram.answer()
    await again.answered()
    await again.play_tone(ALICE_HZ)
    await hears(at_bram, ALICE_HZ)


async def shows(lamp: Wire, state: str) -> None:
    """A key on a desk phone shows this dialog state of the extension that it watches (RFC 4235); "" is idle."""
    deadline = time.monotonic() + 10
    while True:
        body = (await lamp.notify(max(deadline - time.monotonic(), 0.1))).body
        if "".join(re.findall(r"<state[^>]*>(\w+)</state>", body)) == state:
            return


async def test_what_was_said_before_the_media_node_died_is_a_message(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    daan = await exchange.phone(phones, "103")
    await daan.subscribe_mwi()
    await lamp_counts(daan, 0)
    call = await speak(exchange, phones)
    await exchange.kill("media")
    (message,) = await stored(exchange, "103")
    await lamp_counts(daan, 1)
    sound = sound_of(exchange, message)
    # Two seconds were said; the last one may be lost.
    assert sound.tone_seconds(MESSAGE_HZ) > 1.0, sound
    assert abs(sound.seconds * 1000 - message["duration"]) < 50
    assert exchange.half_written() == []
    (row,) = await exchange.logged(began)
    assert row["id"] == message["call_id"]
    assert row["codes"][-1] == "message_recovered"
    assert "is kept" in story.tell(row["steps"], "en")[-1]
    await call.hangup()


async def lamp_counts(phone: Phone, new: int) -> None:
    """The message lamp says that there are so many new messages."""
    deadline = time.monotonic() + 10
    while (await phone.lamp(max(deadline - time.monotonic(), 0.1))).new != new:
        pass


async def test_a_media_node_that_is_stopped_lets_its_call_finish_and_takes_no_new_one(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk_with_tones(exchange, phones)
    chris = await exchange.phone(phones, "102")
    outside = await provider(exchange, phones)
    before = exchange.signal("media", signal.SIGTERM)
    await call.record()
    await answered.record()
    refused = await chris.call("*43")
    # 503 of the only node; a proxy may make 500 of it (RFC 3261 §16.7).
    assert (await refused.ended(10)).code in (500, 503)
    await asyncio.sleep(1)  # the length of what is said meanwhile
    await nothing_missing(call, answered)
    for_help = await chris.call("112")
    at_help = await outside.incoming()
    await at_help.answer()
    await for_help.answered()
    await for_help.hangup()
    await at_help.ended()
    assert exchange.pid("media") == before
    await answered.hangup()
    await call.ended()
    assert await exchange.back("media", before) < DRAIN_SECONDS
    assert "exited: media (exit status 0; expected)" in exchange.log("supervisord")
    talked, helped = await exchange.logged(began, 2)
    assert (talked["outcome"], talked["caller"]) == ("answered", "100")
    assert (helped["outcome"], helped["dialled"]) == ("answered", "112")


# --- the edge and the relay


async def test_people_talk_on_while_kamailio_is_replaced_and_phones_need_not_register_again(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk_with_tones(exchange, phones)
    await asyncio.sleep(1.1)  # registrations are written once a second
    await call.record()
    await answered.record()
    assert await exchange.kill("edge") < 10
    await asyncio.sleep(1)  # the length of what is said meanwhile
    await nothing_missing(call, answered)
    known = {contact.extension for contact in rpc.registrations(to=exchange.instance)}
    assert known == {"100", "101"}
    await call.hangup()
    assert (await answered.ended()).code == 200
    await is_logged(exchange, began)

    again = await answered.phone.call("100")
    at_anna = await call.phone.incoming()
    await at_anna.answer()
    await again.answered()


async def test_who_hangs_up_while_kamailio_is_away_is_rid_of_the_call_when_it_is_back(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk_with_tones(exchange, phones)
    before = exchange.signal("edge")
    await call.hangup()
    await exchange.back("edge", before)
    assert (await answered.ended(10)).code == 200
    await is_logged(exchange, began)


async def test_a_call_in_the_house_does_not_need_the_relay_and_the_next_call_outside_finds_it_again(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    call, answered = await talk_with_tones(exchange, phones)
    await call.record()
    await answered.record()
    await exchange.kill("relay")
    await asyncio.sleep(1)  # the length of what is said meanwhile
    await nothing_missing(call, answered)
    await call.hangup()
    await answered.ended()
    outside = await provider(exchange, phones)
    call = await call.phone.call("0207654321")
    at_provider = await outside.incoming(10)
    await at_provider.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await at_provider.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await hears(at_provider, ALICE_HZ)


async def test_a_call_outside_is_heard_again_soon_after_the_relay_was_replaced(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    outside = await provider(exchange, phones)
    alice = await exchange.phone(phones, "100")
    call = await alice.call("0207654321")
    at_provider = await outside.incoming(10)
    await at_provider.answer()
    await call.answered()
    await heard_after_relay_was_replaced(exchange, call, at_provider, offered=at_provider)


async def test_a_telephone_whose_sound_is_relayed_is_heard_again_soon_after_the_relay_was_replaced(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    alice = await exchange.phone(phones, "100", transport="tls", srtp="mandatory")
    bram = await exchange.phone(phones, "101")
    call = await alice.call("101")
    answered = await bram.incoming()
    await answered.answer()
    await call.answered()
    await heard_after_relay_was_replaced(exchange, call, answered, offered=call)


async def heard_after_relay_was_replaced(
    exchange: SupervisedExchange, call: Call, answered: Call, *, offered: Call
) -> None:
    """The relay is replaced under a call; `offered` gets a new offer, and both are heard once that is answered."""
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await exchange.kill("relay")
    await offered.received("INVITE", 30)
    await call.hear(BOB_HZ, timeout=2)
    await hears(call, BOB_HZ)
    await hears(answered, ALICE_HZ)
    await call.hangup()
    await answered.ended()


# --- Redis


async def test_people_talk_on_without_redis_and_commands_work_when_it_is_back(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk_with_tones(exchange, phones)
    before = exchange.live_ids()
    assert len(before) == 1
    await call.record()
    await answered.record()
    # The worst case: what it had stored is gone too.
    exchange.forget_redis()
    await exchange.kill("redis")
    await asyncio.sleep(1.5)  # the length of what is said meanwhile
    await nothing_missing(call, answered)
    await eventually(lambda: exchange.live_ids() == before, 15, "the live call to be shown again")
    assert "100 → 101" in await exchange.manage("calls")
    (identifier,) = before
    await exchange.manage("call", "hold", identifier, "--as", "100")
    assert (await answered.listen(1)).share_of(ALICE_HZ) < 0.3
    await call.hangup()
    await answered.ended()
    await is_logged(exchange, began)
    await eventually(lambda: exchange.live_ids() == set(), 5, "the call to disappear")


async def test_a_message_is_taken_while_redis_hangs_and_dies(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    call = await speak(exchange, phones)
    before = exchange.signal("redis", signal.SIGSTOP)
    await asyncio.sleep(1)  # the length of what is said meanwhile
    await call.hangup()
    (message,) = await stored(exchange, "103")
    assert sound_of(exchange, message).tone_seconds(MESSAGE_HZ) > 2.7
    exchange.signal("redis")
    await exchange.back("redis", before)
    await is_logged(exchange, began, "voicemail")
    assert exchange.half_written() == []
    await eventually(lambda: not exchange.redis("HKEYS", "kiestoon:lamp"), 5, "the busy lamp to go out")
    daan = await exchange.phone(phones, "103")
    await daan.subscribe_mwi()
    await lamp_counts(daan, 1)


# --- the database


async def test_calls_are_not_disturbed_by_a_database_that_is_locked(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    alice, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    with sqlite3.connect(exchange.instance.var / "db.sqlite3", isolation_level=None) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        until = time.monotonic() + 5
        call = await alice.call("101")
        at_bram = await bram.incoming()
        await at_bram.answer()
        await call.answered()
        await call.play_tone(ALICE_HZ)
        await hears(at_bram, ALICE_HZ)
        await call.hangup()
        await at_bram.ended()
        await asyncio.sleep(until - time.monotonic())
        lock.execute("ROLLBACK")
    lock.close()
    await is_logged(exchange, began)


async def test_a_message_is_kept_until_the_database_takes_it(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    call = await speak(exchange, phones)
    exchange.rename("voicemail_message", "voicemail_message_away")
    try:
        await call.hangup()
        (row,) = await exchange.logged(began)
        assert row["codes"][-1] == "message_waits"
    finally:
        exchange.rename("voicemail_message_away", "voicemail_message")
    await eventually(lambda: exchange.messages("103"), 20, "the message to be stored")
    (message,) = exchange.messages("103")
    assert message["call_id"] == row["id"]
    assert sound_of(exchange, message).tone_seconds(MESSAGE_HZ) > 1.7
    assert exchange.half_written() == []


# --- the disk


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")
async def test_on_a_full_disk_the_caller_hears_that_no_message_can_be_left(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    with exchange.small_disk(1) as folder:
        call = await alice.call("103")
        await call.received(183)
        assert (await call.listen(2)).sounding(), "nothing was said"
        assert (await call.ended(15)).code == 480
        assert list(folder.rglob("*")) == []
    (row,) = await exchange.logged(began)
    assert row["outcome"] == "failed"
    assert "message_impossible" in row["codes"]
    assert any("The disk is full" in line for line in story.tell(row["steps"], "en"))
    assert exchange.messages("103") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")
async def test_a_disk_that_fills_up_while_somebody_speaks_keeps_what_was_said_before(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    with exchange.small_disk(60) as folder:
        call = await speak(exchange, phones)
        with (folder / "other").open("wb", buffering=0) as other, suppress(OSError):
            while True:
                other.write(bytes(1 << 20))
        await asyncio.sleep(1.5)  # the length of what is said on a full disk
        await call.hangup()
        (message,) = await stored(exchange, "103")
        sound = sound_of(exchange, message)
        assert sound.tone_seconds(MESSAGE_HZ) > 1.5
        assert abs(sound.seconds * 1000 - message["duration"]) < 50
        assert exchange.half_written() == []
    await is_logged(exchange, began, "voicemail")


# --- a telephone


async def test_a_telephone_that_vanishes_is_noticed_and_the_other_one_released(
    exchange: SupervisedExchange, phones: Phones
) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    bram = await exchange.phone(phones, "101", alone=True)
    call = await alice.call("101")
    await (await bram.incoming()).answer()
    await call.answered()
    await bram.vanish()
    vanished = time.monotonic()
    await call.ended(60)
    assert time.monotonic() - vanished < 45
    (row,) = await exchange.logged(began)
    assert (row["outcome"], row["codes"][-1]) == ("answered", "vanished")
    assert row["steps"][-1]["args"]["who"] == "101"
