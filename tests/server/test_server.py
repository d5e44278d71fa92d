"""The whole exchange by one command: it gets well, what dies comes back, and it leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pbxsite import instance as instances
from pbxsite.run import launch, server
from tests.rig.phones import Phones
from tests.rig.phones.process import PhoneError
from tests.rig.servers import environment
from tests.server.walk import walk

ROOT = instances.ROOT
#: Seconds after which a killed process must be there again.
BACK = 5.0
#: Processes that the health page asks something. The others give a sign of life every ten seconds.
ASKED = {"web", "redis", "edge", "relay", "media"}


class Exchange:
    """script/server without the bootstrap, in a folder of its own."""

    def __init__(self, var: Path, **settings: str) -> None:
        self.environ = environment(var, **settings)
        self.instance = instances.load(self.environ)
        self.var = str(self.instance.var)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=100,
        )

    def server(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "pbxsite.run.server", *arguments)

    def processes(self) -> dict[str, int]:
        infos: Any = server.proxy(self.instance).supervisor.getAllProcessInfo()
        return {info["name"]: info["pid"] for info in infos}

    def seconds_until_back(self, name: str) -> float:
        """Kill a process and measure until the supervisor has started another one, and that one answers."""
        before = self.processes()[name]
        began = time.monotonic()
        os.kill(before, signal.SIGKILL)
        while self.processes()[name] in (0, before) or not self.answers(name):
            assert time.monotonic() < began + 6 * BACK, f"{name} did not come back"
            time.sleep(0.05)
        return time.monotonic() - began

    def answers(self, name: str) -> bool:
        """Whether a process answers the health page; of those that are not asked, true."""
        if name not in ASKED:
            return True
        return bool((server.ask_health(self.instance) or {}).get(name, {}).get("ok"))

    def is_well(self) -> bool:
        health = server.ask_health(self.instance)
        return bool(health) and all(answer["ok"] for answer in health.values())

    def prepare(self) -> None:
        """What the bootstrap does."""
        for command in ("migrate", "collectstatic"):
            made = self.run("manage.py", command, "--no-input")
            assert made.returncode == 0, made.stderr

    def demo(self) -> dict[str, Any]:
        """The demonstration company."""
        company: dict[str, Any] = json.loads(self.run("manage.py", "demo", "--json").stdout)
        return company


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    exchange = Exchange(tmp_path_factory.mktemp("exchange"))
    exchange.prepare()
    try:
        started = exchange.server("--daemon")
        assert started.returncode == 0, started.stdout + started.stderr
        yield exchange
    finally:
        exchange.server("--stop")
        launch.end_leftovers(exchange.var)


pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.timeout(180)]


def test_a_second_start_only_prints_the_table(exchange: Exchange) -> None:
    before = exchange.processes()
    again = exchange.server()
    assert again.returncode == 0
    assert "this exchange already runs" in again.stdout
    assert f":{exchange.instance.http_port}/admin/" in again.stdout
    assert exchange.processes() == before


async def test_two_phones_with_what_was_printed_talk_and_leave_a_message(
    exchange: Exchange, phones: Phones
) -> None:
    walked = await walk(exchange.demo(), phones)
    assert walked.heard_by_caller > 0.9 and walked.heard_by_called > 0.9, walked
    assert abs(walked.louder_db) < 1, walked
    assert walked.lost_at_start_ms <= 200 and walked.lost_at_end_ms <= 200, walked
    assert walked.lamp_after_s < 2, walked


def test_every_process_that_is_killed_is_back_within_five_seconds(exchange: Exchange) -> None:
    took = {name: exchange.seconds_until_back(name) for name in exchange.processes()}
    # On a machine that does nothing else: the web process needs two seconds of a processor before it answers.
    patience = BACK * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert {name: seconds for name, seconds in took.items() if seconds > patience} == {}
    deadline = time.monotonic() + 60
    while not exchange.is_well():
        assert time.monotonic() < deadline, server.ask_health(exchange.instance)
        time.sleep(0.3)


async def test_another_exchange_with_other_settings_runs_beside_it(
    exchange: Exchange, phones: Phones, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = {"KIESTOON_NODE": "other1", "KIESTOON_REALM": "other.example", "KIESTOON_LANGUAGE": "en"}
    other = Exchange(tmp_path_factory.mktemp("other"), **settings)
    other.prepare()
    before = exchange.processes()
    try:
        started = await asyncio.to_thread(other.server, "--daemon")
        assert started.returncode == 0, started.stdout + started.stderr
        assert exchange.is_well() and other.is_well()
        at_first, at_other = exchange.demo(), other.demo()
        assert at_first["sip"]["port"] != at_other["sip"]["port"]
        # Each has its own people and secrets, and takes none of the other's.
        ours, theirs = (demo["users"][0]["devices"][0] for demo in (at_first, at_other))
        assert ours["username"] == theirs["username"] and ours["secret"] != theirs["secret"]
        host, port = at_other["sip"]["host"], at_other["sip"]["port"]
        await phones.register(theirs["username"], theirs["secret"], host, port)
        with pytest.raises(PhoneError):
            await phones.register(ours["username"], ours["secret"], host, port)
        stopped = await asyncio.to_thread(other.server, "--stop")
        assert stopped.returncode == 0
        # It can also be tried whether it starts, on a machine where another one works.
        checked = await asyncio.to_thread(other.server, "--check")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "all is well" in checked.stdout
        assert set(launch.marked(other.var)) == set()
        assert exchange.processes() == before and exchange.is_well()
    finally:
        await asyncio.to_thread(other.server, "--stop")
        launch.end_leftovers(other.var)


def test_a_check_of_what_cannot_start_says_so_and_leaves_nothing(exchange: Exchange, tmp_path: Path) -> None:
    taken = str(exchange.instance.http_port)
    other = Exchange(tmp_path / "var", KIESTOON_HTTP_PORT=taken)
    checked = other.server("--check")
    assert checked.returncode != 0
    assert taken in checked.stdout + checked.stderr
    assert set(launch.marked(other.var)) == set()


def test_status_tells_how_each_process_is(exchange: Exchange) -> None:
    told = exchange.server("--status")
    assert told.returncode == 0, told.stdout
    for name in ("edge", "relay", "redis", "media", "web", "worker", "beat", "agent"):
        assert name in told.stdout


def test_it_stops_and_leaves_nothing_behind(exchange: Exchange) -> None:
    stopped = exchange.server("--stop")
    assert stopped.returncode == 0
    assert set(launch.marked(exchange.var)) == set()
    assert exchange.server("--status").returncode == 1
