"""Three and more in one call: who hears whom, hold and mute, parties that come and go."""

from __future__ import annotations

import time

import pytest

from telephony.engine.flows.talk.room import MOST
from tests.rig.call_control import HZ, Hand, Refused, expect, hears_music, humming, three
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones


async def test_a_third_party_is_rung_and_all_three_hear_each_other(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    call, anna, bram, chris = await three(exchange, phones, hand)
    assert hand.call(call)["conference"]
    await expect({anna: ("101", "102"), bram: ("100", "102"), chris: ("100", "101")})
    # Who leaves a conference leaves the others together.
    await anna.hangup()
    await expect({bram: ("102",), chris: ("101",)})
    assert not hand.call(call)["conference"]
    await bram.hangup()
    await chris.ended()
    first, second = await exchange.logged(began, 2)
    assert (first["id"], first["outcome"]) == (call, "answered")
    assert "joined" in first["codes"]
    assert (second["caller"], second["dialled"], second["answered_by"]) == ("100", "102", "102")
    legs = exchange.rows("SELECT extension FROM telephony_callleg WHERE call_id = ? ORDER BY id", call)
    assert sorted(leg["extension"] for leg in legs) == ["100", "101", "102"]


async def test_while_the_third_rings_the_two_go_on_talking(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    await hand.do("add", call, extension="101", number="102")
    at_chris = await chris.incoming()
    seen = await hand.until(call, x102="ringing")
    assert next(one for one in seen["parties"] if one["number"] == "102")["name"] == "Chris Young"
    await expect({anna: ("101",), bram: ("100",)})
    with pytest.raises(Refused, match="102 is being rung already"):
        await hand.do("add", call, extension="100", number="102")
    await at_chris.hangup(486)
    await hand.until(call, x100="talking", x101="talking", x102="")
    await expect({anna: ("101",), bram: ("100",)})


async def test_whoever_is_rung_can_be_dropped_again(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    call, anna, bram, chris = await three(exchange, phones, hand)
    daan = await exchange.phone(phones, "103")
    await hand.do("add", call, extension="100", number="103")
    at_daan = await daan.incoming()
    await hand.do("drop", call, extension="100", number="103")
    await at_daan.ended()
    await hand.do("drop", call, extension="100", number="102")
    await chris.ended()
    await expect({anna: ("101",), bram: ("100",)})
    with pytest.raises(Refused, match="102 is not in this call"):
        await hand.do("drop", call, extension="100", number="102")


async def test_hold_takes_one_party_out_and_music_plays_only_to_who_is_alone(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    call, anna, bram, chris = await three(exchange, phones, hand)
    await hand.do("hold", call, extension="100")
    seen = await hand.until(call, x100="holding", x101="talking", x102="talking")
    assert seen["holder"] == next(one["leg"] for one in seen["parties"] if one["number"] == "100")
    await expect({anna: (), bram: ("102",), chris: ("101",)})
    await hand.do("hold", call, extension="101")
    await hand.until(call, x102="held")
    await hears_music(chris)
    with pytest.raises(Refused, match="102 has not put this call on hold"):
        await hand.do("unhold", call, extension="102")
    await hand.do("unhold", call, extension="100")
    await hand.do("unhold", call, extension="101")
    await expect({anna: ("101", "102"), bram: ("100", "102"), chris: ("100", "101")})


async def test_a_muted_party_hears_and_is_not_heard(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    call, anna, bram, chris = await three(exchange, phones, hand)
    await hand.do("mute", call, extension="101", on=True)
    await hand.until(call, x101="muted")
    await expect({anna: ("102",), bram: ("100", "102"), chris: ("100",)})
    await hand.do("mute", call, extension="101", on=False)
    await expect({anna: ("101", "102"), bram: ("100", "102"), chris: ("100", "101")})


async def test_a_phone_that_holds_its_call_has_to_take_it_off_itself(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    await bram.hold()
    await hand.until(call, x101="holding", x100="held")
    await hears_music(anna)
    with pytest.raises(Refused, match="The telephone itself holds the call"):
        await hand.do("unhold", call, extension="101")
    await bram.unhold()
    await expect({anna: ("101",), bram: ("100",)})


async def test_an_outside_party_joins_over_a_trunk(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    provider = await phones.direct("provider", local_port=exchange.trunk_port, alone=True)
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    await hand.do("add", call, extension="100", number="0207654321")
    outside = await provider.incoming()
    await outside.answer()
    await outside.play_tone(HZ["105"])
    await expect({anna: ("101", "105"), bram: ("100", "105"), outside: ("100", "101")})
    with pytest.raises(Refused, match="cannot be reached"):
        await hand.do("add", call, extension="100", number="777")


async def test_a_conference_is_too_many_for_transfer_and_parking(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    call, anna, _bram, _chris = await three(exchange, phones, hand)
    for verb, more in (("transfer", {"number": "103"}), ("park", {})):
        with pytest.raises(Refused, match="more than two parties"):
            await hand.do(verb, call, extension="100", **more)
    await anna.refer("103")
    assert await anna.transferred() == 488


async def test_the_thirty_first_party_is_one_too_many(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    provider = await phones.direct(
        "provider", local_port=exchange.trunk_port, alone=True, manner="answer", codecs=["PCMA"]
    )
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    colleagues = [await exchange.phone(phones, number, manner="answer") for number in ("102", "103", "104")]
    # One test phone takes no more than 25 calls.
    outside = [f"02012345{number}" for number in range(10, 35)]
    for number in [*(colleague.number for colleague in colleagues), *outside]:
        await hand.do("add", call, extension="100", number=number)

    def all_talk() -> bool:
        seen = hand.call(call)
        return sum(party["state"] == "talking" for party in seen["parties"]) == MOST

    await eventually(all_talk, 45, "thirty parties")  # of which the test answers 28 itself
    with pytest.raises(Refused, match="There are 30 parties in this call already"):
        await hand.do("add", call, extension="101", number="106")
    with pytest.raises(Refused, match="There are 30 parties in this call already"):
        await hand.do("listen", call, extension="106")
    last = [await provider.incoming() for _number in outside][-1]
    await last.play_tone(HZ["105"])
    await expect({anna: ("101", "105"), bram: ("100", "105"), last: ("100", "101")})
    # When one has left there is room for another.
    await last.hangup()
    await eventually(lambda: not all_talk(), 5, "one to be gone")
    await hand.do("add", call, extension="101", number="0201234599")
    await hand.do("hangup", call)
    await anna.ended()
