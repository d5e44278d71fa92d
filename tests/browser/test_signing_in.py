"""Signing in as a person with an authenticator app does it: with the right code, and with wrong ones."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.async_api import Page, expect

from accounts.models import User
from tests.rig.browser.pages import Pages
from tests.rig.web import _apart

__all__ = ["_apart"]

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]
PASSWORD = "a good long secret"
ATTEMPTS = 5  # wrong ones, before the door is closed for a while


def code(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def secret(transactional_db: None) -> str:
    """That of Anna's authenticator app."""
    anna = User.objects.create_user("anna@example.org", PASSWORD, name="Anna", language="en")
    secret = generate_totp_secret()
    TOTP.activate(anna, secret)
    return secret


async def enter_password(pages: Pages) -> Page:
    page = await pages.open("/account/login/?next=/account/sessions/")
    await page.get_by_label("E-mail address or extension").fill("anna@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url("**/account/2fa/authenticate/**")
    return page


async def enter_code(page: Page, digits: str) -> None:
    await page.locator("input[name=code]").fill(digits)
    async with page.expect_navigation():
        await page.locator("input[name=code]").press("Enter")


def test_with_password_and_code_one_is_in(live_server: Any, secret: str) -> None:
    async def enter() -> None:
        async with Pages(live_server.url) as pages:
            page = await enter_password(pages)
            await enter_code(page, code(secret))
            await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
            assert pages.complaints == []

    asyncio.run(enter())


def test_wrong_codes_close_the_door_for_the_right_one_too(live_server: Any, secret: str) -> None:
    wrong = f"{(int(code(secret)) + 500_000) % 1_000_000:06d}"

    async def guess() -> None:
        async with Pages(live_server.url) as pages:
            page = await enter_password(pages)
            for _attempt in range(ATTEMPTS):
                await enter_code(page, wrong)
                await expect(page).to_have_url(re.compile("/account/2fa/authenticate/"))
            await enter_code(page, code(secret))
            await expect(page.get_by_role("alert")).to_contain_text("Too many")
            await page.goto(f"{live_server.url}/account/sessions/")
            await expect(page).to_have_url(re.compile("/account/(login|2fa/authenticate)/"))

    asyncio.run(guess())
