"""Parking and picking up: calls change hands without anybody being connected by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import live
from tests.rig.call_control import HZ, Hand, Refused, expect, hears_music, humming
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones

PARKING_SECONDS = 6


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """An exchange where nobody stays parked for long."""
    folder: Path = tmp_path_factory.mktemp("impatient")
    with Exchange(folder, KIESTOON_PARKING_SECONDS=str(PARKING_SECONDS)) as exchange:
        yield exchange


async def test_a_parked_party_hears_music_until_somebody_dials_the_slot(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    assert await hand.do("park", call, extension="101") == "700"
    await bram.ended()
    seen = await hand.until(call, x100="parked")
    assert (seen["state"], seen["slot"], seen["parked_by"]) == ("parked", "700", "101")
    await hears_music(anna)
    with pytest.raises(Refused, match="parked in slot 700: dial 700"):
        await hand.do("park", call, extension="100")
    at_slot = await chris.call("700")
    await at_slot.answered()
    await at_slot.play_tone(HZ["102"])
    await expect({anna: ("102",), at_slot: ("100",)})
    await at_slot.hangup()
    await anna.ended()
    first, second = await exchange.logged(began, 2)
    assert (first["id"], first["answered_by"], first["outcome"]) == (call, "102", "answered")
    assert first["codes"][-3:] == ["parked", "retrieved", "hung_up"]
    assert (second["caller"], second["dialled"], second["outcome"]) == ("102", "700", "answered")
    assert "retrieves" in second["codes"]


async def test_a_slot_of_ones_own_choice_is_free_or_taken(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    first = await hand.only()
    with pytest.raises(Refused, match="720 is no parking slot"):
        await hand.do("park", first, extension="101", slot="720")
    await hand.do("park", first, extension="101", slot="705")
    await bram.ended()
    daan, eva = await humming(exchange, phones, "103", "104")
    second = await hand.other_than(first)
    with pytest.raises(Refused, match="Somebody is parked in slot 705 already"):
        await hand.do("park", second, extension="103", slot="705")
    await expect({daan: ("104",), eva: ("103",)})
    await anna.hangup()
    await eventually(lambda: not exchange.redis("HEXISTS", live.SLOTS, "705"), 5, "the slot to be free")
    await hand.do("park", second, extension="103", slot="705")
    await hears_music(eva)


async def test_a_phone_parks_by_transferring_to_a_slot(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    await bram.refer("703")
    assert await bram.transferred() == 200
    await bram.ended()
    await hears_music(anna)
    assert hand.call(call)["slot"] == "703"
    back = await bram.phone.call("703")
    await back.answered()
    await back.play_tone(HZ["101"])
    await expect({anna: ("101",), back: ("100",)})


async def test_who_lets_the_exchange_choose_is_told_the_slot(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    await bram.refer("*70")
    told = await bram.listen(2)
    assert told.sounding(), "nothing was said"
    assert await bram.transferred(10) == 200
    await bram.ended()
    assert hand.call(call)["slot"] == "700"
    await hears_music(anna)


async def test_who_dials_an_empty_slot_hears_so(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    anna = await exchange.phone(phones, "100")
    call = await anna.call("704")
    assert (await call.listen(1.5)).sounding()
    assert (await call.ended(10)).code == 404
    (row,) = await exchange.logged(began)
    assert "slot_empty" in row["codes"]


async def test_who_is_parked_too_long_goes_back_and_then_to_voicemail(
    impatient: Exchange, phones: Phones
) -> None:
    began = time.time()
    hand = Hand(impatient)
    anna, bram = await humming(impatient, phones, "100", "101")
    call = await hand.only()
    await hand.do("park", call, extension="101", slot="701")
    await bram.ended()
    again = await bram.phone.incoming(PARKING_SECONDS + 5)
    assert again.remote_identity.number == "100"
    await again.hangup(486)
    await hand.only("service")
    await anna.hangup()
    (row,) = await impatient.logged(began)
    assert [
        code for code in row["codes"] if code in ("parked", "parked_too_long", "brought_back", "to_voicemail")
    ] == [
        "parked",
        "parked_too_long",
        "brought_back",
        "to_voicemail",
    ]


async def test_a_colleagues_ringing_phone_is_picked_up(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    anna = await exchange.phone(phones, "100")
    bram, chris = await exchange.phone(phones, "101"), await exchange.phone(phones, "102")
    call = await anna.call("101")
    at_bram = await bram.incoming()
    taken = await chris.call("*8101")
    await taken.answered()
    await call.answered()
    await at_bram.ended()
    await call.play_tone(HZ["100"])
    await taken.play_tone(HZ["102"])
    await expect({call: ("102",), taken: ("100",)})
    await call.hangup()
    await taken.ended()
    first, second = await exchange.logged(began, 2)
    assert (first["caller"], first["dialled"], first["answered_by"]) == ("100", "101", "102")
    assert "picked_up" in first["codes"]
    assert (second["caller"], second["outcome"]) == ("102", "answered")


async def test_star_eight_takes_what_rings_in_the_own_group(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    # 100, 101 and 102 are a ring group; 103 is in none.
    eva = await exchange.phone(phones, "104")
    bram, chris, daan = [await exchange.phone(phones, number) for number in ("101", "102", "103")]
    call = await eva.call("101")
    at_bram = await bram.incoming()
    stranger = await daan.call("*8")
    assert (await stranger.ended(10)).code == 404
    # The web client rings the own phone first.
    await hand.dial("102", "*8")
    own = await chris.incoming()
    await own.answer()
    await call.answered()
    await at_bram.ended()
    await call.play_tone(HZ["104"])
    await own.play_tone(HZ["102"])
    await expect({call: ("102",), own: ("104",)})


async def test_where_nothing_rings_there_is_nothing_to_pick_up(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    chris = await exchange.phone(phones, "102")
    call = await chris.call("*8101")
    assert (await call.listen(1.2)).sounding()
    assert (await call.ended(10)).code == 404
    (row,) = await exchange.logged(began)
    assert "nothing_rings" in row["codes"]
