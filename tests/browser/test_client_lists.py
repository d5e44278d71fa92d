"""The lists of calls and of voicemail while they are looked at: nothing is lost, and nothing jumps away."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.rig.browser.webclient import WAIT, WebClients
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

BRAM, CHRIS = "Bram Visser", "Chris Young"
LOOK = """
(state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange"));
}
"""
# More messages than a page of the list has, from 0201 (the oldest) on; and one more, as when somebody leaves it.
SETUP = """
import datetime
from django.utils import timezone
from pbxsite.instance import instance
from voicemail.actions import do_mark_heard, do_store_message
from voicemail.models import Mailbox, Message
box = Mailbox.objects.get(extension__number="100")
def leave(number):
    now = timezone.now() - datetime.timedelta(minutes=1000 - number)
    path = instance.voicemail / f"{number}.wav"
    do_store_message(box, path, duration=1000, caller=f"0{number}", created=now)
"""


async def shell(exchange: Exchange, code: str) -> None:
    """Do something at the exchange, as another device of the person would."""
    await exchange.manage("shell", "-c", SETUP + code)


async def test_calls_missed_while_one_looks_elsewhere_are_seen_when_one_comes_back(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    badge = anna.page.locator(".side-count")
    await anna.go("Calls")
    await expect(badge).to_have_count(0, timeout=WAIT)
    await anna.page.evaluate(LOOK, "hidden")
    call = await desk.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await call.hangup()
    await expect(badge).to_contain_text("1", timeout=WAIT)
    await anna.page.evaluate(LOOK, "visible")
    await expect(badge).to_have_count(0, timeout=WAIT)


async def test_a_call_that_ends_while_one_searches_or_the_list_loads_is_in_it(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        # What the exchange answered before the call ended arrives after it.
        answer = await route.fetch()
        asked.set()
        await go_on.wait()
        await route.fulfill(response=answer)

    anna = await clients.sign_in("100")
    rows = anna.page.locator(".row-line")
    desk = await exchange.phone(phones, "101")
    await anna.go("Calls")
    await expect(anna.page.get_by_text("Loading…", exact=True)).to_have_count(0, timeout=WAIT)
    await anna.page.get_by_role("searchbox").fill("visser")
    await anna.page.route("**/api/v1/calls?*", late)
    await anna.button("Missed").click()
    await asyncio.wait_for(asked.wait(), 10)
    before = await rows.count()
    call = await desk.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await call.hangup()
    await expect(rows).to_have_count(before + 1, timeout=WAIT)
    newest = await rows.first.inner_text()
    async with anna.page.expect_response("**/api/v1/calls?*"):
        go_on.set()
    # Not before: Playwright lets go of what waits in a route that is taken away, and then refuses its answer.
    await anna.page.unroute("**/api/v1/calls?*")
    await expect(rows.first).to_have_text(newest, use_inner_text=True)
    await expect(rows.first).to_contain_text(BRAM)

    other = await exchange.phone(phones, "102")
    shown = await rows.count()
    call = await other.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await call.hangup()
    await expect(anna.page.locator(".side-count")).to_have_count(0, timeout=WAIT)
    call = await desk.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await call.hangup()
    await expect(rows).to_have_count(shown + 1, timeout=WAIT)
    await expect(anna.page.get_by_text(CHRIS)).to_have_count(0)


async def test_one_listens_on_while_the_mailbox_changes(exchange: Exchange, clients: WebClients) -> None:
    await shell(exchange, "for number in range(201, 261): leave(number)")
    anna = await clients.sign_in("100")
    rows = anna.page.locator(".row-line")
    await anna.go("Voicemail")
    await expect(rows).to_have_count(50, timeout=WAIT)
    await rows.last.scroll_into_view_if_needed()
    await expect(rows).to_have_count(60, timeout=WAIT)

    oldest = rows.filter(has_text="0201")
    await oldest.get_by_role("button", name="Play").click()
    await expect(oldest).not_to_contain_text("new", timeout=WAIT)
    await expect(oldest.locator("audio")).to_be_visible()
    # On the telephone one is listened to, one is deleted, and one comes in.
    await shell(
        exchange,
        'do_mark_heard(Message.objects.get(caller="0202"))\nMessage.objects.get(caller="0203").delete()\nleave(261)',
    )
    await expect(rows.first).to_contain_text("0261", timeout=WAIT)
    await expect(rows.filter(has_text="0202")).not_to_contain_text("new", timeout=WAIT)
    await expect(rows.filter(has_text="0203")).to_have_count(0, timeout=WAIT)
    await expect(rows).to_have_count(60)
    await expect(oldest.locator("audio")).to_be_visible()
