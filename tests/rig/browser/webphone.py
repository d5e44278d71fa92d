"""A telephone in a real browser: Chromium with JsSIP, used as a person uses one.

    async with Chromium(process) as chromium:
        web = await chromium.register(exchange, "100")
        await web.call("101")
        await web.talking()
        assert (await web.listen(1)).hz == …

Every wait has a timeout in seconds and fails with the story of what happened instead.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from tests.rig.exchange import Exchange
from tests.rig.phones.hearing import write_tones
from tests.rig.phones.process import Happenings, PhoneError

FOLDER = Path(__file__).parent
JSSIP = FOLDER / "node_modules" / ".page" / "jssip.js"
CHROMIUM = "/usr/bin/chromium"
WAIT = 10.0  # seconds; two cores carry a browser, an exchange and phones
MICROPHONE_HZ = 500.0
LOOKS = 5  # at the pitch while listening
MICROPHONE_SECONDS = 60.0
START = 30.0
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--ignore-certificate-errors",  # the edge's own
]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in during a while: its peaks in dBFS, the strongest frequencies in turn in Hz, packets."""

    peak: float
    pitches: tuple[float, ...]
    packets: int
    lost: int
    codec: str

    @property
    def hz(self) -> float:
        """The strongest frequency at the end."""
        return self.pitches[-1]

    def is_tone(self, hz: float, near: float) -> bool:
        """Whether this tone was the strongest sound all the while; a melody may come by it, and goes on."""
        return all(abs(pitch - hz) < near for pitch in self.pitches)


class WebPhone:
    """One page with one registered line."""

    def __init__(self, page: Page, username: str, realm: str) -> None:
        self.page = page
        self.username = username
        self.realm = realm
        self.happenings = Happenings(f"browser {username}")

    def happen(self, event: str, facts: dict[str, Any] | None = None) -> None:
        """The page reports something."""
        self.happenings.add({"event": event, "at": time.time(), **(facts or {})})

    async def _do(self, verb: str, argument: Any = None) -> Any:
        return await self.page.evaluate(f"argument => webPhone.{verb}(argument)", argument)

    async def event(self, name: str, timeout: float = WAIT) -> dict[str, Any]:
        """The next event of this name."""
        return await self.happenings.take(lambda e: e["event"] == name, timeout, name)

    async def call(self, number: str) -> None:
        """Dial."""
        await self._do("call", f"sip:{number}@{self.realm}")

    async def incoming(self) -> dict[str, Any]:
        """The next call that comes in: `number` and `name` of who calls."""
        return await self.event("incoming")

    async def answer(self) -> None:
        """Answer, and wait until the sound's way is open."""
        await self._do("answer")
        await self.talking()

    async def talking(self) -> None:
        """Wait until the call is up and its DTLS handshake done."""
        await self.event("confirmed")
        await self.happenings.take(
            lambda e: e["event"] == "connection" and e["state"] == "connected",
            WAIT,
            "connection for the sound",
        )

    async def hang_up(self) -> None:
        """End the call."""
        await self._do("hangUp")

    async def hold(self) -> None:
        """Put the other party on hold."""
        await self._do("hold")
        await self.event("held")

    async def unhold(self) -> None:
        """Take the other party off hold."""
        await self._do("unhold")
        await self.event("unheld")

    async def vanish(self) -> None:
        """The page is gone at once, without a word to anybody, as when its process dies."""
        with suppress(PlaywrightError):
            await self.page.goto("chrome://crash", timeout=2000)

    async def press(self, keys: str) -> None:
        """Press keys during a call (RFC 4733)."""
        await self._do("press", keys)

    async def listen(self, seconds: float) -> Heard:
        """What comes in during the next so many seconds."""
        before = await self._do("sound")
        pitches = []
        for _look in range(LOOKS):
            await asyncio.sleep(seconds / LOOKS)
            after = await self._do("sound")
            pitches.append(after["hz"])
        length = after["seconds"] - before["seconds"]
        if length <= 0:
            raise PhoneError(f"{self.happenings.name} plays nothing: {after}. {self.happenings.story()}")
        # Chromium takes the energy of each 10 ms from its highest sample.
        power = (after["energy"] - before["energy"]) / length
        return Heard(
            peak=10 * math.log10(max(power, 1e-12)),
            pitches=tuple(pitches),
            packets=after["packets"] - before["packets"],
            lost=after["lost"],
            codec=after["codec"],
        )


class ChromiumProcess:
    """A headless Chromium whose microphone hears a tone of `MICROPHONE_HZ`, and the page's web server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(FOLDER)))
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="pages", daemon=True).start()
        microphone = write_tones(self.folder / "microphone.wav", [(MICROPHONE_HZ, MICROPHONE_SECONDS)])
        own = [
            f"--use-file-for-fake-audio-capture={microphone}",
            f"--user-data-dir={self.folder / 'profile'}",
            "--remote-debugging-port=0",
        ]
        with (self.folder / "chromium.log").open("wb") as log:
            # A session of its own: ending it ends its children.
            self._process = subprocess.Popen(
                [CHROMIUM, *FLAGS, *own, "about:blank"], stdout=log, stderr=log, start_new_session=True
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._server.shutdown()
        self._server.server_close()

    @property
    def page(self) -> str:
        """Where the telephone's page is."""
        return f"http://127.0.0.1:{self._server.server_port}/page.html"

    def address(self) -> str:
        """Where it takes commands. Fails when it does not start within `START` seconds."""
        port = self.folder / "profile" / "DevToolsActivePort"
        deadline = time.monotonic() + START
        while not (port.exists() and port.read_text().count("\n")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / "chromium.log").read_text(errors="replace")
                raise PhoneError(f"chromium did not start: {log[-2000:]}")
            time.sleep(0.05)
        return f"http://127.0.0.1:{port.read_text().splitlines()[0]}"


class Chromium:
    """A window of its own in that Chromium for one test; its pages are gone afterwards."""

    def __init__(self, process: ChromiumProcess) -> None:
        self._process = process
        self._playwright: Playwright
        self._browser: Browser
        self._context: BrowserContext

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        address = await asyncio.to_thread(self._process.address)
        self._browser = await self._playwright.chromium.connect_over_cdp(address)
        self._context = await self._browser.new_context()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._context.close()
        await self._browser.close()
        await self._playwright.stop()

    async def open(
        self, exchange: Exchange, username: str, secret: str = "", *, secure: bool = False
    ) -> WebPhone:
        """A page that has begun to register as this device of the test company, `secure` over wss instead of ws."""
        page = await self._context.new_page()
        extension = username.partition("-")[0]
        phone = WebPhone(page, username, exchange.instance.realm)
        page.on("pageerror", lambda error: phone.happen("page error", {"reason": str(error)}))
        await page.expose_function("happened", phone.happen)
        await page.goto(self._process.page)
        ports = exchange.instance
        socket = f"wss://127.0.0.1:{ports.tls_port}" if secure else f"ws://127.0.0.1:{ports.ws_port}"
        line = {
            "socket": socket,
            "uri": f"sip:{extension}@{exchange.instance.realm}",
            "username": username,
            "secret": secret or f"secret{username}",
        }
        await page.evaluate("line => webPhone.start(line)", line)
        return phone

    async def register(self, exchange: Exchange, username: str, *, secure: bool = False) -> WebPhone:
        """A page that is registered when this returns."""
        phone = await self.open(exchange, username, secure=secure)
        await phone.event("registered")
        return phone


class _Pages(SimpleHTTPRequestHandler):
    """The page, its script, and JsSIP from where `script/bootstrap --test` puts it."""

    def translate_path(self, path: str) -> str:
        return str(JSSIP) if path == "/jssip.js" else super().translate_path(path)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""
