"""Who is outside transfers nobody: that would be a call at our expense, in somebody else's name."""

from __future__ import annotations

import time

from tests.sip.exchange import Exchange
from tests.sip.phones import Phones
from tests.sip.test_calls import ALICE_HZ, hears
from tests.sip.test_trunks import provider


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
