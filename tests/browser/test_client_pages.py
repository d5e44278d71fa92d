"""The pages of the web client: by keyboard, with a screen reader, on a small window; light, dark, two languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.rig import samples
from tests.rig.browser.pages import wanting
from tests.rig.browser.webclient import WAIT, WebClient, WebClients
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

PATHS = (
    *("/team", "/calls", "/voicemail", "/forwarding"),
    *("/settings/general", "/settings/audio", "/settings/security", "/settings/devices"),
    *samples.pages(),
)
SMALL = {"width": 360, "height": 740}


# What does not fit into the window from side to side.
WIDER = """
() => [...document.querySelectorAll("html, main, .page, .dock, .call-drawer, .incoming, .popover-panel")]
    .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        return one.scrollWidth > innerWidth || left < -1 || right > innerWidth + 1;
    })
    .map((one) => one.className || one.tagName)
"""
LOOKS = [
    pytest.param("light", {}, id="light"),
    pytest.param("dark", {}, id="dark"),
    pytest.param("dark", {"viewport": SMALL}, id="dark and small"),
]


async def choose_theme(client: WebClient, theme: str) -> None:
    """Light or dark, here and in the person's profile."""
    await client.page.evaluate("theme => localStorage.setItem('kiestoon.theme', theme)", theme)
    await client.page.evaluate(
        """theme => fetch("/api/v1/me", {
            method: "PATCH",
            headers: {
                "Content-Type": "application/json",
                "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1],
            },
            body: JSON.stringify({ theme }),
        })""",
        theme,
    )
    await expect(client.page.locator("html")).to_have_attribute("data-bs-theme", theme, timeout=WAIT)


async def complaints(page: Page) -> list[str]:
    """What is serious for a screen reader, and what does not fit."""
    return [*await wanting(page), *(f"wider than the window: {one}" for one in await page.evaluate(WIDER))]


async def open_page(client: WebClient, path: str) -> None:
    """Load a page of the client and wait until it shows what it has."""
    await client.page.goto(client.page.url.split("/", 3)[0] + "//" + client.page.url.split("/", 3)[2] + path)
    await expect(client.page.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT)
    await expect(client.page.get_by_text("Loading…", exact=True)).to_have_count(0, timeout=WAIT)


@pytest.mark.parametrize(("theme", "window"), LOOKS)
async def test_nothing_serious_stands_in_the_way_of_a_screen_reader(
    clients: WebClients, theme: str, window: dict[str, Any]
) -> None:
    anna = await clients.sign_in("100", reduced_motion="reduce", **window)
    await choose_theme(anna, theme)
    problems: dict[str, list[str]] = {}
    for path in PATHS:
        await open_page(anna, path)
        problems[path] = await complaints(anna.page)
    for opened in ("Call", "Notifications", "More", "Anna de Wit"):
        button = anna.page.locator(".popover-button", has_text=opened)
        await button.click()
        problems[opened] = await complaints(anna.page)
        if opened == "Anna de Wit":
            for part in ("End time and message", "Working hours", "Network"):
                await anna.page.get_by_role("button", name=part).click()
                problems[part] = await complaints(anna.page)
        await anna.page.keyboard.press("Escape")
        await expect(button).to_be_focused()
    assert {place: found for place, found in problems.items() if found} == {}


@pytest.mark.parametrize(("theme", "window"), LOOKS)
async def test_a_call_in_hand_and_one_that_rings_are_told_to_a_screen_reader_too(
    exchange: Exchange, phones: Phones, clients: WebClients, theme: str, window: dict[str, Any]
) -> None:
    anna = await clients.sign_in("100", reduced_motion="reduce", **window)
    await choose_theme(anna, theme)
    desk = await exchange.phone(phones, "101")
    other = await exchange.phone(phones, "102")
    await anna.dial("101")
    talk = await desk.incoming()
    await talk.answer()
    await anna.sees("Bram Visser", "In a call")
    problems: dict[str, list[str]] = {}
    for drawer in ("Keypad", "Conference", "Move", "Transfer"):
        await anna.act(drawer)
        problems[drawer] = await complaints(anna.page)
        if drawer != "Transfer":
            await anna.act(drawer)
    ring = await other.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    problems["a call that rings"] = await complaints(anna.page)
    await ring.hangup()
    await expect(anna.incoming).to_be_hidden(timeout=WAIT)
    await anna.hang_up()
    await expect(anna.dock).to_be_hidden(timeout=WAIT)

    await open_page(anna, "/calls")
    row = anna.page.locator(".row-line").first
    await row.get_by_role("button", name="Why did it ring here?").click(timeout=WAIT)
    await expect(row.locator(".story li").first).to_be_visible(timeout=WAIT)
    problems["the story of a call"] = await complaints(anna.page)
    assert {place: found for place, found in problems.items() if found} == {}


async def test_no_page_is_wider_than_a_telephone(clients: WebClients) -> None:
    anna = await clients.sign_in("100", viewport=SMALL)
    for path in PATHS:
        await open_page(anna, path)
        wider = await anna.page.evaluate(
            "() => [...document.querySelectorAll('html, main, .page')].some((one) => one.scrollWidth > innerWidth)"
        )
        assert not wider, path
    await open_page(anna, "/team")
    for name in ("Team", "Calls", "Voicemail"):
        await anna.go(name)


async def test_the_keyboard_alone_is_enough_to_call(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    desk = await exchange.phone(phones, "101")
    keys = anna.page.keyboard
    await anna.page.locator("body").press("Tab")
    await expect(anna.page.get_by_role("link", name="Go to the content")).to_be_focused()
    await keys.press("Enter")
    await expect(anna.page.locator("#content")).to_be_focused()
    await keys.press("/")
    await expect(anna.page.get_by_role("combobox", name="Name or number")).to_be_focused()
    await keys.type("bram")
    await keys.press("Enter")
    call = await desk.incoming()
    await call.answer()
    await anna.sees("Bram Visser", "In a call")
    await anna.button("Hang up").focus()
    await keys.press("Enter")
    await call.ended()


async def test_the_team_is_live(clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    bram = await clients.sign_in("101")
    row = anna.page.locator(".person", has_text="Bram Visser")
    await expect(row).to_contain_text("Available")
    await bram.page.locator(".popover-button", has_text="Bram Visser").click()
    await bram.button("Lunch").click()
    await expect(row).to_contain_text("Lunch", timeout=WAIT)
    await bram.button("End time and message").click()
    await bram.page.get_by_label("Message").fill("Soup")
    await bram.button("1 hour").click()
    await bram.button("Save").click()
    await expect(row).to_contain_text("Soup", timeout=WAIT)
    await expect(row).to_contain_text("until")
    await bram.button("Available").click()
    await expect(row).to_contain_text("Available", timeout=WAIT)

    # A favourite goes before all others, and only for who wants it so.
    last = anna.page.locator(".person").last
    name = await last.locator("strong").inner_text()
    await anna.button(f"{name} is a favourite").click()
    await expect(anna.page.locator(".person").first).to_contain_text(name, timeout=WAIT)
    await anna.button(f"{name} is a favourite").click()
    await expect(anna.page.locator(".person").first).not_to_contain_text(name, timeout=WAIT)

    await anna.page.get_by_role("searchbox").fill("bram")
    await expect(anna.page.locator(".person")).to_have_count(1)
    await anna.page.get_by_role("searchbox").fill("nobody has this name")
    await expect(anna.page.get_by_text("Nobody fits that search.")).to_be_visible()


async def test_a_missed_call_counts_and_says_why(
    exchange: Exchange, phones: Phones, clients: WebClients
) -> None:
    anna = await clients.sign_in("100")
    badge = anna.page.locator(".side-count")
    # What was missed before is seen now.
    await anna.go("Calls")
    await expect(badge).to_have_count(0, timeout=WAIT)
    await anna.page.get_by_role("link", name="Team", exact=True).click()
    desk = await exchange.phone(phones, "101")
    call = await desk.call("100")
    await expect(anna.incoming).to_be_visible(timeout=WAIT)
    await call.hangup()
    await expect(anna.incoming).to_be_hidden(timeout=WAIT)
    await expect(badge).to_contain_text("1", timeout=WAIT)
    await anna.go("Calls")
    row = anna.page.locator(".row-line").first
    await expect(row).to_contain_text("Bram Visser", timeout=WAIT)
    await expect(row.locator(".arrow-missed")).to_be_visible()
    await expect(badge).to_have_count(0, timeout=WAIT)
    await row.get_by_role("button", name="Why did it ring here?").click()
    await expect(row.locator(".story li").first).to_be_visible(timeout=WAIT)

    rows = await anna.page.locator(".row-line").count()
    await row.get_by_role("button", name="Delete from my list").click()
    await expect(anna.page.locator(".row-line")).to_have_count(rows - 1, timeout=WAIT)


async def test_the_language_and_theme_are_the_persons_own(exchange: Exchange, clients: WebClients) -> None:
    anna = await clients.sign_in("100")
    await anna.page.goto(f"{clients.address}/settings/general")
    await anna.page.get_by_label("Theme").select_option("dark")
    await expect(anna.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    await anna.page.get_by_label("Language").select_option("nl")
    await expect(anna.page.get_by_role("heading", level=1, name="Instellingen")).to_be_visible()

    def kept() -> list[Any]:
        query = "SELECT * FROM accounts_user WHERE email = '100@example.org' AND language = 'nl' AND theme = 'dark'"
        return exchange.rows(query)

    await eventually(kept, 5, "the language in the database")
    await anna.page.reload()
    await expect(anna.page.get_by_role("heading", level=1, name="Instellingen")).to_be_visible(timeout=WAIT)
    await anna.page.get_by_label("Taal").select_option("en")
    await expect(anna.page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
    await anna.page.get_by_label("Theme").select_option("system")
    # What is shown at once is on its way; the next test finds it there.
    await expect(anna.page.get_by_text("Saved").first).to_be_visible(timeout=WAIT)
