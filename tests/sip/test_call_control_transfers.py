"""Transfers by command, for any device: blind with return, attended with consultation; moving to another device."""

from __future__ import annotations

import time

import pytest

from tests.rig.call_control import HZ, Hand, Refused, expect, hears_music, humming
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones


async def test_a_transferred_call_that_nobody_takes_goes_back_to_who_transferred_it(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    await hand.do("transfer", call, extension="101", number="102")
    await bram.ended()
    at_chris = await chris.incoming()
    with pytest.raises(Refused, match="on its way to somebody else"):
        await hand.do("transfer", call, extension="100", number="103")
    # 102 has a mailbox, but who was transferred there does not end up in it: after five seconds 101 rings again.
    again = await bram.phone.incoming(10)
    assert again.remote_identity.number == "100"
    await at_chris.ended()
    await again.answer()
    await again.play_tone(HZ["101"])
    await expect({anna: ("101",), again: ("100",)})
    await anna.hangup()
    await again.ended()
    (row,) = await exchange.logged(began)
    assert row["answered_by"] == "101"
    assert row["codes"].index("transferred") < row["codes"].index("transfer_failed")
    assert row["codes"].index("transfer_failed") < row["codes"].index("brought_back")


async def test_when_the_one_who_transferred_does_not_answer_either_their_voicemail_does(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    anna, bram = await humming(exchange, phones, "100", "101")
    frits = await exchange.phone(phones, "105", manner="busy")
    call = await hand.only()
    await hand.do("transfer", call, extension="101", number="105")
    await (await bram.phone.incoming(10)).hangup(486)
    await frits.incoming()
    await hand.only("service")
    await anna.hangup()
    (row,) = await exchange.logged(began)
    assert "to_voicemail" in row["codes"]
    assert next(step for step in row["steps"] if step["code"] == "to_voicemail")["args"] == {
        "extension": "101"
    }


async def test_a_transfer_to_a_number_that_does_not_exist_changes_nothing(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    for verb in ("transfer", "consult", "add"):
        with pytest.raises(Refused, match="777 cannot be reached from here"):
            await hand.do(verb, call, extension="101", number="777")
    await expect({anna: ("101",), bram: ("100",)})


async def test_nobody_sets_anothers_status_by_transferring_them_to_a_code(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    for code in ("*31", "*8102"):
        with pytest.raises(Refused, match="cannot be reached from here"):
            await hand.do("transfer", call, extension="101", number=code)
    # A phone that transfers hears the same.
    await bram.refer("*31")
    assert await bram.transferred() == 488
    await expect({anna: ("101",), bram: ("100",)})
    assert not exchange.rows("SELECT id FROM presence_presence WHERE status = 'away'")


async def test_a_consultation_is_completed(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    began = time.time()
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    second = await hand.do("consult", call, extension="101", number="102")
    at_chris = await chris.incoming()
    assert at_chris.remote_identity.number == "101"
    seen = await hand.until(call, x100="held", x101="away")
    assert seen["consult"] == second
    assert (hand.call(second)["home"], hand.call(second)["purpose"]) == (call, "consult")
    await hears_music(anna)
    await at_chris.answer()
    await at_chris.play_tone(HZ["102"])
    await expect({bram: ("102",), at_chris: ("101",), anna: ()})
    with pytest.raises(Refused, match="consultation going on"):
        await hand.do("transfer", call, extension="101", number="103")
    await hand.do("complete", second, extension="101")
    await bram.ended()
    await expect({anna: ("102",), at_chris: ("100",)})
    await anna.hangup()
    await at_chris.ended()
    first, consultation = await exchange.logged(began, 2)
    assert (first["id"], first["answered_by"], first["outcome"]) == (call, "102", "answered")
    assert "transfer_joined" in first["codes"]
    assert (consultation["caller"], consultation["answered_by"]) == ("101", "102")
    assert (consultation["outcome"], "transfer_joined" in consultation["codes"]) == ("answered", True)
    legs = exchange.rows("SELECT extension FROM telephony_callleg WHERE call_id = ? ORDER BY id", call)
    assert sorted(leg["extension"] for leg in legs) == ["100", "101", "102"]


async def test_a_consultation_is_cancelled(exchange: Exchange, phones: Phones, hand: Hand) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    with pytest.raises(Refused, match="Nobody is being consulted"):
        await hand.do("complete", call, extension="101")
    await hand.do("consult", call, extension="101", number="102")
    at_chris = await chris.incoming()
    # Once while it rings, once while they talk.
    await hand.do("cancel", call, extension="101")
    await at_chris.ended()
    await expect({anna: ("101",), bram: ("100",)})
    await hand.do("consult", call, extension="101", number="102")
    at_chris = await chris.incoming()
    await at_chris.answer()
    await hand.until(call, x101="away")
    await hand.do("cancel", call, extension="101")
    await at_chris.ended()
    await expect({anna: ("101",), bram: ("100",)})


async def test_who_consults_gets_the_call_back_when_the_colleague_is_busy_or_hangs_up(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    await hand.do("consult", call, extension="101", number="102")
    await (await chris.incoming()).hangup(486)
    await hand.until(call, x100="talking", x101="talking")
    await expect({anna: ("101",), bram: ("100",)})
    await hand.do("consult", call, extension="101", number="102")
    at_chris = await chris.incoming()
    await at_chris.answer()
    await hand.until(call, x100="held", x101="away")
    await at_chris.hangup()
    await hand.until(call, x100="talking", x101="talking")
    await expect({anna: ("101",), bram: ("100",)})


async def test_completing_while_it_still_rings_is_a_blind_transfer(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    await hand.do("consult", call, extension="101", number="102")
    at_chris = await chris.incoming()
    await hand.do("complete", call, extension="101")
    await bram.ended()
    await at_chris.ended()
    at_chris = await chris.incoming()
    assert at_chris.remote_identity.number == "100"
    await at_chris.answer()
    await at_chris.play_tone(HZ["102"])
    await expect({anna: ("102",), at_chris: ("100",)})


async def test_who_hangs_up_in_the_middle_of_a_consultation_is_rung_for_who_waits(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    await hand.do("consult", call, extension="101", number="102")
    at_chris = await chris.incoming()
    await at_chris.answer()
    await hand.until(call, x101="away")
    await bram.hangup()
    await at_chris.ended()
    again = await bram.phone.incoming(10)
    await again.answer()
    await again.play_tone(HZ["101"])
    await expect({anna: ("101",), again: ("100",)})


async def test_a_caller_who_hangs_up_leaves_the_two_who_consult_together(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    anna, bram = await humming(exchange, phones, "100", "101")
    chris = await exchange.phone(phones, "102")
    call = await hand.only()
    second = await hand.do("consult", call, extension="101", number="102")
    at_chris = await chris.incoming()
    await at_chris.answer()
    await at_chris.play_tone(HZ["102"])
    await hand.until(call, x101="away")
    await anna.hangup()
    assert await hand.only() == second
    await expect({bram: ("102",), at_chris: ("101",)})
    with pytest.raises(Refused, match="Nobody is being consulted"):
        await hand.do("complete", second, extension="101")


async def test_a_call_moves_to_another_device_of_the_same_person(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    began = time.time()
    anna, desk = await humming(exchange, phones, "100", "104")
    softphone = await exchange.phone(phones, "104-2")
    (device,) = exchange.rows("SELECT id FROM telephony_device WHERE username = '104-2'")
    known = "SELECT 1 FROM telephony_registration WHERE device_id = ?"
    await eventually(lambda: exchange.rows(known, device["id"]), 5, "the registration")
    call = await hand.only()
    await hand.do("move", call, extension="104", device=device["id"])
    at_softphone = await softphone.incoming()
    await desk.phone.not_called(0.5)
    # The old one goes on until the new one is there.
    await expect({anna: ("104",), desk: ("100",)})
    with pytest.raises(Refused, match="being moved already"):
        await hand.do("move", call, extension="104")
    await at_softphone.answer()
    await at_softphone.play_tone(HZ["105"])
    await desk.ended()
    await expect({anna: ("105",), at_softphone: ("100",)})
    await at_softphone.hangup()
    await anna.ended()
    row = (await exchange.logged(began, 2))[0]
    assert (row["outcome"], "moved" in row["codes"]) == ("answered", True)


async def test_a_call_that_is_not_taken_on_the_other_device_stays(
    exchange: Exchange, phones: Phones, hand: Hand
) -> None:
    provider = await phones.direct("provider", local_port=exchange.trunk_port, alone=True)
    anna, bram = await humming(exchange, phones, "100", "101")
    call = await hand.only()
    with pytest.raises(Refused, match="That device is not registered"):
        await hand.do("move", call, extension="101", device=99)
    await hand.do("move", call, extension="101", number="0612345678")
    await (await provider.incoming()).hangup(486)
    await hand.until(call, x100="talking", x101="talking")
    await hand.do("move", call, extension="101", number="0612345678")
    mobile = await provider.incoming()
    await mobile.answer()
    await mobile.play_tone(HZ["105"])
    await bram.ended()
    await expect({anna: ("105",), mobile: ("100",)})
