"""The pages about one's own account: for a screen reader, on a telephone, in the theme that the person chose."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from playwright.async_api import expect

from accounts.models import User
from tests.rig.browser.pages import ACCOUNT, SECOND_FACTOR, STRANGERS, Pages, wanting
from tests.rig.web import _apart

__all__ = ["_apart"]

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]
PASSWORD = "a good long secret"
SMALL = 360  # CSS pixels


def enter(name: str, **more: Any) -> str:
    """Somebody new who has just signed in; the cookie of their session."""
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, name=name, **{"language": "en", **more})
    browser = Client()
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser.cookies["sessionid"].value


def add_second_factor(name: str) -> None:
    user = User.objects.get(name=name)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)


async def look_at(address: str, cookie: str, paths: tuple[str, ...], theme: str) -> dict[str, list[str]]:
    """What is wrong with each of these pages, at a desk and on a telephone."""
    found: dict[str, list[str]] = {}
    async with Pages(address, cookie) as pages:
        for path in paths:
            page = await pages.open(path, theme)
            if "/reauthenticate/" in page.url and "/reauthenticate/" not in path:
                await page.fill("[name=password]", PASSWORD)
                await page.press("[name=password]", "Enter")
                await page.wait_for_url(f"**{path}")
            found[path] = await wanting(page)
            await page.set_viewport_size({"width": SMALL, "height": 740})
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[path].append("wider than a telephone")
            found[path] += await wanting(page)
            await page.close()
        found["policy"] = pages.complaints
    return {place: problems for place, problems in found.items() if problems}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_of_who_signs_in(live_server: Any, theme: str) -> None:
    assert asyncio.run(look_at(live_server.url, "", STRANGERS, theme)) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_in_the_way_on_the_pages_of_ones_account(live_server: Any, theme: str) -> None:
    cookie = enter("Anna")
    assert asyncio.run(look_at(live_server.url, cookie, ACCOUNT, theme)) == {}
    add_second_factor("Anna")
    assert asyncio.run(look_at(live_server.url, cookie, SECOND_FACTOR, theme)) == {}


def test_the_pages_of_ones_account_have_the_theme_that_the_person_chose(live_server: Any) -> None:
    cookie = enter("Anna", theme="dark")

    async def visit() -> None:
        async with Pages(live_server.url, cookie) as pages:
            for path in ("/account/sessions/", "/nowhere/"):
                page = await pages.open(path, "light")
                await expect(page.locator("body")).to_have_css("background-color", "rgb(16, 24, 26)")

    asyncio.run(visit())


def test_the_sign_in_page_has_the_theme_that_this_browser_has(live_server: Any) -> None:
    async def visit() -> None:
        async with Pages(live_server.url) as pages:
            page = await pages.open("/account/login/", "light")
            await expect(page.locator("body")).to_have_css("background-color", "rgb(251, 252, 252)")
            await page.evaluate("localStorage.setItem('kiestoon.theme', 'dark')")
            await page.reload()
            await expect(page.locator("body")).to_have_css("background-color", "rgb(16, 24, 26)")

    asyncio.run(visit())
