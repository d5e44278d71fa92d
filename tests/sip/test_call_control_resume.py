"""A browser that is gone for a moment: the call waits half a minute, and goes on with a new leg."""

from __future__ import annotations

import time

from tests.rig.call_control import HZ, Hand, expect, hears_music, humming
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

RELOAD = {"Reason": 'Kiestoon;text="reload"'}


async def test_a_browser_that_says_it_reloads_gets_its_call_back(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    await bram.request("BYE", headers=RELOAD)
    await hand.until(call, x100="held", x101="away")
    await hears_music(anna)
    # Nobody else gets it.
    chris = await exchange.phone(phones, "102")
    thief = await chris.call(f"resume-{call}")
    assert (await thief.ended()).code == 481
    second = await exchange.phone(phones, "101", alone=True)
    again = await second.call(f"resume-{call}")
    await again.answered()
    await again.play_tone(HZ["101"])
    await hand.until(call, x100="talking", x101="talking")
    await expect({anna: ("101",), again: ("100",)})
    await again.hangup()
    await anna.ended()
    (row,) = await exchange.logged(began)
    assert row["codes"][-3:] == ["waits_for", "came_back", "hung_up"]


async def test_a_page_that_is_faster_than_the_news_of_its_end_takes_over(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "104")
    call = await hand.only()
    softphone = await exchange.phone(phones, "104-2")
    again = await softphone.call(f"resume-{call}")
    await again.answered()
    await again.play_tone(HZ["105"])
    await bram.ended()
    await expect({anna: ("105",), again: ("100",)})
    # A call that is over, or none at all, cannot be taken.
    await anna.hangup()
    await again.ended()
    late = await softphone.call(f"resume-{call}")
    assert (await late.ended()).code == 481


async def test_a_goodbye_without_a_word_ends_the_call(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    await hand.only()
    await bram.hangup()
    await anna.ended()
