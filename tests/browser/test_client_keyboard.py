"""The web client by keyboard alone: real keys, and the focus is always somewhere that makes sense."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.rig.browser.webclient import WAIT, WebClient, WebClients
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

BRAM = "Bram Visser"


async def tab_to(client: WebClient, name: str) -> None:
    """Press Tab until this button has the focus."""
    for _press in range(8):
        await client.page.keyboard.press("Tab")
        if await client.page.evaluate("document.activeElement.textContent.trim()") == name:
            return
        if await client.page.evaluate("document.activeElement.ariaLabel") == name:
            return
    raise AssertionError(f"{name} is not within eight tabs")


async def test_a_call_is_answered_keyed_and_ended_without_a_mouse(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    keys = anna.page.keyboard
    desk = await exchange.phone(phones, "101")
    call = await desk.call("100")
    # Nothing had the focus, so the call has it; a key that was meant for something else answers nothing.
    await expect(anna.incoming).to_be_focused(timeout=WAIT)
    await keys.press("Space")
    await tab_to(anna, "AnswerF2")
    await keys.press("Enter")
    await call.answered()
    await expect(anna.call_with(BRAM)).to_be_focused(timeout=WAIT)
    await keys.type("4#")
    assert [await call.digit(), await call.digit()] == ["4", "#"]
    await expect(anna.page.locator(".pressed")).to_have_text("4#")
    await tab_to(anna, "Hang up")
    await keys.press("Enter")
    await call.ended()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_call_takes_the_focus_from_nobody_who_types_and_one_key_answers_it(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    keys = anna.page.keyboard
    search = anna.page.get_by_role("searchbox")
    desk = await exchange.phone(phones, "101")
    await search.focus()
    call = await desk.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await keys.type("12 /")
    await expect(search).to_have_value("12 /")
    await keys.press("F2")
    await call.answered()
    await expect(anna.call_with(BRAM)).to_be_focused(timeout=WAIT)
    # In a box one types text, also beside a call.
    await search.focus()
    await keys.type("3")
    await expect(search).to_have_value("12 /3")
    await expect(anna.page.locator(".pressed")).to_have_count(0)
    await call.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_after_a_call_that_was_not_answered_the_focus_is_where_it_was(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    star = anna.button(f"{BRAM} is a favourite")
    await star.focus()
    call = await desk.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await expect(star).to_be_focused()
    await anna.button("Refuse").focus()
    await anna.page.keyboard.press("Enter")
    await expect(anna.incoming).to_be_hidden(timeout=WAIT)
    await expect(star).to_be_focused()
    await call.hangup()


async def test_who_goes_to_another_page_begins_at_its_heading(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    keys = anna.page.keyboard
    await anna.page.get_by_role("navigation", name="Menu").get_by_role("link", name="Calls").focus()
    await keys.press("Enter")
    await expect(anna.page.get_by_role("heading", level=1, name="Calls")).to_be_focused(timeout=WAIT)
    await anna.page.locator(".popover-button", has_text="More").focus()
    await keys.press("Enter")
    await anna.page.get_by_role("link", name="General").focus()
    await keys.press("Enter")
    await expect(anna.page.get_by_role("heading", level=1, name="Settings")).to_be_focused(timeout=WAIT)
    # A tab of the settings stays where one is.
    tab = anna.page.get_by_role("link", name="Security")
    await tab.focus()
    await keys.press("Enter")
    await expect(anna.page.get_by_role("heading", level=2, name="Security")).to_be_attached(timeout=WAIT)
    await expect(tab).to_be_focused()


async def test_the_key_that_opens_the_dial_box_can_be_switched_off(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    keys = anna.page.keyboard
    box = anna.page.get_by_role("combobox", name="Name or number")
    await anna.page.goto(f"{clients.address}/settings/general")
    await anna.page.get_by_role("switch", name="opens the box").click(timeout=WAIT)
    await keys.press("/")
    await expect(box).to_have_count(0)
    await anna.page.get_by_role("switch", name="opens the box").click()
    await anna.page.locator("h1").click()
    await keys.press("/")
    await expect(box).to_be_focused()
