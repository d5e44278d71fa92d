"""What 101 has set, beyond where a call goes: the mobile that rings too, limits, codes, and what is told of it."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Iterator

import pytest

import live
from telephony.calls import story
from tests.rig.change_settings import Desk
from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears
from tests.rig.exchange import Exchange
from tests.rig.lamps import PROMISED, Lamps
from tests.rig.phones import Phones
from tests.rig.phones.process import PhoneError
from tests.rig.reachability import (
    CUSTOMER,
    ELSEWHERE,
    INSIDE,
    MOBILE,
    OUR_NUMBER,
    OUTSIDE,
    available,
    dial,
    outside_line,
    story_of,
)


@pytest.fixture
def lamps(exchange: Exchange) -> Iterator[Lamps]:
    """A desk phone of 103 with lamps."""
    phone = Lamps(exchange, "103")
    yield phone
    phone.close()


async def test_the_mobile_rings_too_and_counts_once_a_1_is_pressed(
    exchange: Exchange, phones: Phones, desk: Desk, lamps: Lamps
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=20)
    await lamps.watch("101")
    provider = await outside_line(exchange, phones)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    began = time.time()
    call = await anna.call("101")
    at_desk, at_mobile = await bram.incoming(), await provider.incoming()
    assert at_mobile.invite is not None and MOBILE in at_mobile.invite.start
    await at_mobile.answer()
    # "You have a call. Press one to accept it."
    assert (await at_mobile.listen(1.5)).silence_share < 0.7
    with pytest.raises(PhoneError):
        await call.answered(0.05)
    await lamps.shows("early")
    await at_mobile.dtmf("1")
    await call.answered()
    taken = time.monotonic()
    await at_desk.ended()
    # Bram is on a call, whichever telephone it is.
    assert await lamps.shows("confirmed") - taken < PROMISED
    assert '"busy"' in exchange.redis("HGET", live.LAMPS, "101 media1")
    await call.play_tone(ALICE_HZ)
    await at_mobile.play_tone(BOB_HZ)
    await hears(at_mobile, ALICE_HZ)
    await hears(call, BOB_HZ)
    over = time.monotonic()
    await call.hangup()
    assert await lamps.shows("none") - over < PROMISED
    dutch, english = await story_of(exchange, began)
    assert "101 nam op de mobiel op" in dutch
    assert "101 answered on the mobile" in english


async def test_a_mobile_that_diverts_to_our_number_is_not_rung_again_for_that(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=20)
    # The mobile network calls with the number that we showed to it.
    network = await phones.direct(OUR_NUMBER, local_port=exchange.trunk_port, alone=True)
    bram = await exchange.phone(phones, "101")
    began = time.time()
    call = await network.call(f"sip:{OUR_NUMBER}@127.0.0.1:{exchange.instance.sip_port}")
    await (await bram.incoming()).answer()
    await call.answered()
    await network.not_called(0.2)
    await call.hangup()
    dutch, english = await story_of(exchange, began)
    assert "De mobiel van 101 kan niet meegaan:" in dutch and "dat van ons is" in dutch
    assert f"The caller shows {OUR_NUMBER}, which is ours" in english


async def test_a_mobile_on_which_nobody_presses_1_is_let_go_while_the_phones_ring_on(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=60)
    provider = await outside_line(exchange, phones)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    began = time.time()
    call = await anna.call("101")
    at_desk, at_mobile = await bram.incoming(), await provider.incoming()
    await at_mobile.answer()
    answered = time.monotonic()
    await at_mobile.ended(20)
    assert 14 < time.monotonic() - answered < 17
    await at_desk.answer()
    await call.answered()
    await call.hangup()
    dutch, english = await story_of(exchange, began)
    assert "maar geen 1 getoetst" in dutch
    assert "but no 1 was pressed" in english


@pytest.mark.parametrize("caller", [INSIDE, OUTSIDE])
async def test_the_phone_that_answers_first_ends_the_question_on_the_mobile(
    exchange: Exchange, phones: Phones, desk: Desk, caller: str
) -> None:
    await desk.set(options={"mobile": MOBILE, "ring_mobile": True}, ring_seconds=20)
    provider = await outside_line(exchange, phones)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await dial(exchange, provider, anna, caller)
    at_desk, at_mobile = await bram.incoming(), await provider.incoming()
    assert at_mobile.invite is not None and MOBILE in at_mobile.invite.start
    await at_mobile.answer()
    await at_desk.answer()
    await call.answered()
    await at_mobile.ended()
    await call.play_tone(ALICE_HZ)
    await hears(at_desk, ALICE_HZ)
    await call.hangup()


@pytest.mark.parametrize("caller", [INSIDE, OUTSIDE])
async def test_who_takes_one_call_at_a_time_is_busy_for_a_second(
    exchange: Exchange, phones: Phones, desk: Desk, caller: str
) -> None:
    source = {INSIDE: "internal", OUTSIDE: "external"}[caller]
    rules = [("available", source, "unavailable", "extension", "102")]
    await desk.set(options={"accept_multiple": False}, forwardings={"101": rules})
    provider = await outside_line(exchange, phones)
    anna, bram, chris, daan = [
        await exchange.phone(phones, number) for number in ("100", "101", "102", "103")
    ]
    first = await bram.call("103")
    at_daan = await daan.incoming()
    await at_daan.answer()
    await first.answered()
    began = time.time()
    call = await dial(exchange, provider, anna, caller)
    at_chris = await chris.incoming()
    await at_chris.answer()
    await call.answered()
    await bram.not_called(0.05)
    await call.hangup()
    await at_chris.ended()
    dutch, english = await story_of(exchange, began)
    assert "neemt één gesprek tegelijk aan" in dutch
    assert "takes one at a time" in english
    await first.hangup()


async def test_two_calls_that_go_outside_together_find_the_limit_when_they_leave(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    """Both begin while nobody calls outside; 101 may have one call there, so the other gets the voicemail."""
    rules = available("no_answer", "internal", "outside", ELSEWHERE, ring_seconds=2)
    await desk.set(**rules, limits={"person_calls": 1})
    provider = await outside_line(exchange, phones)
    anna, bram, chris = [await exchange.phone(phones, number) for number in ("100", "101", "102")]
    began = time.time()
    calls = [await anna.call("101"), await chris.call("101")]
    for _call in calls:
        await bram.incoming()
    at_provider = await provider.incoming(5)
    await at_provider.answer()
    await asyncio.gather(*(call.answered() for call in calls))
    await provider.not_called(0.2)
    for call in calls:
        await call.hangup()
    rows = await exchange.logged(began, 2)
    (refused,) = [row for row in rows if "calls_limit_of" in row["codes"]]
    assert refused["outcome"] == "voicemail"
    assert "The limit of simultaneous outside calls of 101 is reached (1)" in "\n".join(
        story.tell(refused["steps"], "en")
    )


@pytest.mark.parametrize("caller", [INSIDE, OUTSIDE])
async def test_a_temporary_status_is_over_to_the_second(
    exchange: Exchange, phones: Phones, desk: Desk, caller: str
) -> None:
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=6)
    await desk.set(until=until.isoformat())
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    provider = await outside_line(exchange, phones)
    began = time.time()
    call = await dial(exchange, provider, anna, caller)
    await call.answered()
    await call.hangup()
    dutch, english = await story_of(exchange, began)
    assert "101 is afwezig tot" in dutch
    assert "101 is away until" in english
    # What is awaited is time itself.
    await asyncio.sleep(until.timestamp() - time.time() + 0.05)
    second = await dial(exchange, provider, anna, caller)
    at_bram = await bram.incoming()
    await at_bram.hangup(486)
    await second.hangup()


@pytest.mark.parametrize(
    ("code", "status", "dutch", "english"),
    [
        ("*31", "away", "De status van 101 is nu afwezig.", "The status of 101 is away now."),
        ("*32", "dnd", "De status van 101 is nu niet storen.", "The status of 101 is do not disturb now."),
        ("*33", "lunch", "De status van 101 is nu lunchen.", "The status of 101 is at lunch now."),
        ("*34", "holiday", "De status van 101 is nu op vakantie.", "The status of 101 is on holiday now."),
        ("*30", "available", "De status van 101 is nu beschikbaar.", "The status of 101 is available now."),
    ],
)
async def test_a_code_on_the_desk_phone_sets_the_status_and_says_so(
    exchange: Exchange,
    phones: Phones,
    desk: Desk,
    code: str,
    status: str,
    dutch: str,
    english: str,
) -> None:
    await desk.set(statuses={"101": "dnd" if status == "available" else "available"})
    bram = await exchange.phone(phones, "101")
    began = time.time()
    call = await bram.call(code)
    await call.answered()
    await call.record()
    await call.ended()
    assert (await call.heard()).silence_share < 0.7
    rows = exchange.rows(
        "SELECT status FROM presence_presence row JOIN telephony_extension extension "
        "ON extension.id = row.extension_id WHERE extension.number = '101'"
    )
    assert [row["status"] for row in rows] == [status]
    told = await story_of(exchange, began)
    assert dutch in told[0]
    assert english in told[1]


async def test_a_status_set_by_phone_counts_for_the_next_call(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set()
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    setting = await bram.call("*32")
    await setting.ended(15)

    async def is_rung() -> bool:
        call = await anna.call("101")
        at_bram = asyncio.ensure_future(bram.incoming())
        taken = asyncio.ensure_future(call.answered())
        done, waiting = await asyncio.wait({at_bram, taken}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await call.hangup()
        return at_bram in done

    assert not await is_rung()


async def test_why_tells_the_story_of_a_call(exchange: Exchange, phones: Phones, desk: Desk) -> None:
    await desk.set(statuses={"101": "away"})
    anna = await exchange.phone(phones, "100")
    began = time.time()
    call = await anna.call("101")
    await call.answered()
    await call.hangup()
    (row,) = await exchange.logged(began)
    dutch = await exchange.manage("why", row["id"][-6:], "--language", "nl")
    assert "101 is afwezig; voor interne bellers is de regel: voicemail." in dutch
    english = await exchange.manage("why", row["id"][-6:], "--language", "en")
    assert "101 is away; for internal callers the rule is: voicemail." in english


async def test_simulate_tells_the_same_without_ringing_anybody(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    await desk.set(**available("no_answer", "external", "extension", "102"))
    bram = await exchange.phone(phones, "101")
    began = time.time()
    asked = ("--from", CUSTOMER, "--to", "101", "--at", "Fri 18:05")
    dutch = await exchange.manage("simulate", *asked, "--language", "nl")
    english = await exchange.manage("simulate", *asked, "--language", "en")
    assert "vrijdag" in dutch and "101 gaat over" in dutch and "toestel 102" in dutch
    assert "Friday" in english and "If 101 does not answer:" in english and "extension 102" in english
    with pytest.raises(RuntimeError, match="someday"):
        await exchange.manage("simulate", "--from", "100", "--to", "101", "--at", "someday")
    await bram.not_called(0.05)
    assert exchange.calls_since(began) == []


async def test_who_waits_for_long_is_told_every_minute_that_it_still_rings(
    exchange: Exchange, phones: Phones, desk: Desk
) -> None:
    """Without that a proxy on the way, ours too, gives the call up after two minutes (RFC 3261 §13.3.1.1)."""
    await desk.set(ring_seconds=90)
    anna, bram = await exchange.phone(phones, "100"), await exchange.phone(phones, "101")
    call = await anna.call("101")
    at_bram = await bram.incoming()
    await call.received(180)
    await call.received(180, 65)
    await at_bram.answer()
    await call.answered()
