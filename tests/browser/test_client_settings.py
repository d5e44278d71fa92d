"""The web client's settings that are about the telephone, and the many ways to a number."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, expect

from tests.rig.browser.webclient import WAIT, WebClient, WebClients
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

BRAM = "Bram Visser"
PASTE = """
(box, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}
"""
CLICK_LINK = """
(address) => {
    const link = document.createElement("a");
    link.href = address;
    document.body.append(link);
    link.click();
    link.remove();
}
"""


def dial_box(client: WebClient) -> Locator:
    """The box in which a name or number is typed."""
    return client.page.get_by_role("combobox", name="Name or number")


async def test_the_microphone_moves_the_meter_and_the_echo_answers(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    await anna.page.goto(f"{clients.address}/settings/audio")
    await anna.button("Test the microphone").click(timeout=WAIT)
    await anna.page.wait_for_function(
        "() => Number(document.querySelector('[role=meter]')?.ariaValueNow) > 5", timeout=WAIT
    )
    await anna.button("Stop").click()
    await expect(anna.page.get_by_role("meter")).to_have_count(0)
    await anna.button("Call the echo").click(timeout=WAIT)
    await anna.hears_something()
    await anna.hang_up()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_number_is_pasted_or_clicked_however_it_is_written(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    await anna.button("Call").first.click()
    await dial_box(anna).evaluate(PASTE, " +31 (0)20\u2011123 45 67\n")
    await expect(dial_box(anna)).to_have_value("+31201234567")
    await anna.page.keyboard.press("Escape")
    await anna.page.evaluate(CLICK_LINK, "sip:+31-20-765-43-21@example.org;user=phone")
    await expect(dial_box(anna)).to_have_value("+31207654321")
    # This is where a browser brings telephone links of other pages to.
    await anna.page.goto(f"{clients.address}/team?dial=tel%3A101")
    await expect(dial_box(anna)).to_have_value("101", timeout=WAIT)
    # It was asked once, and is not asked again by a reload.
    await expect(anna.page).to_have_url(f"{clients.address}/team")
    await anna.can_ring()
    await dial_box(anna).press("Enter")
    call = await desk.incoming()
    await call.answer()
    await anna.sees(BRAM, "In a call")
    await anna.hang_up()
    await call.ended()


async def test_the_desk_phone_calls_for_the_browser_and_is_signed_out(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    own = await exchange.phone(phones, "100")
    desk = await exchange.phone(phones, "101")
    await anna.button("Call").first.click()
    way = anna.page.get_by_label("Call with")
    await expect(way.locator("option")).to_have_count(2, timeout=WAIT)
    await way.select_option(index=1)
    await dial_box(anna).fill("101")
    await dial_box(anna).press("Enter")
    ring = await own.incoming()
    await ring.answer()
    call = await desk.incoming()
    await call.answer()
    await anna.sees(BRAM, "In a call")
    await anna.hang_up()
    await call.ended()

    await anna.page.goto(f"{clients.address}/settings/devices")
    row = anna.page.locator(".row-line", has_text="Desk phone")
    await expect(row).to_contain_text("Registered", timeout=WAIT)
    await row.get_by_role("button", name="Sign out").click()
    await expect(row).to_contain_text("Not registered", timeout=WAIT)


async def test_a_browser_that_was_left_elsewhere_is_signed_out_from_here(clients: WebClients) -> None:
    elsewhere = await clients.sign_in("103")
    clients.forget("103")
    daan = await clients.sign_in("103")
    await daan.page.goto(f"{clients.address}/settings/devices")
    others = daan.page.locator(".row-line").get_by_role("button", name="Sign out")
    await expect(others).to_have_count(1, timeout=WAIT)
    await others.click()
    await elsewhere.page.wait_for_url("**/account/login/**", timeout=WAIT)
    await expect(others).to_have_count(0, timeout=WAIT)
    await daan.can_ring()


async def test_my_picture_and_mobile_number_or_what_is_wrong_with_them(
    clients: WebClients, tmp_path: Path
) -> None:
    anna = await clients.sign_in("100")
    await anna.page.goto(f"{clients.address}/settings/general")
    good, bad = tmp_path / "me.png", tmp_path / "notes.png"
    Image.new("RGB", (300, 200), "navy").save(good)
    bad.write_text("no picture")
    chooser, shown = anna.page.locator("input[type=file]"), anna.page.locator(".picture-row img")
    await chooser.set_input_files(good)
    await expect(shown).to_have_count(1, timeout=WAIT)
    await chooser.set_input_files(bad)
    await expect(anna.page.locator(".notice-error")).to_contain_text("picture", timeout=WAIT)
    await expect(shown).to_have_count(1)
    await anna.button("Remove").click()
    await expect(shown).to_have_count(0, timeout=WAIT)

    mobile, save = anna.page.get_by_label("Mobile number"), anna.button("Save")
    await mobile.fill("none of your business")
    await save.click()
    await expect(anna.page.locator("#mobile-error")).to_be_visible(timeout=WAIT)
    await mobile.fill("06-12 34 56 78")
    await save.click()
    await expect(mobile).to_have_value("+31612345678", timeout=WAIT)
    await mobile.fill("")
    await save.click()
    await expect(save).to_be_disabled(timeout=WAIT)


async def test_with_the_ringer_off_a_call_is_only_shown(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    await anna.page.locator(".popover-button", has_text="Anna de Wit").click()
    ringer = anna.page.get_by_role("switch", name="Ringer")
    await expect(ringer).to_have_attribute("aria-checked", "true")
    await ringer.click()
    await expect(ringer).to_have_attribute("aria-checked", "false")
    await anna.page.keyboard.press("Escape")
    await anna.page.locator(".popover-button", has_text="Notifications").click()
    await expect(anna.page.get_by_text("You have switched the ringer off")).to_be_visible()
    await anna.page.keyboard.press("Escape")
    call = await desk.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await expect(anna.button("Stop ringing here")).to_have_count(0)
    await call.hangup()
    await expect(anna.incoming).to_be_hidden(timeout=WAIT)
