"""The web client when something is away for a while: it says so, and recovers without being loaded again."""

from __future__ import annotations

import asyncio
import time

import pytest
from playwright.async_api import expect

from tests.browser.webclient import SILENT, WAIT, WebClients
from tests.sip.exchange import Exchange
from tests.sip.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

LONG = 40_000  # ms; Daphne takes some seconds to start beside everything else
CUT = "The connection with the exchange is cut."


async def test_with_the_web_process_away_a_call_goes_on_and_nothing_is_missed(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    await anna.dial("101")
    call = await desk.incoming()
    await call.answer()
    await call.play_tone(800.0)
    await anna.sees("Bram Visser", "In a call")

    await asyncio.to_thread(clients.web.kill)
    await expect(anna.page.get_by_text(CUT)).to_be_visible(timeout=WAIT)
    assert (await anna.sound()).heard > SILENT, "the sound of the call needs no web process"
    await call.hangup()
    await expect(anna.page.get_by_text(CUT)).to_be_visible()

    await asyncio.to_thread(clients.web.start)
    await expect(anna.page.get_by_text(CUT)).to_be_hidden(timeout=LONG)
    await expect(anna.dock).to_be_hidden(timeout=WAIT)
    # The call ended while nobody told us; it is in the list all the same.
    await anna.go("Calls")
    await expect(anna.page.locator(".row-line").first).to_contain_text("Bram Visser", timeout=WAIT)


async def test_after_a_restart_of_the_edge_the_browser_rings_again(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    edge = exchange.servers["edge"]
    await asyncio.to_thread(edge.kill)
    await expect(anna.page.locator(".light-off")).to_be_visible(timeout=WAIT)
    await anna.page.locator(".popover-button", has_text="Notifications").click()
    await expect(anna.page.get_by_text("Looking for the exchange.")).to_be_visible()
    await anna.page.keyboard.press("Escape")

    await asyncio.to_thread(edge.start)
    await anna.can_ring()
    desk = await exchange.phone(phones, "101")
    call = await desk.call("100")
    await anna.answer()
    await call.answered()
    await call.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_after_a_restart_of_the_relay_the_sound_of_a_call_comes_back(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    await anna.dial("101")
    call = await desk.incoming()
    await call.answer()
    await call.play_tone(800.0)
    await anna.sees("Bram Visser", "In a call")
    assert (await anna.sound()).heard > SILENT

    relay = exchange.servers["relay"]
    await asyncio.to_thread(relay.kill)
    await asyncio.to_thread(relay.start)
    deadline = time.monotonic() + LONG / 1000
    # First a browser makes up what does not come; then it is silent; then the call is fetched back.
    for silent in (True, False):
        while ((await anna.sound(0.5)).heard < SILENT) is not silent:
            assert time.monotonic() < deadline, "no silence" if silent else "the sound did not come back"
    await anna.sees("Bram Visser", "In a call")
    await call.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_session_that_was_ended_elsewhere_leads_to_the_sign_in_page(
    exchange: Exchange, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    await anna.page.context.clear_cookies()
    await asyncio.to_thread(clients.web.kill)
    await asyncio.to_thread(clients.web.start)
    await anna.page.wait_for_url("**/account/login/**", timeout=LONG)
