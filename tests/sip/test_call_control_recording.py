"""Recording in hand: switched on, paused and off by command; one file in which both sides are heard."""

from __future__ import annotations

import asyncio

import pytest

from tests.rig.call_control import HZ, Hand, Refused, humming
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.phones.hearing import Sound

BEFORE_HZ, PAUSED_HZ, AFTER_HZ = 500.0, 1000.0, 1500.0
SAID = 1.5  # seconds


async def test_what_is_said_during_a_pause_is_not_in_the_file(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    await bram.silence()
    call = await hand.only()
    await anna.play_tone(BEFORE_HZ)
    await bram.hear(BEFORE_HZ)
    await hand.do("record", call, extension="101", on=True)
    await asyncio.sleep(SAID)  # the length of what is said
    await hand.do("pause", call, extension="101", on=True)
    seen = await eventually(
        lambda: (now := hand.call(call))["recording_state"] == "paused" and now, 5, "the pause"
    )
    name = seen["recording"]
    await anna.play_tone(PAUSED_HZ)
    await asyncio.sleep(SAID)  # the length of what is said
    await anna.play_tone(AFTER_HZ)
    await bram.hear(AFTER_HZ)
    await hand.do("pause", call, extension="101", on=False)
    await asyncio.sleep(SAID)  # the length of what is said
    await bram.play_tone(HZ["101"])
    await asyncio.sleep(0.8)  # the length of what is recorded of it
    await hand.do("record", call, extension="101", on=False)
    assert hand.call(call)["recording"] == name
    path = exchange.instance.recordings / name
    await eventually(lambda: sound_of(path) is not None, 5, "the file")
    sound = sound_of(path)
    assert sound is not None
    assert sound.tone_seconds(BEFORE_HZ) > SAID - 0.5
    assert sound.tone_seconds(AFTER_HZ) > SAID - 0.5
    assert sound.tone_seconds(PAUSED_HZ) < 0.1
    # No gap either: the file is as long as what was recorded.
    assert sound.seconds < 2 * SAID + 2
    await anna.hangup()


@pytest.mark.parametrize("how", ["complete", "add", "barge", "by phone"])
async def test_a_rule_about_somebody_who_joins_later_has_the_call_recorded_from_there(
    exchange: Exchange, phones: Phones, hand: Hand, how: str
) -> None:
    """106 is always recorded."""
    anna, bram = await humming(exchange, phones, "100", "101")
    gijs = await exchange.phone(phones, "106")
    call = await hand.only()
    assert hand.call(call)["recording_state"] == "off"
    if how == "by phone":
        question = await bram.phone.call("106")
        await (await gijs.incoming()).answer()
        await question.answered()
        await bram.refer_replaces(question)
        assert await bram.transferred() == 200
    else:
        verb = "consult" if how == "complete" else how
        number = {} if how == "barge" else {"number": "106"}
        side = await hand.do(verb, call, extension="106" if how == "barge" else "101", **number)
        await (await gijs.incoming()).answer()
        if how == "complete":
            await hand.until(side, x106="talking")
            await hand.do("complete", call, extension="101")
    await hand.until(call, x106="talking", x100="talking")
    await eventually(lambda: hand.call(call)["recording_state"] == "on", 5, "the recording")
    for verb in ("record", "pause"):
        with pytest.raises(Refused, match="A rule has this call recorded"):
            await hand.do(verb, call, extension="100", on=verb == "pause")
    assert hand.call(call)["recording_state"] == "on"
    await hand.do("hangup", call)
    await anna.ended()


def sound_of(path: object) -> Sound | None:
    """The file, once it is whole."""
    try:
        sound = Sound.load(str(path))
    except (OSError, RuntimeError):
        return None
    return sound if sound.seconds > 1 else None
