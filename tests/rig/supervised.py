"""An exchange under its real supervisor, whose processes a test kills: they come back as in production."""

from __future__ import annotations

import asyncio
import configparser
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from xmlrpc.client import Fault

import pytest

from pbxsite.instance import ROOT
from pbxsite.run import launch, processes, server
from telephony.edge import rpc
from tests.rig.exchange import Exchange

# What a call needs. The others (web, worker, beat) would only slow the test down.
NEEDED = ("redis", "relay", "edge", "media", "agent")
START_SECONDS = 40.0
DRAIN_SECONDS = 20


class SupervisedExchange(Exchange):
    """Redis, rtpengine, Kamailio, a media worker and the agent, started with production's own configuration.

    And what else is `needed`, "web" for one.
    """

    def __init__(self, folder: Path, *needed: str) -> None:
        super().__init__(folder)
        self.needed = (*NEEDED, *needed)
        self.servers.environ["KIESTOON_DRAIN_SECONDS"] = str(DRAIN_SECONDS)

    def __enter__(self) -> Self:
        self.run("-m", "tests.rig.exchange_rows", f"127.0.0.1:{self.trunk_port}")
        self.run("manage.py", "edge_config")
        configuration = processes.write_configuration(self.instance)
        wanted = configparser.RawConfigParser(interpolation=None)
        wanted.read(configuration)
        for section in wanted.sections():
            if section.startswith("program:") and section.removeprefix("program:") not in self.needed:
                wanted.remove_section(section)
        with configuration.open("w") as file:
            wanted.write(file)
        with (self.instance.log / "supervisord.out").open("wb") as output:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
                cwd=ROOT,
                env=self.servers.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._wait_until_well()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.supervisor.terminate()
        try:
            self.supervisor.wait(DRAIN_SECONDS + 15)
        except subprocess.TimeoutExpired:
            self.supervisor.kill()
            self.supervisor.wait()
        launch.end_leftovers(str(self.instance.var))
        processes.supervisor_socket(self.instance).unlink(missing_ok=True)

    def _wait_until_well(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.well():
            if time.monotonic() > deadline or self.supervisor.poll() is not None:
                logs = [self.log(name)[-1500:] for name in ("supervisord", *self.needed)]
                raise RuntimeError("the exchange did not start:\n" + "\n".join(logs))
            time.sleep(0.1)

    # --- processes

    def log(self, name: str) -> str:
        """All that a process has printed."""
        path = self.instance.log / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def pid(self, name: str) -> int:
        """The process id now, 0 while there is none; what only clears up behind the last one does not count."""
        with suppress(OSError, Fault):
            info: Any = server.proxy(self.instance).supervisor.getProcessInfo(name)
            if b"launch.py" not in Path(f"/proc/{info['pid']}/cmdline").read_bytes():
                return int(info["pid"])
        return 0

    def signal(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to the main process, as an administrator or the kernel would; its process id."""
        pid = self.pid(name)
        assert pid, f"{name} does not run"
        os.kill(pid, number)
        return pid

    async def back(self, name: str, before: int, seconds: float = 30) -> float:
        """Wait until the supervisor has replaced process `before` and all is well; how many seconds that took."""
        began = time.monotonic()
        while self.pid(name) in (0, before) or not await asyncio.to_thread(self.well):
            if time.monotonic() > began + seconds:
                raise AssertionError(f"{name} did not come back:\n{self.log(name)[-2000:]}")
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    async def kill(self, name: str) -> float:
        """kill -9, and wait until the exchange takes calls again; how many seconds that took."""
        return await self.back(name, self.signal(name))

    def well(self) -> bool:
        """Whether everything that a call needs answers, and Kamailio knows that the media node does."""
        if not (self._redis_ready() and self.servers._relay_ready() and self.servers._edge_ready()):
            return False
        try:
            nodes = rpc.dispatcher(to=self.instance)
        except rpc.EdgeError:
            return False
        if "web" in self.needed and not self._web_ready():
            return False
        return bool(nodes) and all(node.up for node in nodes) and self._media_ready()

    def _web_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.instance.http_port, timeout=2)
        with closing(connection) as web, suppress(OSError, http.client.HTTPException):
            web.request("GET", "/healthz")
            return web.getresponse().status in (200, 503)  # it answers, whoever else is not well
        return False

    def _redis_ready(self) -> bool:
        with (
            suppress(OSError),
            closing(socket.create_connection(("127.0.0.1", self.instance.redis_port), 1)) as it,
        ):
            it.sendall(b"PING\r\n")
            return it.recv(100).startswith(b"+PONG")
        return False

    # --- what breaks

    def forget_redis(self) -> None:
        """Remove what Redis has written to its disk: it comes back empty."""
        shutil.rmtree(self.instance.var / "redis" / "appendonlydir")

    # --- the disk

    def half_written(self) -> list[Path]:
        """What is in the voicemail folders and belongs to no message."""
        rows = self.rows("SELECT file FROM voicemail_message")
        known = {self.instance.voicemail / row["file"] for row in rows}
        found = {path for path in self.instance.voicemail.glob("*/*") if path.is_file()}
        return sorted(path for path in found - known if ".part" in path.name or ".tmp" in path.name)

    @contextmanager
    def small_disk(self, megabytes: int) -> Iterator[Path]:
        """The voicemail folder is a disk of its own, of this size. Needs root."""
        folder = str(self.instance.voicemail)
        options = f"size={megabytes}m,mode=755"
        if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]).returncode:
            pytest.skip("no disk can be mounted here")
        try:
            yield self.instance.voicemail
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
