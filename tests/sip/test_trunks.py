"""The line to the outside world: calls out, calls in, and a provider that is away."""

from __future__ import annotations

import time

from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears, provider
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones


async def test_an_outside_number_goes_out_over_the_trunk_with_our_number(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    outside = await provider(exchange, phones)
    alice = await exchange.phone(phones, "100")
    call = await alice.call("0207654321")
    at_provider = await outside.incoming()
    assert at_provider.remote_identity.number == "+31201234567"
    invite = at_provider.invite
    assert invite is not None
    assert invite.start.split()[1].startswith("sip:+31207654321@")
    assert not [name for name, _value in invite.headers if name.lower().startswith("x-kiestoon")]
    await at_provider.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await at_provider.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await hears(at_provider, ALICE_HZ)
    await at_provider.hangup()
    await call.ended()
    (row,) = await exchange.logged(began)
    assert (row["direction"], row["outcome"], row["answered_by"]) == ("outbound", "answered", "+31207654321")


async def test_early_media_of_the_provider_is_heard(exchange: Exchange, phones: Phones) -> None:
    outside = await provider(exchange, phones)
    alice = await exchange.phone(phones, "100")
    call = await alice.call("0207654321")
    at_provider = await outside.incoming()
    await at_provider.answer(183)
    await call.received(183)
    await at_provider.play_tone(BOB_HZ)
    await hears(call, BOB_HZ)
    await at_provider.answer(200)
    await call.answered()
    await hears(call, BOB_HZ)


async def test_a_call_from_outside_rings_whom_the_number_belongs_to(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    outside = await provider(exchange, phones)
    bram = await exchange.phone(phones, "101")
    sip = exchange.instance.sip_port
    call = await outside.call(f"sip:+31201234567@127.0.0.1:{sip}")
    at_bram = await bram.incoming()
    await at_bram.answer()
    await call.answered()
    await call.play_tone(ALICE_HZ)
    await hears(at_bram, ALICE_HZ)
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert (row["direction"], row["answered_by"]) == ("inbound", "101")
    assert row["codes"][0] == "called_by_trunk"


async def test_a_colleague_who_dials_a_number_of_ours_stays_inside(
    exchange: Exchange, phones: Phones
) -> None:
    outside = await provider(exchange, phones)
    alice, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await alice.call("0201234567")
    at_bram = await bram.incoming()
    assert at_bram.remote_identity.number == "100"
    await at_bram.answer()
    await call.answered()
    await outside.not_called(0.2)
    await call.hangup()


async def test_a_stranger_cannot_call_through_the_exchange(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    stranger = await phones.direct("stranger")
    call = await stranger.call(f"sip:0201234567@127.0.0.1:{exchange.instance.sip_port}")
    ended = await call.ended()
    assert ended.code in (401, 403, 407)
    # The log has gone on, and all that is in it is the call of somebody whom we know.
    call = await (await exchange.phone(phones, "100")).call("*43")
    await call.answered()
    await call.hangup()
    (row,) = await exchange.logged(began)
    assert row["caller"] == "100"


async def test_a_provider_that_is_away_is_said_and_logged(exchange: Exchange, phones: Phones) -> None:
    began = time.time()
    alice = await exchange.phone(phones, "100")
    call = await alice.call("0207654321")
    ended = await call.ended(20)
    assert ended.code >= 400
    (row,) = await exchange.logged(began)
    assert "trunk_failed" in row["codes"]


async def test_a_caller_from_outside_who_hides_their_number_is_anonymous_on_the_phone(
    exchange: Exchange, phones: Phones
) -> None:
    began = time.time()
    outside = await provider(exchange, phones)
    bram = await exchange.phone(phones, "101")
    hidden = {"P-Asserted-Identity": "<tel:+31612345678>", "Privacy": "id"}
    call = await outside.call(f"sip:+31201234567@127.0.0.1:{exchange.instance.sip_port}", headers=hidden)
    at_bram = await bram.incoming()
    assert at_bram.remote_identity.number == "anonymous"
    assert "+31612345678" not in str(at_bram.invite)
    await call.hangup()
    await at_bram.ended()
    (row,) = await exchange.logged(began)
    assert row["caller"] == "anonymous"
