"""A call that rings is refused, or sent to voicemail, from the screen."""

from __future__ import annotations

import time

import pytest

from tests.rig.call_control import Hand, Refused
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones


async def test_a_refused_call_is_busy_to_the_caller(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    began = time.time()
    anna, frits = await exchange.phone(phones, "100"), await exchange.phone(phones, "105")
    ringing = await anna.call("105")
    at_frits = await frits.incoming()
    call = await hand.only("ringing")
    with pytest.raises(Refused, match="100 is not being rung for this call"):
        await hand.do("refuse", call, extension="100")
    await hand.do("refuse", call, extension="105")
    await at_frits.ended()
    # 105 has no voicemail.
    assert (await ringing.ended(10)).code == 486
    (row,) = await exchange.logged(began)
    assert (row["outcome"], "declined" in row["codes"]) == ("busy", True)


async def test_a_call_is_sent_to_voicemail_while_it_rings(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    ringing = await anna.call("101")
    at_bram = await bram.incoming()
    call = await hand.only("ringing")
    await hand.do("voicemail", call, extension="101")
    await at_bram.ended()
    await ringing.answered(10)
    await hand.only("service")
    await ringing.hangup()
    (row,) = await exchange.logged(began)
    assert "sent_to_voicemail" in row["codes"]
    assert row["answered_by"] == "voicemail 101"
