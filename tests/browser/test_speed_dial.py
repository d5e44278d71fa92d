"""The page of one's own short numbers: empty at first, filled, dialled by a click, emptied with a way back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.rig.browser.webclient import WAIT, WebClients
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


async def test_a_speed_dial_is_made_dialled_removed_and_brought_back(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    page = anna.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{clients.address}/settings/speeddial")
    await anna.button("Add a speed dial").click(timeout=WAIT)
    await page.get_by_label("Number").fill("nobody")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("nobody is no internal number and no telephone number.")).to_be_visible(
        timeout=WAIT
    )
    await page.get_by_label("Number").fill("101")
    await page.keyboard.press("Enter")
    row = page.get_by_role("listitem").filter(has_text="*01")
    await expect(row).to_contain_text("Bram Visser", timeout=WAIT)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await row.get_by_role("button", name="Call").click()
    ringing = await desk.incoming()
    await anna.hang_up()
    await ringing.ended()
    await row.get_by_role("button", name="Remove").click()
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(row).to_have_count(1, timeout=WAIT)
    await row.get_by_role("button", name="Remove").click()
    await expect(row).to_have_count(0)
