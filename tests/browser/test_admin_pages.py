"""The administration in a real browser: nothing of it needs what its Content-Security-Policy forbids."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from playwright.async_api import expect

from accounts.models import User
from telephony.extensions.models import Device, Extension
from tests.rig.browser.pages import Pages
from tests.rig.web import _apart

__all__ = ["_apart"]

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]
# Fields that nobody can read back what they typed in.
NARROW = """
[...document.querySelectorAll("form input[type=text], form input[type=email], form input[type=url]")]
    .filter((one) => one.checkVisibility() && one.clientWidth < 90 && !(one.maxLength > 0 && one.maxLength < 8))
    .map(({ name }) => name)
"""


@pytest.fixture
def cookie() -> str:
    """The session of an administrator of a small company."""
    boss = User.objects.create_superuser("boss@example.org", "secret", name="Boss", language="en")
    anna = User.objects.create_user("anna@example.org", "secret", name="Anna", language="en")
    extension = Extension.objects.create(number="100", name="Anna", user=anna)
    device = Device(extension=extension, username="100")
    device.set_secret("secret")
    device.save()
    browser = Client()
    browser.force_login(boss)
    return browser.cookies["sessionid"].value


def paths() -> list[str]:
    """Every list of the administration, and every page on which something is added."""
    request = HttpRequest()
    request.user = User.objects.get(email="boss@example.org")
    found = [reverse("admin:index")]
    for model, pages in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{name}_changelist"))
        if pages.has_add_permission(request):
            found.append(reverse(f"{name}_add"))
    return found


def test_no_page_of_the_administration_meets_its_policy_or_squeezes_a_field(
    live_server: Any, cookie: str
) -> None:
    asked = [*paths(), reverse("admin:accounts_user_change", args=[User.objects.get(name="Anna").pk])]

    async def visit() -> list[str]:
        async with Pages(live_server.url, cookie) as pages:
            for path in asked:
                page = await pages.open(path)
                pages.complaints += [f"{path}: {name} is too narrow" for name in await page.evaluate(NARROW)]
                await page.close()
            return pages.complaints

    assert asyncio.run(visit()) == []


def test_what_moves_on_a_page_of_the_administration_works(live_server: Any, cookie: str) -> None:
    async def use() -> list[str]:
        async with Pages(live_server.url, cookie) as pages:
            page = await pages.open(reverse("admin:accounts_user_changelist"))
            await page.locator("a", has_text="Filters").first.click()
            await page.get_by_role("link", name="Yes").nth(1).click()
            await expect(page.get_by_role("link", name="anna@example.org")).to_have_count(0)
            await page.locator("#action-toggle").check()
            await expect(page.get_by_role("combobox", name="Action")).to_be_visible()
            await page.locator("#nav-sidebar").get_by_text("boss@example.org").click()
            await page.get_by_text("Dark", exact=True).click()
            await expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
            await page.reload()
            await expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
            return pages.complaints

    assert asyncio.run(use()) == []


def test_the_description_of_the_api_comes_from_the_exchange_alone(live_server: Any, cookie: str) -> None:
    async def read() -> tuple[set[str], list[str]]:
        asked = set()
        async with Pages(live_server.url, cookie) as pages:
            context = await pages.context("light", 1280)
            context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
            page = await pages.open("/api/v1/docs")
            await expect(page.get_by_text("/api/v1/me", exact=True).first).to_be_visible()
            await page.locator("#operations-me-get_me").get_by_text("/api/v1/me").click()
            await page.get_by_role("button", name="Try it out").click()
            await page.get_by_role("button", name="Execute").click()
            await expect(page.get_by_text("boss@example.org").first).to_be_visible()
            return asked, pages.complaints

    asked, complaints = asyncio.run(read())
    assert asked == {urlsplit(live_server.url).netloc} and complaints == []
