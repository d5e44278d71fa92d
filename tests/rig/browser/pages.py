"""The pages that Django serves, in a real Chromium: those of one's account, and the administration.

    async with Pages(live_server.url, cookie) as pages:
        page = await pages.open("/account/2fa/", theme="dark", width=360)
        assert await wanting(page) == []
        assert pages.complaints == []

There is no exchange behind them: the pages need a database only.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from pbxsite.instance import ROOT
from tests.rig.browser.webphone import CHROMIUM, FLAGS

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# The rules of WCAG 2.2 A and AA, and what else axe calls serious.
CHECK = """
async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
"""
# What the page's policy kept from running, loading or going somewhere.
WATCH = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
    console.error(`policy: ${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`);
});
"""
#: Pages for who has not signed in, and for who has.
STRANGERS = (
    "/account/login/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/welcome/",
    "/nowhere/",
)
ACCOUNT = (
    *("/account/password/change/", "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/"),
    *("/account/2fa/webauthn/add/", "/account/reauthenticate/", "/account/sessions/", "/account/linked/"),
    *("/account/logout/", "/welcome/", "/nowhere/", "/recordings/1/sound"),
)
#: For who has a second factor.
SECOND_FACTOR = ("/account/2fa/", "/account/2fa/recovery-codes/", "/account/2fa/totp/deactivate/")


async def wanting(page: Page) -> list[str]:
    """What axe finds serious on the page as it is. The browser's own tools put it in, past the page's policy."""
    await page.evaluate(AXE.read_text() + "; undefined")
    found: list[str] = await page.evaluate(CHECK)
    return found


class Pages:
    """A browser of one person: `cookie` is that of their session, "" for a stranger."""

    def __init__(self, address: str, cookie: str = "", language: str = "en") -> None:
        self.address = address
        self.complaints: list[str] = []
        self._cookie = cookie
        self._language = language
        self._playwright: Playwright
        self._browser: Browser
        self._contexts: dict[Any, BrowserContext] = {}

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._browser.close()
        await self._playwright.stop()

    async def context(self, theme: str, width: int) -> BrowserContext:
        """A window so wide (CSS pixels) on a system with that theme."""
        if (theme, width) not in self._contexts:
            context = await self._browser.new_context(
                color_scheme="dark" if theme == "dark" else "light",
                locale=self._language,
                viewport={"width": width, "height": 800},
                reduced_motion="reduce",
            )
            await context.add_init_script(WATCH)
            if self._cookie:
                await context.add_cookies([{"name": "sessionid", "value": self._cookie, "url": self.address}])
            self._contexts[theme, width] = context
        return self._contexts[theme, width]

    async def open(self, path: str, theme: str = "light", width: int = 1280) -> Page:
        """The page, loaded; what it complains about from now on is kept."""
        page = await (await self.context(theme, width)).new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{path}: {error}"))
        page.on("console", lambda said: self._hear(path, said.text))
        await page.goto(self.address + path, wait_until="load")
        return page

    def _hear(self, path: str, text: str) -> None:
        if text.startswith("policy:") or "Content Security Policy" in text:
            self.complaints.append(f"{path}: {text}")
