"""Two phones in conversation, and what each of them hears."""

from __future__ import annotations

from tests.rig.exchange import Exchange
from tests.rig.phones import Phone, Phones
from tests.rig.phones.call import Call

ALICE_HZ, BOB_HZ, CAROL_HZ = 440.0, 800.0, 1200.0


async def talk(exchange: Exchange, phones: Phones, caller: str, callee: str) -> tuple[Call, Call]:
    """Both phones registered and in conversation."""
    one = await exchange.phone(phones, caller)
    other = await exchange.phone(phones, callee)
    call = await one.call(callee)
    answered = await other.incoming()
    await call.ringing()
    await answered.answer()
    await call.answered()
    return call, answered


async def hears(call: Call, hz: float, seconds: float = 1.8) -> None:
    """The party hears that tone, steadily once it has come through three jitter buffers (0.6 s on a busy machine)."""
    sound = await call.listen(seconds)
    assert sound.share_of(hz, 0.6) > 0.9, f"{hz} Hz was not heard: {sound}"


async def provider(exchange: Exchange, phones: Phones) -> Phone:
    """The provider's side of the trunk, at the address that the exchange knows."""
    return await phones.direct("provider", local_port=exchange.trunk_port, alone=True)
