"""The web client when something is away for a while: it says so, and recovers without being loaded again."""

from __future__ import annotations

import asyncio
import time

import pytest
from playwright.async_api import expect

from telephony.edge import rpc
from tests.rig.browser.network import Network
from tests.rig.browser.webclient import SILENT, WAIT, WebClients
from tests.rig.browser.webphone import MICROPHONE_HZ
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

BRAM, CHRIS = "Bram Visser", "Chris Young"
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


async def test_with_the_network_off_for_ten_seconds_nothing_is_missed(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    async with Network(exchange) as network:
        anna = await clients.sign_in("100", network=network)
        desk = await exchange.phone(phones, "101")
        other = await exchange.phone(phones, "102")
        await anna.go("Calls")
        await anna.page.get_by_role("link", name="Team", exact=True).click()
        await anna.dial("101")
        call = await desk.incoming()
        await call.answer()
        await call.play_tone(800.0)
        await anna.sees(BRAM, "In a call")
        assert (await anna.sound()).heard > SILENT
        await anna.page.evaluate("window.sameTab = true")

        with network.off():
            began = time.monotonic()
            missed = await other.call("100")
            lunch = await other.call("*33")
            await lunch.ended()
            await missed.hangup()
            await expect(anna.page.get_by_text(CUT)).to_be_visible(timeout=10_000)
            await expect(anna.page.locator(".person", has_text=CHRIS)).to_contain_text("Available")
            await anna.falls_silent()
            await asyncio.sleep(max(0.0, began + 10 - time.monotonic()))

        await expect(anna.page.get_by_text(CUT)).to_be_hidden(timeout=WAIT)
        await anna.can_ring()
        await expect(anna.page.locator(".person", has_text=CHRIS)).to_contain_text("Lunch", timeout=WAIT)
        await expect(anna.page.locator(".side-count")).to_contain_text("1", timeout=WAIT)
        await (await other.call("*30")).ended()  # before anything fails: the next tests call 102
        await anna.sees(BRAM, "In a call")
        await anna.hears_something()
        # What the one at the desk heard while waiting may still be on its way.
        shares = [(await call.listen(1.2)).share_of(MICROPHONE_HZ, 0.3) for _listening in range(3)]
        assert shares[-1] > 0.8, f"the microphone was heard {shares} of the time"
        assert await anna.page.evaluate("window.sameTab"), "the page was loaded again"
        await anna.hang_up()
        await call.ended()


async def test_in_another_network_the_browser_rings_again_within_seconds(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    async with Network(exchange) as network:
        anna = await clients.sign_in("100", network=network)
        desk = await exchange.phone(phones, "101")
        with network.off(for_good=True):
            await expect(anna.page.get_by_text(CUT)).to_be_visible(timeout=WAIT)
        await expect(anna.page.get_by_text(CUT)).to_be_hidden(timeout=WAIT)
        # Its SIP socket is as dead as the other one was, and nobody says so.
        await expect(anna.page.locator(".light-off")).to_be_visible(timeout=WAIT)
        await anna.can_ring()
        call = await desk.call("100")
        await anna.answer()
        await call.answered()
        await call.play_tone(800.0)
        await anna.hears_something()
        await call.hangup()
        await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_restart_of_the_whole_exchange_is_told_and_overcome(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    await anna.go("Calls")
    await anna.dial("101")
    call = await desk.incoming()
    await call.answer()
    await call.play_tone(800.0)
    await anna.sees(BRAM, "In a call")
    await anna.page.evaluate("window.sameTab = true")

    everything = list(exchange.servers.running.values())
    for server in reversed(everything):
        await asyncio.to_thread(server.stop)
    await expect(anna.page.get_by_text(CUT)).to_be_visible(timeout=WAIT)
    await expect(anna.page.locator(".light-off")).to_be_visible(timeout=WAIT)

    for server in everything:
        if server is not clients.web:
            await asyncio.to_thread(server.start)
    nodes = lambda: all(node.up for node in rpc.dispatcher(to=exchange.instance))  # noqa: E731
    await eventually(nodes, 15, "the edge to find the media node")
    # Before the pages are there the browser rings again; nobody can tell it yet that it missed that call.
    await anna.can_ring()
    other = await exchange.phone(phones, "103")
    missed = await other.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await missed.hangup()
    await expect(anna.page.get_by_text(CUT)).to_be_visible()
    await asyncio.to_thread(clients.web.start)

    await expect(anna.page.get_by_text(CUT)).to_be_hidden(timeout=LONG)
    await anna.can_ring()
    # The call that the restart ended is no longer in hand; both are in the list, and the list is the same page.
    await expect(anna.dock).to_be_hidden(timeout=WAIT)
    rows = anna.page.locator(".row-line")
    await expect(rows.nth(0).locator(".arrow-missed")).to_be_visible(timeout=WAIT)
    await expect(rows.nth(1)).to_contain_text(BRAM)
    assert await anna.page.evaluate("window.sameTab"), "the page was loaded again"
    again = await other.call("100")
    await anna.answer()
    await again.answered()
    await again.play_tone(800.0)
    await anna.hears_something()
    await again.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


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
