"""Calls that ring in the browser although the person there began them, and more calls at once than one can hear."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from tests.rig.browser.conversations import hear_each_other, talk
from tests.rig.browser.webclient import SILENT, WAIT, WebClients
from tests.rig.browser.webphone import MICROPHONE_HZ
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

# One browser is enough for two cores.
pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

BRAM, CHRIS = "Bram Visser", "Chris Young"
PHONE_HZ = 800.0


async def test_a_call_on_the_desk_phone_moves_to_this_browser_and_needs_no_answering(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    own = await exchange.phone(phones, "100")
    desk = await exchange.phone(phones, "101")
    at_desk = await own.call("101")
    call = await desk.incoming()
    await call.answer()
    await anna.sees(BRAM, "In a call")
    await anna.act("Move")
    await anna.page.locator(".call-drawer").get_by_role("button", name="This browser").click()
    await at_desk.ended()
    await call.play_tone(PHONE_HZ)
    await anna.hears_something()
    assert (await call.listen(1.2)).share_of(MICROPHONE_HZ, 0.3) > 0.8
    await anna.sees(BRAM, "In a call")
    await anna.hang_up()
    await call.ended()


async def test_a_colleagues_call_is_picked_up_in_this_browser(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    own = await exchange.phone(phones, "100")
    colleague = await exchange.phone(phones, "102")
    caller = await exchange.phone(phones, "101")
    call = await caller.call("102")
    rings = await colleague.incoming()
    await anna.button(f"Take the call that rings for {CHRIS}").click(timeout=WAIT)
    await rings.ended()
    await call.answered()
    await call.play_tone(PHONE_HZ)
    await anna.sees(BRAM, "In a call")
    await anna.hears_something()
    assert (await call.listen(1.2)).share_of(MICROPHONE_HZ, 0.3) > 0.8
    await own.not_called(0.2)
    await call.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_call_that_nobody_took_after_a_transfer_comes_back_and_is_answered_here(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    other = await exchange.phone(phones, "102")
    await anna.dial("101")
    call = await desk.incoming()
    await call.answer()
    await anna.sees(BRAM, "In a call")
    await anna.act("Transfer")
    await anna.choose("Transfer to: name or number", "102")
    await anna.page.locator(".call-drawer").get_by_role("button", name="Transfer", exact=True).click()
    await (await other.incoming()).hangup(486)
    await expect(anna.incoming).to_contain_text(BRAM, timeout=WAIT)
    await anna.answer()
    await anna.sees(BRAM, "In a call")
    await call.play_tone(PHONE_HZ)
    await anna.hears_something()
    await anna.hang_up()
    await call.ended()


async def test_who_answers_one_call_while_calling_another_is_heard_by_one_at_a_time(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    first = await exchange.phone(phones, "101")
    second = await exchange.phone(phones, "102")
    await anna.dial("101")
    called = await first.incoming()
    await anna.sees(BRAM, "Calling")
    calling = await second.call("100")
    await anna.answer()
    await calling.answered()
    await anna.sees(CHRIS, "In a call")
    await called.answer()
    await anna.sees(BRAM, "In a call")
    await anna.sees(CHRIS, "On hold")
    assert (await called.listen(1.2)).share_of(MICROPHONE_HZ, 0.3) > 0.8
    # What was on its way when the hold began is still played.
    shares = [(await calling.listen(1.2)).share_of(MICROPHONE_HZ, 0.3) for _second in range(3)]
    assert shares[-1] < 0.2, shares
    await called.hangup()
    await calling.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_second_call_is_answered_or_refused_although_the_pages_are_away(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    async def away(route: Route) -> None:
        await route.fulfill(status=503, json={"detail": "Busy."})

    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    desk = await exchange.phone(phones, "102")
    await talk(anna, bram, BRAM)
    await anna.page.route("**/api/v1/calls/*/command", away)
    call = await desk.call("100")
    await anna.incoming.get_by_role("button", name="Refuse").click(timeout=WAIT)
    await expect(anna.incoming).to_be_hidden(timeout=WAIT)
    await call.hangup()
    call = await desk.call("100")
    await anna.answer()
    await call.answered()
    await anna.sees(CHRIS, "In a call")
    await call.hangup()
    await hear_each_other(anna, bram)
    assert (await anna.sound()).heard > SILENT
    await anna.hang_up()
