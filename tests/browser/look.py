"""`python -m tests.browser.look [PART OF A PATH …]`: pictures of every page, to be looked at.

Starts an exchange of its own with the test company and writes var/shots/<path>-<language>-<theme>-<width>.png of
client, account and administration: in Dutch and English, light and dark, at a desk and on a telephone.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import django
from playwright.async_api import Error as PlaywrightError

from pbxsite.instance import ROOT
from tests.rig import samples
from tests.rig.browser.pages import ACCOUNT, STRANGERS, Pages
from tests.rig.browser.webclient import PASSWORD, start_web
from tests.rig.exchange import Exchange

SHOTS = ROOT / "var" / "shots"
LANGUAGES, THEMES, WIDTHS = ("nl", "en"), ("light", "dark"), (1280, 360)
CLIENT = (
    *("/team", "/calls", "/voicemail", "/forwarding"),
    *("/settings/general", "/settings/audio", "/settings/security", "/settings/devices"),
)
ADMIN = tuple(
    f"/admin/{path}"
    for path in (
        *("", "accounts/user/", "accounts/user/add/", "telephony/extension/", "telephony/device/"),
        *("telephony/call/", "telephony/trunk/", "telephony/trunk/add/", "telephony/receptionist/add/"),
        *("telephony/recording/", "telephony/officehours/", "presence/reachability/"),
    )
)
SETTLE = 15_000  # ms at most until nothing loads any more
FILL = """
from accounts.models import User
from tests.bench.people import fill_log
from tests.rig import samples
User.objects.filter(extension__number="100").update(is_staff=True, is_superuser=True)
fill_log(["100", "101", "102"])
samples.rows(User.objects.get(extension__number="100"))
"""


def main(wanted: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder, Exchange(Path(folder)) as exchange:
        start_web(exchange)
        exchange.run("manage.py", "shell", "-c", FILL)
        address = f"http://127.0.0.1:{exchange.instance.http_port}"
        count = asyncio.run(take_all(exchange, address, wanted))
    print(f"== {count} pictures in {SHOTS}")


async def take_all(exchange: Exchange, address: str, wanted: list[str]) -> int:
    """Every page that has one of the wanted parts in its path; how many pictures."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    count = 0
    cookie = await sign_in(address)
    inside = (*CLIENT, *samples.pages(), *ACCOUNT, *ADMIN, *(f"/admin/{one}/" for one in samples.lists()))
    for language in LANGUAGES:
        speak = f"from accounts.models import User; User.objects.update(language={language!r})"
        await exchange.manage("shell", "-c", speak)
        for session, paths in ((cookie, inside), ("", STRANGERS)):
            chosen = [path for path in paths if not wanted or any(part in path for part in wanted)]
            async with Pages(address, session, language) as pages:
                for path, theme, width in itertools.product(chosen, THEMES, WIDTHS):
                    name = path.strip("/").replace("/", "-") or "first"
                    shot = SHOTS / f"{name}{'' if session else '-stranger'}-{language}-{theme}-{width}.png"
                    await take(pages, path, theme, width, shot)
                    count += 1
    return count


async def sign_in(address: str) -> str:
    """The session of Anna, who has all rights."""
    async with Pages(address) as pages:
        page = await pages.open("/account/login/?next=/account/sessions/")
        await page.fill("[name=login]", "100")
        await page.fill("[name=password]", PASSWORD)
        await page.press("[name=password]", "Enter")
        await page.wait_for_url("**/account/sessions/")
        return next(one["value"] for one in await page.context.cookies() if one["name"] == "sessionid")


async def take(pages: Pages, path: str, theme: str, width: int, shot: Path) -> None:
    """One picture; who is asked for the password again gives it."""
    page = await pages.open(path, theme, width)
    if "/reauthenticate/" in page.url and "/reauthenticate/" not in path:
        await page.fill("[name=password]", PASSWORD)
        await page.press("[name=password]", "Enter")
        await page.wait_for_url(f"**{path}")
    with suppress(PlaywrightError):
        await page.wait_for_load_state("networkidle", timeout=SETTLE)
    await page.screenshot(path=shot, full_page=True)
    await page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
