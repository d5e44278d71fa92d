"""Who is outside transfers nobody, and keeps the rules for callers from outside when a colleague transfers them."""

from __future__ import annotations

import time

import pytest

from tests.rig.call_control import Hand
from tests.rig.change_settings import Desk
from tests.rig.conversations import ALICE_HZ, hears, provider
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones
from tests.rig.phones.call import Call
from tests.rig.reachability import CUSTOMER, OUTSIDE, dial, outside_line, story_of


async def test_an_outside_caller_cannot_have_the_callee_call_somewhere(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    outside = await provider(exchange, phones)
    bob = await exchange.phone(phones, "101")
    call = await outside.call(f"sip:+31201234567@127.0.0.1:{exchange.instance.sip_port}")
    answered = await bob.incoming()
    await answered.answer()
    await call.answered()
    await call.refer(f"sip:0900123456@127.0.0.1:{exchange.instance.sip_port}")
    assert await call.transferred() == 403
    await outside.not_called(0.5)
    await call.play_tone(ALICE_HZ)
    await hears(answered, ALICE_HZ)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["codes"] == ["called_by_trunk", "inbound_open", "ring_extension", "answered", "hung_up"]


async def blind_by_phone(hand: Hand, at_bram: Call, number: str) -> None:
    await at_bram.refer(number)


async def blind_by_command(hand: Hand, at_bram: Call, number: str) -> None:
    await hand.do("transfer", await hand.only(), extension="101", number=number)


async def attended_by_phone(hand: Hand, at_bram: Call, number: str) -> None:
    await at_bram.hold()
    question = await at_bram.phone.call(number)
    await question.ringing()
    await at_bram.refer_replaces(question)


async def attended_by_command(hand: Hand, at_bram: Call, number: str) -> None:
    call = await hand.only()
    await hand.do("consult", call, extension="101", number=number)
    await hand.do("complete", call, extension="101")


@pytest.mark.parametrize(
    "transfer", [blind_by_phone, blind_by_command, attended_by_phone, attended_by_command]
)
async def test_a_caller_from_outside_who_is_transferred_stays_a_caller_from_outside(
    exchange: Exchange, phones: Phones, desk: Desk, hand: Hand, transfer: object
) -> None:
    # Colleagues who call 102 get 103, callers from outside get 104.
    rules = [
        ("away", "internal", "always", "extension", "103"),
        ("away", "external", "always", "extension", "104"),
    ]
    await desk.set(statuses={"102": "away"}, forwardings={"102": rules})
    customers = await outside_line(exchange, phones)
    bram, daan, eva = [await exchange.phone(phones, number) for number in ("101", "103", "104")]
    began = time.time()
    call = await dial(exchange, customers, bram, OUTSIDE)
    at_bram = await bram.incoming()
    await at_bram.answer()
    await call.answered()
    assert callable(transfer)
    await transfer(hand, at_bram, "102")
    if transfer in (attended_by_phone, attended_by_command):
        # Bram himself asked for 102 first, and he is a colleague.
        await (await daan.incoming()).ended()
    at_eva = await eva.incoming()
    assert at_eva.remote_identity.number == CUSTOMER
    await at_eva.answer()
    await at_bram.ended()
    await call.play_tone(ALICE_HZ)
    await hears(at_eva, ALICE_HZ)
    await daan.not_called(0.05)
    await call.hangup()
    await at_eva.ended()
    asked = 2 if transfer in (attended_by_phone, attended_by_command) else 1
    dutch, english = await story_of(exchange, began, asked)
    assert (
        f"{CUSTOMER} is van buiten: na het doorverbinden golden de regels voor bellers van buiten." in dutch
    )
    assert "102 is afwezig; voor bellers van buiten is de regel: toestel 104." in dutch
    assert (
        f"{CUSTOMER} is from outside: after the transfer the rules for callers from outside counted."
        in english
    )
    assert "102 is away; for callers from outside the rule is: extension 104." in english
    assert "103" not in dutch + english
