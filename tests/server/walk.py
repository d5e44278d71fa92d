"""The first calls of a new exchange, with nothing but what it printed: two phones talk, a message is left and heard.

`python -m tests.server.walk` walks through them on the exchange that runs with the same environment; `test_server.py`
does so with one of its own. It leaves a call, a call that became a message, and one visit to the mailbox behind.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.rig.phones import Phone, Phones
from tests.rig.voicemail import beep, speak, spoken

ROOT = Path(__file__).parents[2]
HZ = {"100": 440.0, "101": 700.0}
# Two tones, so that what is missing at either end can be told.
FIRST_HZ, LAST_HZ, EACH_SECONDS = 600.0, 900.0, 1.5


@dataclass(frozen=True, slots=True)
class Walked:
    """What was measured: shares of the other's tone (0 to 1), levels in dB, times in s and ms."""

    heard_by_caller: float
    heard_by_called: float
    mailbox_after_s: float
    lamp_after_s: float  # the message was left
    louder_db: float  # the message as it is heard back, compared with the same phone's tone in a call
    lost_at_start_ms: float
    lost_at_end_ms: float


async def walk(demo: dict[str, Any], phones: Phones) -> Walked:
    """100 and 101 talk; 103 does not answer 100, its lamp lights, and the message is heard back at 999."""
    users = {user["extension"]: user for user in demo["users"]}

    async def register(number: str) -> Phone:
        device = users[number]["devices"][0]
        return await phones.register(
            device["username"], device["secret"], demo["sip"]["host"], demo["sip"]["port"], extension=number
        )

    anna, bram = await register("100"), await register("101")
    at_anna = await anna.call("101")
    at_bram = await bram.incoming()
    await at_bram.answer()
    await at_anna.answered()
    await at_anna.play_tone(HZ["100"])
    await at_bram.play_tone(HZ["101"])
    await asyncio.gather(at_anna.hear(HZ["101"]), at_bram.hear(HZ["100"]))
    by_anna, by_bram = await asyncio.gather(at_anna.listen(2), at_bram.listen(2))
    await at_anna.hangup()
    await at_bram.ended()

    daan = await register("103")
    await daan.subscribe_mwi()
    await daan.lamp()
    began = time.monotonic()
    call = await anna.call("103")
    await daan.incoming()
    await call.answered(60)
    waited = time.monotonic() - began
    await beep(call)
    await speak(call, FIRST_HZ, EACH_SECONDS, LAST_HZ, EACH_SECONDS, rest=0.3)
    left = time.monotonic()
    await call.hangup()
    while not (await daan.lamp()).waiting:
        pass  # what was told before
    lit = time.monotonic() - left

    back = await daan.call("999")
    await back.answered()
    await back.dtmf(users["103"]["pin"] + "#")
    await spoken(back)
    await back.record()
    await back.dtmf("*")
    message = await back.heard_out(LAST_HZ, EACH_SECONDS - 1)
    await back.hangup()
    first = message.heard(FIRST_HZ)
    assert first is not None, f"no message was heard: {message}"
    start, end = message.clipped(FIRST_HZ, LAST_HZ, EACH_SECONDS)
    return Walked(
        heard_by_caller=by_anna.share_of(HZ["101"]),
        heard_by_called=by_bram.share_of(HZ["100"]),
        mailbox_after_s=waited,
        lamp_after_s=lit,
        louder_db=message.part(first.start + 0.2, first.end - 0.2).level - by_bram.part(0.3, 1.7).level,
        lost_at_start_ms=start,
        lost_at_end_ms=end,
    )


def printed() -> dict[str, Any]:
    """What `manage.py demo --json` tells of the exchange with this environment."""
    told = subprocess.run(
        [sys.executable, "manage.py", "demo", "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    demo: dict[str, Any] = json.loads(told.stdout)
    return demo


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Phones(Path(folder)) as phones:
            print(json.dumps(asdict(await walk(printed(), phones)), indent=2))


if __name__ == "__main__":
    asyncio.run(main())
