"""More tabs than one, other windows, headsets that come and go, and leaving: a call stays where it is heard."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.rig.browser.conversations import hear_each_other, talk
from tests.rig.browser.webclient import SILENT, WAIT, WebClient, WebClients
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

BRAM = "Bram Visser"
# What the desktop shows: a list of notifications, open or withdrawn. The page believes that one looks elsewhere.
NOTIFIED = """
window.notified = [];
window.Notification = class extends EventTarget {
    static permission = "granted";
    constructor(title, { body }) {
        super();
        this.shown = { title, body, open: true };
        window.notified.push(this.shown);
    }
    close() { this.shown.open = false; }
};
document.hasFocus = () => false;
"""
# What the exchange tells of a call comes before the call itself does.
SLOW_SIP = """
window.WebSocket = class extends window.WebSocket {
    set onmessage(listener) {
        super.onmessage = (event) => setTimeout(() => listener(event), this.protocol === "sip" ? 400 : 0);
    }
};
"""
# Microphones that were opened; the last one can be pulled out.
PULLED_OUT = """
window.opened = [];
const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
media.getUserMedia = async (wish) => {
    const stream = await open(wish);
    window.opened.push(stream.getAudioTracks()[0]);
    return stream;
};
window.pullOut = () => {
    const track = window.opened.at(-1);
    track.stop();
    track.dispatchEvent(new Event("ended"));
};
"""
WITHOUT = """
() => {
    const media = navigator.mediaDevices;
    media.enumerateDevices = async () =>
        (await MediaDevices.prototype.enumerateDevices.call(media)).filter((one) => one.kind !== "audioinput");
    media.dispatchEvent(new Event("devicechange"));
}
"""
WITH = """
() => {
    delete navigator.mediaDevices.enumerateDevices;
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}
"""


async def load_with(client: WebClient, *scripts: str) -> None:
    """Load the page again, with these scripts before its own."""
    for script in scripts:
        await client.page.add_init_script(script)
    await client.page.reload()
    await client.can_ring()


async def shown(page: Page, title: str, *, still: bool) -> None:
    """Wait until the newest notification is this one, and open or withdrawn."""
    condition = "([title, open]) => notified.at(-1)?.title === title && notified.at(-1).open === open"
    await page.wait_for_function(condition, arg=[title, still], timeout=WAIT)


@pytest.mark.parametrize("order", ["as it comes", "told first"])
async def test_who_looks_elsewhere_is_notified_until_the_call_is_answered_anywhere(
    exchange: Exchange, phones: Phones, clients: WebClients, order: str
) -> None:
    anna = await clients.sign_in("100")
    await load_with(anna, NOTIFIED, *([SLOW_SIP] if order == "told first" else []))
    own = await exchange.phone(phones, "100")
    caller = await exchange.phone(phones, "101")
    call = await caller.call("100")
    await shown(anna.page, BRAM, still=True)
    await anna.answer()
    await call.answered()
    await shown(anna.page, BRAM, still=False)
    await (await own.incoming()).ended()
    await call.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)

    call = await caller.call("100")
    await shown(anna.page, BRAM, still=True)
    await (await own.incoming()).answer()
    await call.answered()
    await shown(anna.page, BRAM, still=False)
    assert await anna.page.evaluate("notified.length") == 2
    await call.hangup()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)


async def test_a_copy_of_the_tab_leaves_the_call_where_it_is(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    await talk(anna, bram, BRAM)
    async with anna.page.context.expect_page() as opened:
        # As when a tab is duplicated, the new one begins with what the old one has stored.
        await anna.page.evaluate("() => void window.open('/team')")
    copy = WebClient(await opened.value, "100")
    assert await copy.page.evaluate("sessionStorage.getItem('kiestoon.talking')"), "nothing was copied"
    await copy.can_ring()
    await copy.sees(BRAM, "In a call")
    await expect(copy.call_with(BRAM)).to_contain_text("on ")
    assert (await copy.sound(0.5)).said == 0
    await hear_each_other(anna, bram)
    await anna.hang_up()
    await expect(bram.dock).to_be_hidden(timeout=WAIT)


async def test_security_and_administration_open_beside_the_call(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    await talk(anna, bram, BRAM)
    await anna.page.locator(".popover-button", has_text="More").click()
    await anna.page.get_by_role("link", name="Security").click()
    async with anna.page.context.expect_page() as opened:
        await anna.page.get_by_role("link", name="Password").click(timeout=WAIT)
    await (await opened.value).wait_for_url("**/account/**", timeout=WAIT)
    await anna.sees(BRAM, "In a call")
    await hear_each_other(anna, bram)
    await anna.hang_up()


async def test_who_signs_out_during_a_call_ends_it_for_the_other_at_once(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    # A session of their own: signing out ends it for good.
    anna = await clients.sign_in("103")
    desk = await exchange.phone(phones, "101")
    await anna.dial("101")
    call = await desk.incoming()
    await call.answer()
    await anna.sees(BRAM, "In a call")
    await anna.page.locator(".popover-button", has_text="Daan Mulder").click()
    await anna.button("Sign out").click()
    await call.ended(5)
    await anna.page.wait_for_url("**/account/**", timeout=WAIT)
    clients.forget("103")


async def test_the_bell_knows_when_there_is_no_microphone(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    await anna.page.evaluate(WITHOUT)
    await expect(anna.page.locator(".light-off")).to_be_visible(timeout=WAIT)
    await anna.page.locator(".popover-button", has_text="Notifications").click()
    await expect(anna.page.get_by_text("There is no microphone")).to_be_visible()
    await anna.page.evaluate(WITH)
    await anna.can_ring()


async def test_a_headset_that_is_pulled_out_during_a_call_is_replaced_by_what_is_left(
    clients: WebClients,
) -> None:
    anna = await clients.sign_in("100")
    await load_with(anna, PULLED_OUT)
    bram = await clients.sign_in("101")
    await talk(anna, bram, BRAM)
    before = await anna.page.evaluate("opened.length")
    await anna.page.evaluate("pullOut()")
    await anna.page.wait_for_function("before => opened.length === before + 1", arg=before, timeout=WAIT)
    await bram.hears_something()
    assert (await anna.sound()).said > SILENT
    await anna.hang_up()


async def test_what_is_chosen_in_one_tab_counts_in_the_other(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    other = await anna.page.context.new_page()
    await other.goto(f"{clients.address}/team")
    await anna.page.locator(".popover-button", has_text="Anna de Wit").click()
    await other.locator(".popover-button", has_text="Anna de Wit").click()
    for state in ("false", "true"):
        await anna.page.get_by_role("switch", name="Ringer").click()
        await expect(other.get_by_role("switch", name="Ringer")).to_have_attribute("aria-checked", state)


async def test_who_must_make_a_second_factor_meanwhile_is_brought_there(
    exchange: Exchange, clients: WebClients
) -> None:
    def wanted(on: bool) -> None:
        code = f"policy = SignInPolicy.current(); policy.second_factor_for_users = {on}; policy.save()"
        exchange.run("manage.py", "shell", "-c", f"from accounts.models import SignInPolicy; {code}")

    anna = await clients.sign_in("100")
    await asyncio.to_thread(wanted, True)
    try:
        await asyncio.to_thread(clients.web.kill)
        await asyncio.to_thread(clients.web.start)
        await anna.page.wait_for_url("**/account/2fa/**", timeout=40_000)
    finally:
        await asyncio.to_thread(wanted, False)
