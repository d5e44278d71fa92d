"""The web client in a real Chromium, used as a person uses it: by what is written on it.

    async with WebClients(process, exchange) as clients:
        anna = await clients.sign_in("100")
        await anna.dial("101")
        await anna.act("Hold")

Every wait has a timeout in seconds.
"""

from __future__ import annotations

import asyncio
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, Locator, Page, Playwright, async_playwright, expect

from tests.rig.browser.network import Network
from tests.rig.browser.webphone import ChromiumProcess
from tests.rig.exchange import Exchange
from tests.rig.servers import Server

WAIT = 15_000  # ms; two cores carry browsers, an exchange and phones
PASSWORD = "a long enough password"
SILENT = 0.002  # of energy in a second; a tone of the tests has 0.1
# The cookies of who has signed in, by address and extension: signing in is tested elsewhere.
SESSIONS: dict[tuple[str, str], Any] = {}
# Every connection of the page, for its statistics; and a microphone as it is: what a browser does to speech would
# make a tone quieter and quieter.
LISTEN = """
(() => {
    const connections = [];
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
        constructor(...args) { super(...args); connections.push(this); }
    };
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const media = navigator.mediaDevices;
    const ask = media.getUserMedia.bind(media);
    media.getUserMedia = (wish) =>
        ask(wish.audio ? { ...wish, audio: { ...(wish.audio === true ? {} : wish.audio), ...plain } } : wish);
    window.soundSoFar = async () => {
        const found = { heard: 0, said: 0, seconds: 0, lost: 0, codec: "" };
        for (const connection of connections) {
            if (connection.connectionState !== "connected") continue;
            const report = await connection.getStats();
            for (const entry of report.values()) {
                if (entry.type === "inbound-rtp" && entry.kind === "audio") {
                    found.heard += entry.totalAudioEnergy || 0;
                    found.seconds += entry.totalSamplesDuration || 0;
                    found.lost += entry.packetsLost || 0;
                    found.codec = report.get(entry.codecId)?.mimeType || found.codec;
                }
                if (entry.type === "media-source") found.said += entry.totalAudioEnergy || 0;
            }
        }
        return found;
    };
})();
"""


@dataclass(frozen=True, slots=True)
class Sound:
    """Energy in a second of what came in and of what the microphone gave (webrtc-stats totalAudioEnergy)."""

    heard: float
    said: float
    codec: str


class WebClient:
    """One person's tab."""

    def __init__(self, page: Page, extension: str) -> None:
        self.page = page
        self.extension = extension
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    # --- looking

    def button(self, name: str) -> Locator:
        """The button with this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def dock(self) -> Locator:
        """The calls in hand."""
        return self.page.locator(".dock")

    @property
    def incoming(self) -> Locator:
        """The card of a call that rings."""
        return self.page.locator(".incoming")

    def call_with(self, name: str) -> Locator:
        """The card of one call in hand."""
        return self.page.get_by_role("article", name=f"Call with {name}")

    async def can_ring(self) -> None:
        """Wait until the bell says that this browser rings."""
        await expect(self.page.locator(".light-ready, .light-limited")).to_be_visible(timeout=WAIT)

    async def sees(self, name: str, state: str) -> None:
        """Wait until the call with somebody is said to be so."""
        await expect(self.call_with(name).locator(".call-state")).to_contain_text(state, timeout=WAIT)

    async def sound(self, seconds: float = 1.0) -> Sound:
        """What goes in and out during the next so many seconds."""
        before: dict[str, Any] = await self.page.evaluate("soundSoFar()")
        await asyncio.sleep(seconds)
        after: dict[str, Any] = await self.page.evaluate("soundSoFar()")
        return Sound(
            heard=(after["heard"] - before["heard"]) / seconds,
            said=(after["said"] - before["said"]) / seconds,
            codec=after["codec"],
        )

    async def falls_silent(self) -> None:
        """Wait until nothing is heard for a second; what was on its way may still be played."""
        deadline = time.monotonic() + WAIT / 1000
        while (sound := await self.sound()).heard >= SILENT:
            assert time.monotonic() < deadline, f"{self.extension} still hears something: {sound}"

    async def hears_something(self) -> None:
        """Wait until sound comes in."""
        deadline = time.monotonic() + WAIT / 1000
        while (sound := await self.sound(0.5)).heard <= SILENT:
            assert time.monotonic() < deadline, f"{self.extension} hears nothing: {sound}"

    # --- doing

    async def dial(self, number: str) -> None:
        """Call a name or number by the box at the top right."""
        await self.button("Call").first.click()
        box = self.page.get_by_role("combobox", name="Name or number")
        await box.fill(number)
        await box.press("Enter")

    async def answer(self) -> None:
        """Answer the call that rings."""
        await self.incoming.get_by_role("button", name="Answer").click(timeout=WAIT)

    async def act(self, what: str, *, on: str = "") -> None:
        """Press one of the buttons of a call (the only one, or the one with somebody)."""
        card = self.call_with(on) if on else self.dock
        await card.get_by_role("button", name=what, exact=True).click(timeout=WAIT)

    async def choose(self, label: str, number: str) -> None:
        """Type a number in the box of an open drawer and take the first that fits."""
        box = self.page.get_by_role("combobox", name=label)
        await box.fill(number)
        await box.press("Enter")

    async def hang_up(self) -> None:
        """End the only call."""
        await self.act("Hang up")

    async def go(self, page: str) -> None:
        """Follow an entry of the menu."""
        await self.page.get_by_role("navigation", name="Menu").get_by_role("link", name=page).click()
        await expect(self.page.get_by_role("heading", level=1, name=page)).to_be_visible(timeout=WAIT)


class WebClients:
    """A browser for several people, each with cookies of their own."""

    def __init__(self, process: ChromiumProcess, exchange: Exchange, web: Server) -> None:
        self.exchange = exchange
        self.web = web
        self._process = process
        self._playwright: Playwright
        self._browser: Browser
        self._contexts: list[Any] = []
        self.clients: list[WebClient] = []

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        address = await asyncio.to_thread(self._process.address)
        self._browser = await self._playwright.chromium.connect_over_cdp(address)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self._contexts:
            with suppress(Exception):
                await context.close()
        await self._browser.close()
        await self._playwright.stop()

    @property
    def address(self) -> str:
        """Where the web client is."""
        return f"http://127.0.0.1:{self.exchange.instance.http_port}"

    def forget(self, extension: str) -> None:
        """They signed out: next time by the page for it."""
        SESSIONS.pop((self.address, extension), None)

    async def sign_in(self, extension: str, *, network: Network | None = None, **options: Any) -> WebClient:
        """Somebody of the test company, signed in (the first time by the page for it), whose browser can ring."""
        known = SESSIONS.get((self.address, extension))
        address = self.address
        context = await self._browser.new_context(locale="en-GB", storage_state=known, **options)
        self._contexts.append(context)
        await context.add_init_script(LISTEN)
        if network is not None:
            address = f"http://127.0.0.1:{network.http_port}"
            await context.add_init_script(network.script)
        client = WebClient(await context.new_page(), extension)
        self.clients.append(client)
        page = client.page
        await page.goto(f"{address}/")
        if known is None:
            await page.locator("[name=login]").fill(f"{extension}@example.org")
            await page.locator("[name=password]").fill(PASSWORD)
            await page.locator("[name=password]").press("Enter")
            await page.wait_for_url("**/team", timeout=WAIT)
            SESSIONS[self.address, extension] = await context.storage_state()
        await client.can_ring()
        return client


def start_web(exchange: Exchange) -> Server:
    """The web processes beside a running exchange, with everybody's password set and their language English."""
    exchange.run("manage.py", "collectstatic", "--no-input")
    exchange.run(
        *("manage.py", "shell", "-c"),
        "from accounts.models import User\n"
        "from django.contrib.auth.hashers import make_password\n"
        f"User.objects.update(password=make_password({PASSWORD!r}), language='en')",
    )
    port = exchange.instance.http_port
    command = ["-m", "pbxsite.run.serve", "-b", "127.0.0.1", "-p", str(port), "pbxsite.asgi:application"]

    def ready() -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/welcome/", timeout=2) as page,
        ):
            return bool(page.status == 200)
        return False

    return exchange.servers.add("web", [sys.executable, *command], ready)
