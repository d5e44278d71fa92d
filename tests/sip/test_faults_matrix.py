"""Whatever process dies while a message is spoken in or two people talk: nothing that was said is missing.

What the death of the media worker and of Redis does to them is told in `test_faults.py`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from tests.rig.phones import Phones
from tests.rig.supervised import SupervisedExchange
from tests.rig.voicemail import MESSAGE_HZ, sound_of, stored
from tests.sip.test_faults import exchange, is_logged, nothing_missing, speak, talk_with_tones

__all__ = ["exchange"]
pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(180)]

BACK = 10.0  # seconds until all that a call needs answers again, on a machine that is busy with other tests
WEB_BACK = 30.0  # Django takes seconds of the processor to start; `tests/server` measures that with nothing beside it


@pytest.fixture(scope="module")
def supervised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SupervisedExchange]:
    """The exchange of these tests, with its web pages."""
    with SupervisedExchange(tmp_path_factory.mktemp("matrix"), "web") as started:
        yield started


@pytest.mark.parametrize("process", ["edge", "relay", "agent", "web"])
async def test_a_message_is_whole_whatever_dies_while_it_is_spoken_in(
    exchange: SupervisedExchange, phones: Phones, process: str
) -> None:
    began = time.time()
    call = await speak(exchange, phones)
    before, killed = exchange.signal(process), time.monotonic()
    await asyncio.sleep(1)  # the length of what is said meanwhile
    await exchange.back(process, before)
    assert time.monotonic() - killed < (WEB_BACK if process == "web" else BACK)
    spoken = 2.0 + time.monotonic() - killed
    await call.hangup()
    (message,) = await stored(exchange, "103")
    sound = sound_of(exchange, message)
    assert sound.tone_seconds(MESSAGE_HZ) > spoken - 0.4, f"{spoken} s were spoken: {sound}"
    assert sound.gaps(0.5) == []
    assert exchange.half_written() == []
    await is_logged(exchange, began, "voicemail")


@pytest.mark.parametrize("process", ["agent", "web"])
async def test_people_talk_on_whatever_dies(
    exchange: SupervisedExchange, phones: Phones, process: str
) -> None:
    began = time.time()
    call, answered = await talk_with_tones(exchange, phones)
    await call.record()
    await answered.record()
    assert await exchange.kill(process) < (WEB_BACK if process == "web" else BACK)
    await asyncio.sleep(1)  # the length of what is said meanwhile
    await nothing_missing(call, answered)
    await call.hangup()
    await answered.ended()
    await is_logged(exchange, began)
