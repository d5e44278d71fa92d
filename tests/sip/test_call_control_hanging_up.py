"""Hanging up from the screen: nobody ends a call that is not theirs to end."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.rig.call_control import Hand, Refused, expect, humming, listener, three
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones


@pytest.mark.parametrize("verb", ["listen", "whisper"])
async def test_who_listens_in_and_hangs_up_leaves_the_two_talking(
    exchange: Exchange, phones: Phones, hand: Hand, verb: str
) -> None:
    call, anna, bram, daan = await listener(exchange, phones, hand, verb)
    await hand.do("hangup", call, extension="103")
    await daan.ended()
    await expect({anna: ("101",), bram: ("100",)})


async def test_a_member_of_a_group_whose_phone_rings_ends_their_own_ringing_only(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    eva, bram, chris = [await exchange.phone(phones, number) for number in ("104", "101", "102")]
    calling = await eva.call("600")
    at_bram, at_chris = await bram.incoming(), await chris.incoming()
    call = await hand.only("ringing")
    await hand.do("hangup", call, extension="101")
    await at_bram.ended()
    await at_chris.answer()
    await calling.answered()


async def test_who_is_rung_to_be_added_and_hangs_up_leaves_the_others_talking(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    await hand.do("add", call, extension="100", number="102")
    at_chris = await chris.incoming()
    await hand.until(call, x102="ringing")
    await hand.do("hangup", call, extension="102")
    await at_chris.ended()
    await hand.until(call, x102="")
    await expect({anna: ("101",), bram: ("100",)})


async def test_who_is_away_from_a_conference_does_not_end_it_for_the_others(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    call, anna, bram, chris = await three(exchange, phones, hand)
    daan = await exchange.phone(phones, "103")
    await hand.do("consult", call, extension="100", number="103")
    await (await daan.incoming()).answer()
    await hand.until(call, x100="away")
    with pytest.raises(Refused, match="complete or cancel it first"):
        await hand.do("hangup", call, extension="100")
    with pytest.raises(Refused, match="104 is not in this call"):
        await hand.do("hangup", call, extension="104")
    await expect({bram: ("102",), chris: ("101",)})
    await anna.hangup()


async def test_who_has_their_own_phone_rung_first_ends_that_by_hanging_up(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna = await exchange.phone(phones, "100")
    began = time.time()
    call = await hand.dial("100", "101")
    at_anna = await anna.incoming()
    await hand.do("hangup", call, extension="100")
    await at_anna.ended()
    (row,) = await exchange.logged(began)
    assert "ended_by_command" in row["codes"]


async def test_whoever_talks_still_ends_the_call(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    await hand.do("hangup", await hand.only(), extension="101")
    await asyncio.gather(anna.ended(), bram.ended())
