"""Conversations are recorded whole, by a rule or on demand, and kept whatever happens."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rig.conversations import ALICE_HZ, BOB_HZ, CAROL_HZ, hears, provider, talk
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.call import Call
from tests.rig.phones.hearing import Sound

DJANGO = "import django; django.setup()\nfrom telephony.models import *\n"


async def have(exchange: Exchange, statements: str) -> None:
    """Change the company as an administrator does, and wait until the media node has heard of it."""
    await asyncio.to_thread(exchange.change, statements)


async def command(exchange: Exchange, verb: str, call_id: str, **args: Any) -> None:
    """Have the exchange do something with a live call."""
    words = f"from telephony.calls import control; control.command({verb!r}, {call_id!r}, **{args!r})"
    await asyncio.to_thread(exchange.run, "-c", DJANGO + words)


async def live_id(exchange: Exchange) -> str:
    """The id of the one live call."""
    (only,) = await eventually(lambda: exchange.live_ids(), 5, "a live call")
    return only


async def kept(exchange: Exchange, began: float, count: int = 1) -> list[dict[str, Any]]:
    """The recordings that began since then, once there are `count` and nothing is left to keep."""

    def look() -> list[dict[str, Any]] | None:
        calls = [row["id"] for row in exchange.calls_since(began)]
        rows = exchange.rows("SELECT * FROM telephony_recording ORDER BY id")
        mine = [row for row in rows if row["call_id"] in calls]
        return mine if len(mine) >= count and not list(exchange.instance.recordings.glob("*.json")) else None

    return await eventually(look, 10, f"{count} recordings")


def sound_of(exchange: Exchange, recording: dict[str, Any]) -> Sound:
    return Sound.load(exchange.instance.recordings / recording["file"])


def parties(exchange: Exchange, recording: dict[str, Any]) -> list[str]:
    query = "SELECT number FROM telephony_recordingparty WHERE recording_id = ? ORDER BY number"
    return [row["number"] for row in exchange.rows(query, recording["id"])]


async def speak_in_turn(call: Call, answered: Call, seconds: float = 1.5) -> None:
    """First the caller's tone, then the other's."""
    await call.say(ALICE_HZ, seconds)
    await answered.say(BOB_HZ, seconds, rest=0.3)


async def test_a_call_of_somebody_who_is_always_recorded_is_in_one_file_with_both_sides(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "106", "100")
    await speak_in_turn(call, answered)
    await call.hangup()
    (recording,) = await kept(exchange, began)
    assert (recording["state"], recording["asked_by"], recording["announced"]) == ("raw", "", 0)
    assert parties(exchange, recording) == ["100", "106"]
    sound = sound_of(exchange, recording)
    assert abs(sound.seconds - recording["seconds"]) < 0.05
    for hz in (ALICE_HZ, BOB_HZ):
        span = sound.heard(hz)
        assert span is not None, f"{hz} Hz is not in {sound}"
        assert span.seconds == pytest.approx(1.5, abs=0.2)
    (row,) = await exchange.logged(began)
    assert row["recording"] == recording["file"]
    assert row["codes"] == ["called", "ring_extension", "answered", "recording", "hung_up"]


async def test_what_is_said_while_the_recording_pauses_is_not_in_it(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "100", "101")
    call_id = await live_id(exchange)
    await command(exchange, "record", call_id, extension="101")
    await call.say(ALICE_HZ, 1.5, rest=0.5)
    await command(exchange, "pause", call_id, extension="101")
    await call.say(CAROL_HZ, 1.5, rest=0.5)
    await command(exchange, "pause", call_id, extension="101", on=False)
    await answered.say(BOB_HZ, 1.5, rest=0.5)
    await call.hangup()
    (recording,) = await kept(exchange, began)
    sound = sound_of(exchange, recording)
    assert recording["asked_by"] == "101"
    assert sound.heard(ALICE_HZ, 1.3) and sound.heard(BOB_HZ, 1.3)
    assert sound.tone_seconds(CAROL_HZ) == 0
    (row,) = await exchange.logged(began)
    assert [code for code in row["codes"] if code.startswith("recording")] == [
        "recording",
        "recording_paused",
        "recording_resumed",
    ]


async def test_both_hear_that_it_is_recorded_before_they_hear_each_other(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    await have(exchange, "Extension.objects.filter(number='106').update(announce_recording=True)")
    anna, gijs = await exchange.phone(phones, "100"), await exchange.phone(phones, "106")
    call = await anna.call("106")
    at_gijs = await gijs.incoming()
    await at_gijs.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await at_gijs.play_tone(BOB_HZ)
    first, second = await asyncio.gather(call.listen(1.2), at_gijs.listen(1.2))
    for sound in (first, second):
        assert sound.sounding(), f"it was not said: {sound}"
        assert sound.tone_seconds(ALICE_HZ) + sound.tone_seconds(BOB_HZ) < 0.2, f"they were joined: {sound}"
    await call.hear(BOB_HZ)  # once it was said, they are joined
    await hears(call, BOB_HZ)
    await hears(at_gijs, ALICE_HZ)
    await call.hangup()
    (recording,) = await kept(exchange, began)
    assert recording["announced"] == 1
    (row,) = await exchange.logged(began)
    assert row["codes"].index("recording_announced") < row["codes"].index("recording")
    await have(exchange, "Extension.objects.filter(number='106').update(announce_recording=False)")


async def test_who_switches_the_recording_on_has_it_said_to_both(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    await have(exchange, "Extension.objects.filter(number='101').update(announce_recording=True)")
    call, answered = await talk(exchange, phones, "100", "101")
    call_id = await live_id(exchange)
    await call.record()
    await answered.record()
    await command(exchange, "record", call_id, extension="101")
    await asyncio.sleep(2.5)  # the length of the sentence
    for sound in (await call.heard(), await answered.heard()):
        assert sum(span.seconds for span in sound.sounding()) > 0.8, f"it was not said: {sound}"
    await call.hangup()
    (recording,) = await kept(exchange, began)
    assert (recording["announced"], recording["asked_by"]) == (1, "101")
    await have(exchange, "Extension.objects.filter(number='101').update(announce_recording=False)")


@pytest.mark.parametrize(
    "rule",
    ["trunk=Trunk.objects.get()", "inbound=InboundNumber.objects.get(number='+31201234567')", "department=d"],
    ids=["trunk", "inbound number", "department"],
)
async def test_a_rule_has_calls_recorded(exchange: Exchange, phones: Phones, rule: str) -> None:
    began = time.time()
    await have(
        exchange,
        "d = Department.objects.create(name='Verkoop')\n"
        "Extension.objects.filter(number='101').update(department=d)\n"
        f"RecordingRule.objects.create({rule}, announce=False, keep_days=3)",
    )
    try:
        bram = await exchange.phone(phones, "101")
        line = await provider(exchange, phones)
        call = await line.call(f"sip:+31201234567@127.0.0.1:{exchange.instance.sip_port}")
        at_bram = await bram.incoming()
        await at_bram.answer()
        await call.answered()
        await speak_in_turn(call, at_bram, 1.0)
        await call.hangup()
        (recording,) = await kept(exchange, began)
        sound = sound_of(exchange, recording)
        assert sound.heard(ALICE_HZ, 0.8) and sound.heard(BOB_HZ, 0.8)
        assert recording["expires"][:10] == time.strftime("%Y-%m-%d", time.gmtime(began + 3 * 86400))
    finally:
        await have(exchange, "Department.objects.all().delete(); RecordingRule.objects.all().delete()")


async def test_a_call_out_over_a_recorded_trunk_is_recorded(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    await have(exchange, "RecordingRule.objects.create(trunk=Trunk.objects.get(), announce=False)")
    try:
        anna, line = await exchange.phone(phones, "100"), await provider(exchange, phones)
        call = await anna.call("0207654321")
        at_line = await line.incoming()
        await at_line.answer()
        await call.answered()
        await speak_in_turn(call, at_line, 1.0)
        await call.hangup()
        (recording,) = await kept(exchange, began)
        assert sound_of(exchange, recording).heard(BOB_HZ, 0.8)
    finally:
        await have(exchange, "RecordingRule.objects.all().delete()")


async def test_a_recording_survives_the_death_of_the_media_node(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    call, answered = await talk(exchange, phones, "106", "100")
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await asyncio.sleep(4.0)  # the length of the recording
    exchange.servers["media"].kill()
    died = time.time()
    await asyncio.to_thread(exchange.start_media)
    (recording,) = await kept(exchange, began)
    sound = sound_of(exchange, recording)
    (row,) = await exchange.logged(began)
    lasted = died - began
    assert sound.seconds > 3.0, f"of {lasted:.1f} s there are {sound.seconds:.1f} s"
    assert parties(exchange, recording) == ["100", "106"]
    assert row["outcome"] == "lost"
    await call.hangup()
    await answered.hangup()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """This folder is a disk of its own, of this size. Needs root."""
    options = f"size={megabytes}m,mode=777"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_full_disk_is_said_and_what_was_recorded_is_kept(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    folder = exchange.instance.recordings
    with small_disk(folder, 80):
        call, answered = await talk(exchange, phones, "106", "100")
        call_id = await live_id(exchange)
        await call.play_tone(ALICE_HZ)
        await asyncio.sleep(1.0)  # what is recorded while there is room
        (folder / "filler").write_bytes(bytes(40_000_000))
        (recording,) = await kept(exchange, began)
        assert sound_of(exchange, recording).tone_seconds(ALICE_HZ) > 1
        with pytest.raises(RuntimeError, match="The disk is full: nothing can be recorded"):
            await command(exchange, "record", call_id, extension="106")
        await hears(answered, ALICE_HZ)
        await call.hangup()
    (row,) = await exchange.logged(began)
    assert "recording_stopped" in row["codes"]
