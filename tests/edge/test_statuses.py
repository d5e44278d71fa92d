"""A temporary status ends to the second, by the agent that really runs: also after its death, and without Redis."""

from __future__ import annotations

import asyncio
import datetime
import json
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from django.utils import timezone

from presence.timer import Timer
from tests.edge.test_agent import Exchange
from tests.rig.edge.events import until
from tests.rig.servers import Servers

pytestmark = pytest.mark.xdist_group("edge-statuses")

SET = """
import datetime, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "pbxsite.settings"
django.setup()
from django.utils import timezone
from presence import actions
from telephony.models import Extension
extension = Extension.objects.get(number="{extension}")
actions.do_set_status(extension, "{status}", until=timezone.now() + datetime.timedelta(seconds={seconds}))
"""


SET_UNTIL = """
import datetime, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "pbxsite.settings"
django.setup()
from django.utils import timezone
from presence import actions
from telephony.models import Extension
assert timezone.localtime().utcoffset() == datetime.timedelta(hours={hours}), timezone.localtime()
if "{status}":
    until = datetime.datetime.fromisoformat("{until}")
    actions.do_set_status(Extension.objects.get(number="{extension}"), "{status}", until=until)
"""

# The second at which three o'clock in Amsterdam becomes two o'clock.
CLOCKS_GO_BACK = datetime.datetime(2026, 10, 25, 1, tzinfo=datetime.UTC)
LEAD = 14  # seconds before it in which the agent starts


class Company(Exchange):
    """Redis, the database and the agent; nobody telephones."""

    def set_status(self, extension: str, status: str, seconds: float) -> float:
        """As another process does; when it ends, in Unix seconds."""
        self.manage("-c", SET.format(extension=extension, status=status, seconds=seconds))
        return self.end_of(extension)

    def end_of(self, extension: str) -> float:
        ((text,),) = self.rows(
            "SELECT until FROM presence_presence p JOIN telephony_extension e ON e.id = p.extension_id"
            f" WHERE e.number = '{extension}'"
        )
        return datetime.datetime.fromisoformat(f"{text}+00:00").timestamp()

    def status_of(self, extension: str) -> Any:
        return self.rows(
            "SELECT status, until FROM presence_presence p JOIN telephony_extension e"
            f" ON e.id = p.extension_id WHERE e.number = '{extension}'"
        )[0]

    def listen(self) -> redis.client.PubSub:
        channel = self.redis.pubsub()
        channel.subscribe("kiestoon:live")
        channel.get_message(timeout=1)
        return channel


def heard(channel: redis.client.PubSub, extension: str, seconds: float = 20) -> dict[str, Any]:
    """The next news of somebody being available again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        message = channel.get_message(ignore_subscribe_messages=True, timeout=0.2)
        if message:
            news: dict[str, Any] = json.loads(message["data"])
            if (news["kind"], news.get("extension"), news.get("status")) == (
                "presence",
                extension,
                "available",
            ):
                return news
    raise AssertionError(f"nobody said that {extension} is available again")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with Servers(tmp_path_factory.mktemp("statuses")) as servers:
        one = Company(servers)
        one.manage("-m", "tests.rig.edge.rows")
        servers.start("redis")
        one.start_agent()
        until(lambda: one.redis.pubsub_numsub("kiestoon:directory")[0][1] >= 1, 40)
        yield one


def test_a_temporary_status_ends_within_a_second(company: Company) -> None:
    with closing(company.listen()) as channel:
        end = company.set_status("100", "dnd", 4)
        assert company.status_of("100")[0] == "dnd"
        news = heard(channel, "100")
        assert 0 <= time.time() - end < 1
    assert news == {
        "kind": "presence",
        "extension": "100",
        "status": "available",
        "until": None,
        "message": "",
    }
    assert company.status_of("100") == ("available", None)


def test_one_that_ends_sooner_is_not_kept_waiting_by_one_that_ends_later(company: Company) -> None:
    with closing(company.listen()) as channel:
        company.set_status("101", "away", 3600)
        end = company.set_status("102", "lunch", 3)
        heard(channel, "102")
        assert 0 <= time.time() - end < 1
    assert company.status_of("101")[0] == "away"


def test_what_ended_while_the_agent_was_dead_is_made_up_for(company: Company) -> None:
    company.servers["agent"].kill()
    company.set_status("103", "holiday", 0.5)
    later = company.set_status("104", "holiday", 8)
    assert company.status_of("103")[0] == "holiday"
    with closing(company.listen()) as channel:
        company.start_agent()
        heard(channel, "103", 40)
        heard(channel, "104")
        assert time.time() >= later
    assert company.status_of("103") == company.status_of("104") == ("available", None)


def faketime(offset: int) -> dict[str, str]:
    """What makes a process live so many seconds after now (libfaketime)."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    return {"LD_PRELOAD": str(library), "FAKETIME": f"{offset:+d}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def test_it_ends_to_the_second_in_the_night_in_which_the_clocks_go_back(company: Company) -> None:
    company.servers["agent"].kill()
    environ, change = company.servers.environ, CLOCKS_GO_BACK.timestamp()
    before = dict(environ)
    offset = round(change - LEAD - time.time())
    environ |= faketime(offset) | {"KIESTOON_TIME_ZONE": "Europe/Amsterdam"}
    try:
        with closing(company.listen()) as channel:
            company.start_agent()
            # Set in summer time, five seconds after the change: 2:00:05 for the second time that night.
            until_ = datetime.datetime.fromtimestamp(change + 5, datetime.UTC).isoformat()
            company.manage("-c", SET_UNTIL.format(extension="105", status="dnd", until=until_, hours=2))
            assert time.time() + offset < change, "this machine is too slow: the agent missed the change"
            assert company.end_of("105") == change + 5
            heard(channel, "105", 40)
            assert 0 <= time.time() + offset - (change + 5) < 1
            company.manage("-c", SET_UNTIL.format(extension="", status="", until="", hours=1))
    finally:
        environ.clear()
        environ |= before
        company.servers["agent"].kill()
        company.start_agent()


def test_it_does_not_need_redis(company: Company) -> None:
    company.servers["redis"].kill()
    try:
        end = company.set_status("105", "away", 2)
        # The news of it was lost: it is found at the next look.
        until(lambda: company.status_of("105") == ("available", None), 45)
        assert time.time() >= end
    finally:
        company.servers["redis"].start()


# --- the waiting itself


async def test_it_waits_for_the_earliest_end_and_looks_again_when_told() -> None:
    asked: asyncio.Queue[float] = asyncio.Queue()
    coming: datetime.datetime | None = None

    async def ask(_work: Any) -> datetime.datetime | None:
        await asked.put(time.monotonic())
        return coming

    timer = Timer(ask)
    task = asyncio.create_task(timer.run(lambda: None))
    async with asyncio.timeout(10):
        await asked.get()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asked.get(), 0.2)
        end = time.monotonic() + 0.3
        coming = timezone.now() + datetime.timedelta(seconds=0.3)
        timer.look_again()
        assert await asked.get() < end
        assert 0 <= await asked.get() - end < 0.2
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
