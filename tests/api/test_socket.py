"""The socket of a web client: who gets in, what is told again after a gap, what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

import live
from accounts.models import SignInPolicy, User
from api.live import hub as hubs
from api.live.hub import hub
from pbxsite.asgi import application
from pbxsite.instance import instance
from tests.rig.api import Someone, live_call
from tests.rig.servers import Servers

pytestmark = pytest.mark.django_db(transaction=True)


def socket(someone: Someone | None, since: str | None = None, **more: str) -> WebsocketCommunicator:
    headers = [(b"host", b"localhost"), (b"origin", more.get("origin", "http://localhost").encode())]
    if someone is not None:
        cookies = "; ".join(f"{name}={one.value}" for name, one in someone.browser.cookies.items())
        headers.append((b"cookie", cookies.encode()))
    query = f"?since={since}" if since is not None else ""
    return WebsocketCommunicator(application, f"/ws/client/{query}", headers=headers)


@asynccontextmanager
async def connected(someone: Someone, since: str | None = None) -> AsyncIterator[WebsocketCommunicator]:
    """A socket that was let in, and has had its first message when it came with no id."""
    page = socket(someone, since)
    try:
        assert (await page.connect())[0]
        if since is None:
            assert (await message(page))["events"] == []
        yield page
    finally:
        await page.disconnect()


async def message(page: WebsocketCommunicator) -> dict[str, Any]:
    found: dict[str, Any] = await page.receive_json_from(5)
    return found


async def tell(**event: Any) -> None:
    user = event.pop("user", None)
    await asyncio.to_thread(live.publish, cast(Any, event), user=user)


def presence(status: str = "away") -> dict[str, Any]:
    return {"kind": "presence", "extension": "101", "status": status, "until": None, "message": ""}


@pytest.mark.parametrize("origin", ["http://localhost", "http://evil.example"])
async def test_a_stranger_is_not_let_in(origin: str) -> None:
    assert not (await socket(None, origin=origin).connect())[0]


async def test_nobody_is_let_in_from_another_site(anna: Someone) -> None:
    assert not (await socket(anna, origin="http://evil.example").connect())[0]


async def test_who_was_shut_out_or_lacks_a_second_factor_is_not_let_in(anna: Someone) -> None:
    await SignInPolicy.objects.acreate(second_factor_for_users=True)
    assert not (await socket(anna).connect())[0]
    await SignInPolicy.objects.all().adelete()
    await User.objects.aupdate(is_active=False)
    assert not (await socket(anna).connect())[0]


async def test_what_happens_is_told_to_everybody_it_concerns(anna: Someone, bert: Someone) -> None:
    async with connected(anna) as hers, connected(bert) as his:
        await tell(**presence())
        for page in (hers, his):
            assert (await message(page))["events"] == [presence()]
        await tell(kind="favourites", favourites=["101"], user=anna.user.pk)
        assert (await message(hers))["events"] == [{"kind": "favourites", "favourites": ["101"]}]
        await asyncio.to_thread(live_call, "c1", "100", "101")
        (mine,) = (await message(hers))["events"]
        (theirs,) = (await message(his))["events"]
        devices = [[one["device"] for one in event["call"]["parties"]] for event in (mine, theirs)]
        assert devices == [[1, None], [None, 2]]
        assert await his.receive_nothing(0.1)


@pytest.mark.parametrize("kind", ["ban", "trunk", "directory", "of tomorrow", 5, None])
async def test_what_no_client_may_know_reaches_none(anna: Someone, kind: Any) -> None:
    async with connected(anna) as page:
        await tell(kind=kind, extension="100", secret="x")
        await asyncio.to_thread(live.client().xadd, live.EVENTS, {"event": "no JSON"})
        await asyncio.to_thread(live.client().xadd, live.EVENTS, {"other": "x"})
        await tell(**presence())
        assert (await message(page))["events"] == [presence()]


async def test_what_was_missed_is_told_after_a_gap_and_once(anna: Someone) -> None:
    async with connected(anna) as page:
        await tell(**presence("away"))
        last = (await message(page))["id"]
    for status in ("lunch", "dnd"):
        await tell(**presence(status))
    async with connected(anna, last) as page:
        again = await message(page)
        assert [event["status"] for event in again["events"]] == ["lunch", "dnd"]
        await tell(**presence("holiday"))
        assert [event["status"] for event in (await message(page))["events"]] == ["holiday"]
    async with connected(anna, again["id"]) as page:
        assert [event["status"] for event in (await message(page))["events"]] == ["holiday"]


async def test_nothing_that_happens_while_it_catches_up_is_lost_or_told_twice(anna: Someone) -> None:
    await tell(**presence("available"))
    since = await asyncio.to_thread(live.last_event)
    stop = asyncio.Event()
    sent = 0

    async def busy() -> None:
        nonlocal sent
        while not stop.is_set():
            await tell(kind="extension", extension=str(1000 + sent), state="busy")
            sent += 1

    async with connected(anna):  # the reader runs already
        chatter = asyncio.create_task(busy())
        pages = [socket(anna, since) for _page in range(5)]
        for page in pages:
            await asyncio.sleep(0.03)
            assert (await page.connect())[0]
        stop.set()
        await chatter
        for page in pages:
            seen: list[str] = []
            while len(seen) < sent:
                seen += [event["extension"] for event in (await message(page))["events"]]
            assert seen == [str(1000 + number) for number in range(sent)]
            await page.disconnect()


@pytest.mark.parametrize("since", ["1-1", "", "x", "0-0'; DROP TABLE", "99999999999999-0", "9" * 400])
async def test_who_missed_too_much_loads_anew(anna: Someone, since: str) -> None:
    await tell(**presence())
    async with connected(anna, since) as page:
        if since == "":
            return  # no id at all: only from now on
        assert (await message(page))["events"] == [{"kind": "reload"}]
        await tell(**presence("dnd"))
        assert (await message(page))["events"] == [presence("dnd")], "and hears on"


async def test_a_gap_of_thousands_of_events_is_not_told(
    anna: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "REPLAY", 3)
    await tell(**presence())
    since = await asyncio.to_thread(live.last_event)
    for _event in range(4):
        await tell(**presence())
    async with connected(anna, since) as page:
        assert (await message(page))["events"] == [{"kind": "reload"}]


async def test_a_ping_is_answered_and_nothing_else_listened_to(anna: Someone) -> None:
    async with connected(anna) as page:
        await tell(**presence())
        last = (await message(page))["id"]
        await page.send_to("{" * 10_000)
        await page.send_to("ping")
        assert await message(page) == {"id": last, "events": []}


async def closed(page: WebsocketCommunicator) -> int:
    """The code with which a socket is closed, after the farewell."""
    assert (await message(page))["events"] == [{"kind": "bye"}]
    output = await page.receive_output(5)
    assert output["type"] == "websocket.close"
    return int(output["code"])


async def test_signing_out_closes_the_sockets_of_that_session_and_no_others(
    anna: Someone, bert: Someone
) -> None:
    async with connected(anna) as first, connected(anna) as second, connected(bert) as other:
        await sync_to_async(anna.browser.logout)()
        assert [await closed(page) for page in (first, second)] == [4401, 4401]
        assert await other.receive_nothing(0.1)


@pytest.mark.parametrize("how", ["password", "shut out", "other extension", "second factor"])
async def test_a_session_that_is_worth_nothing_any_more_is_found_out(
    anna: Someone, bert: Someone, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(hubs, "SWEEP", 0.1)

    def change() -> None:
        if how == "password":
            anna.user.set_password("another one")
            anna.user.save()
        elif how == "shut out":
            User.objects.filter(pk=anna.user.pk).update(is_active=False)
        elif how == "second factor":
            TOTP.activate(bert.user, generate_totp_secret())
            SignInPolicy.objects.create(second_factor_for_users=True)
        else:
            anna.extension.number = "199"
            anna.extension.save()

    async with connected(anna) as page, connected(bert) as other:
        await sync_to_async(change)()
        events = []
        while {"kind": "bye"} not in events:
            events += (await message(page))["events"]
        if how in ("shut out", "second factor"):
            assert await other.receive_nothing(0.3)
        if how == "second factor":
            assert (await sync_to_async(anna.ask)("GET", "/me")).status_code == 403
            assert (await sync_to_async(bert.ask)("GET", "/me")).status_code == 200


def connections() -> int:
    """Redis clients that wait for events."""
    found: Any = live.client().client_list()
    return sum(1 for one in found if one["cmd"].startswith("xread"))


async def test_a_hundred_sockets_share_one_reader(anna: Someone) -> None:
    pages = [socket(anna) for _page in range(100)]
    for page in pages:
        assert (await page.connect())[0]
        await message(page)
    await tell(**presence())
    for page in pages:
        assert (await message(page))["events"] == [presence()]
    assert await asyncio.to_thread(connections) == 1
    for page in pages:
        await page.disconnect()
    assert not hub().members and not hub()._tasks


async def test_a_redis_that_forgot_everything_makes_clients_load_anew(
    anna: Someone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "RETRY", 0.1)
    with Servers(tmp_path / "own") as servers:
        servers.start("redis")
        monkeypatch.setitem(instance.__dict__, "redis_url", servers.instance.redis_url)
        live.client.cache_clear()
        await tell(**presence())
        async with connected(anna) as page:
            # Killed, with nothing on its disk.
            await asyncio.to_thread(servers["redis"].kill)
            await asyncio.to_thread(servers["redis"].start)
            assert (await message(page))["events"] == [{"kind": "reload"}]
            await tell(**presence("dnd"))
            assert (await message(page))["events"] == [presence("dnd")]


async def test_without_redis_the_client_is_told_to_come_back(
    anna: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(instance.__dict__, "redis_url", "redis://127.0.0.1:1/0")
    page = socket(anna)
    assert (await page.connect())[0]
    output = await page.receive_output(5)
    assert (output["type"], output["code"]) == ("websocket.close", 4503)
    await page.disconnect()
