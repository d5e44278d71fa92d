"""The page of one's speed dials: filled in, called by a click, changed, removed and brought back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.rig.browser.pages import wanting
from tests.rig.browser.webclient import WAIT, WebClient, WebClients
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

SMALL = {"viewport": {"width": 360, "height": 740}}
CLEAR = "from speeddial.models import SpeedDial; SpeedDial.objects.all().delete()"


@pytest.fixture(autouse=True)
async def _none_left(exchange: Exchange) -> AsyncIterator[None]:
    yield
    await exchange.manage("shell", "-c", CLEAR)


async def open_page(clients: WebClients, **window: Any) -> WebClient:
    anna = await clients.sign_in("100", **window)
    await anna.page.goto(f"{clients.address}/settings/speeddial")
    await expect(anna.page.get_by_text("You have no speed dials yet.")).to_be_visible(timeout=WAIT)
    return anna


async def test_one_is_made_called_changed_removed_and_brought_back(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await open_page(clients)
    desk = await exchange.phone(phones, "101")
    page, rows = anna.page, anna.page.locator(".row-line")

    await anna.button("Add a speed dial").click()
    await page.get_by_label("Position").select_option("*05")
    await page.get_by_label("Number").fill("Bram")
    await anna.button("Save").click()
    await expect(page.get_by_text("Bram is no internal number and no telephone number.")).to_be_visible(
        timeout=WAIT
    )
    await expect(page.get_by_label("Number")).to_be_focused()
    await page.get_by_label("Number").fill("101")
    await anna.button("Save").click()
    await expect(rows).to_have_count(1, timeout=WAIT)
    await expect(rows).to_contain_text("Bram Visser")

    await anna.can_ring()
    await anna.button("Call Bram Visser").click()
    call = await desk.incoming()
    await call.answer()
    await anna.sees("Bram Visser", "In a call")
    await anna.hang_up()
    await call.ended()

    await anna.button("Change *05, Bram Visser").click()
    await page.get_by_label("Name").fill("Desk")
    await anna.button("Save").click()
    await expect(rows).to_contain_text("Desk", timeout=WAIT)
    await anna.button("Remove *05, Desk").click()
    await expect(rows).to_have_count(0, timeout=WAIT)
    await anna.button("Undo").click()
    await expect(rows).to_contain_text("Desk", timeout=WAIT)
    await page.reload()
    await expect(rows).to_contain_text("Desk", timeout=WAIT)


async def test_the_keyboard_is_enough_and_another_tab_sees_it(clients: WebClients) -> None:
    anna = await open_page(clients)
    other = await open_page(clients)
    keys = anna.page.keyboard
    await anna.button("Add a speed dial").focus()
    await keys.press("Enter")
    await expect(anna.page.get_by_label("Number")).to_be_focused()
    await keys.type("020 123 45 67")
    await keys.press("Tab")
    await keys.type("Dentist")
    await keys.press("Enter")
    await expect(anna.button("Add a speed dial")).to_be_focused(timeout=WAIT)
    await expect(other.page.locator(".row-line")).to_contain_text("Dentist", timeout=WAIT)
    await expect(other.page.locator(".row-line")).to_contain_text("0201234567")
    await anna.button("Remove *01, Dentist").focus()
    await keys.press("Enter")
    await expect(anna.button("Undo")).to_be_focused(timeout=WAIT)
    await expect(other.page.locator(".row-line")).to_have_count(0, timeout=WAIT)
    await keys.press("Enter")
    await expect(other.page.locator(".row-line")).to_contain_text("Dentist", timeout=WAIT)


async def test_it_fits_on_a_telephone(clients: WebClients) -> None:
    anna = await open_page(clients, **SMALL)
    wide = "() => [...document.querySelectorAll('html, main, .page')].some((one) => one.scrollWidth > innerWidth)"
    assert not await anna.page.evaluate(wide)
    await anna.button("Add a speed dial").click()
    await anna.page.get_by_label("Number").fill("+31201234567")
    await anna.page.get_by_label("Name").fill(
        "Somebody-with-a-very-long-name-that-has-no-blanks-in-it-at-all"
    )
    assert not await anna.page.evaluate(wide)
    await anna.button("Save").click()
    await expect(anna.page.locator(".row-line")).to_have_count(1, timeout=WAIT)
    assert not await anna.page.evaluate(wide)
    assert await wanting(anna.page) == []
