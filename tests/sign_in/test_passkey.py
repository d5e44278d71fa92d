"""A passkey, made and used in a real browser with Chromium's virtual authenticator (WebAuthn)."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.async_api import Page, async_playwright

from accounts.models import User

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
PASSWORD = "a good long secret"


async def press(page: Page, button: str, then: str) -> None:
    """Click, and wait until another page is there whose path begins with `then`."""
    before = page.url
    await page.click(button)
    await page.wait_for_url(lambda url: url != before and urlsplit(url).path.startswith(then), timeout=15_000)


async def make_and_use(site: str) -> list[str]:
    """Sign in by password, make a passkey, sign out, sign in with it; the addresses that were reached."""
    reached = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        try:
            page = await browser.new_page()
            devtools = await page.context.new_cdp_session(page)
            await devtools.send("WebAuthn.enable")
            await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
            await page.goto(f"{site}/account/login/?next=/account/sessions/")
            await page.fill("[name=login]", "anna@example.org")
            await page.fill("[name=password]", PASSWORD)
            await press(page, "form[action*=login] button[type=submit]", "/account/sessions/")
            # Making a key asks for the password once more.
            await page.goto(f"{site}/account/2fa/webauthn/add/")
            await page.fill("[name=password]", PASSWORD)
            await press(page, "main .card button[type=submit]", "/account/2fa/webauthn/add/")
            await page.fill("[name=name]", "My laptop")
            await page.check("[name=passwordless]")
            await press(page, "#mfa_webauthn_add", "/account/2fa/")
            reached.append(page.url)
            await page.goto(f"{site}/account/logout/")
            await press(page, "main button[type=submit]", "/account/login/")
            await page.goto(f"{site}/account/login/?next=/account/sessions/")
            await press(page, "#passkey_login", "/account/sessions/")
            reached.append(page.url)
        finally:
            await browser.close()
    return reached


@pytest.mark.django_db(transaction=True)
def test_a_passkey_signs_in_without_a_password(live_server: object, settings: object) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # type: ignore[attr-defined]
    User.objects.create_user("anna@example.org", PASSWORD, name="Anna", language="en")
    site = live_server.url  # type: ignore[attr-defined]
    reached = asyncio.run(make_and_use(site))
    assert reached[-1] == f"{site}/account/sessions/"
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert key.last_used_at is not None
    assert str(key) == "My laptop"
