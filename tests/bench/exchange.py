"""A whole exchange for a measurement: own folder, own ports, started and stopped by script/server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

from pbxsite.instance import ROOT, Instance, load
from pbxsite.run import launch, server
from tests.bench.cpu import resident
from tests.rig.servers import free_ports

#: What a call passes through; the others (web, worker, beat, agent) are told apart in the conditions.
PATH = ("edge", "relay", "media", "redis")
CALLER, CALLEE, RECORDED = "1001", "1002", "1003"
FIRST_USER = 2000


class BenchError(Exception):
    """The measurement can't be made; the text says why."""


def say(text: str) -> None:
    """Progress, for the person at the terminal; standard output is for figures."""
    print(text, file=sys.stderr, flush=True)


def children_of_all() -> dict[int, list[int]]:
    """The children of every process on this machine."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                # The name before it may hold blanks and brackets (proc(5)).
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    return children


def family(pid: int, children: dict[int, list[int]]) -> list[int]:
    """A process and everything that descends from it."""
    return [pid, *(member for child in children.get(pid, []) for member in family(child, children))]


class Exchange:
    """A running exchange with extensions for load. A context manager; at its end nothing of it is left."""

    def __init__(self, users: int = 1000, keep: bool = False) -> None:
        self.users = users
        self.keep = keep
        self.folder = Path(tempfile.mkdtemp(prefix="kiestoon-bench-"))
        self.folder.chmod(0o755)  # the exchange runs as another user and must reach its var
        web, sip, tls, websocket = free_ports(4)
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("KIESTOON_") and name not in ("DATABASE_URL", "REDIS_URL")
        } | {
            "KIESTOON_VAR": str(self.folder / "var"),
            "KIESTOON_HTTP_PORT": str(web),
            "KIESTOON_SIP_PORT": str(sip),
            "KIESTOON_SIP_TLS_PORT": str(tls),
            "KIESTOON_SIP_WS_PORT": str(websocket),
            # As many as by default, half of them the media node's: two ports a leg, two legs a call.
            "KIESTOON_RTP_PORTS": "16000-21999",
            "KIESTOON_DRAIN_SECONDS": "2",
        }
        self.instance: Instance = load(self.environ)

    def __enter__(self) -> Exchange:
        try:
            say(f"starting an exchange in {self.folder}")
            self._run("script/server", "--daemon")
            self.manage("demo", "--bench", str(self.users))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        subprocess.run(
            ["script/server", "--stop"], cwd=ROOT, env=self.environ, stdout=subprocess.DEVNULL, check=False
        )
        launch.end_leftovers(str(self.instance.var))
        if self.keep:
            say(f"what the exchange left is in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def sip(self) -> str:
        """host:port where phones send their SIP."""
        return f"{self.instance.advertised}:{self.instance.sip_port}"

    @property
    def work(self) -> Path:
        """Where the load generators leave their files."""
        path = self.folder / "load"
        path.mkdir(exist_ok=True)
        return path

    def _run(self, *command: str) -> None:
        with (self.work / "commands.log").open("ab") as log:
            done = subprocess.run(
                command, cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if done.returncode:
            tail = (self.work / "commands.log").read_text(errors="replace")[-3000:]
            raise BenchError(f"{' '.join(command)} failed with {done.returncode}:\n{tail}")

    def manage(self, *arguments: str) -> None:
        """`manage.py …` as the user that the exchange runs as, so that its files stay that user's."""
        self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> None:
        """`python …` as that user, with the exchange's settings."""
        script = '. script/lib.sh; choose_user; exec "${AS_DAEMON[@]}" "$PYTHON" "$@"'
        self._run("bash", "-c", script, "script/python", *arguments)

    def pids(self) -> dict[str, list[int]]:
        """The process ids of every part, children included."""
        infos: Any = server.proxy(self.instance).supervisor.getAllProcessInfo()
        children = children_of_all()
        return {info["name"]: family(info["pid"], children) for info in infos if info["pid"]}

    def memory(self, part: str) -> float:
        """MiB of one part."""
        return resident(self.pids()[part])

    def user(self, number: int) -> str:
        """The extension of the n-th user for load, over and over."""
        return str(FIRST_USER + number % self.users)
