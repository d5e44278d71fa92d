"""Real Redis, Kamailio and rtpengine for tests, each instance on free ports with a folder of its own.

with Servers(tmp_path) as servers:
    servers.start("redis", "relay", "edge")
    servers.instance.sip_port …
"""

from __future__ import annotations

import fcntl
import http.client
import os
import pwd
import random
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

from pbxsite import instance as instances
from pbxsite.instance import Instance
from telephony.edge import commands, config

READY_SECONDS = 15
RESERVED = Path("/tmp/kiestoon-test-ports")
_held: list[int] = []  # descriptors of locked files; the kernel unlocks them when this process ends


def reserve(name: object) -> bool:
    """Take something that only one test process of this machine may use; False when another has it."""
    RESERVED.mkdir(mode=0o777, exist_ok=True)
    descriptor = os.open(RESERVED / str(name), os.O_CREAT | os.O_RDWR, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _held.append(descriptor)
    return True


def free_ports(count: int) -> list[int]:
    """Ports that are free for UDP and TCP on loopback, below those that the kernel hands out. No test process of this
    machine is given one twice."""
    ports: list[int] = []
    while len(ports) < count:
        port = secrets.randbelow(9000) + 10_000
        if not reserve(port):
            continue
        with suppress(OSError):
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with closing(socket.socket(socket.AF_INET, kind)) as probe:
                    probe.bind(("127.0.0.1", port))
            ports.append(port)
    return ports


def free_range() -> str:
    """Ports for RTP, as the setting wants them: nobody else's, as long as there are such.

    Enough for a conference of thirty over a trunk (four ports a call in the relay's half), and as many just before.
    """
    size = 400
    # Telephones of tests take theirs from 34000 on, and the system lends some from 32768 on: rather below that.
    low, high = list(range(20_000, 32_400, size)), list(range(48_400, 60_000, size))
    order = random.sample(low, len(low)) + random.sample(high, len(high))
    first = next((first for first in order if reserve(f"rtp-{first}")), order[0])
    return f"{first}-{first + size - 1}"


def environment(var: Path, **settings: str) -> dict[str, str]:
    """Environment of an instance of its own below `var`; `settings` win."""
    names = ("HTTP", "SIP", "SIP_TLS", "SIP_WS", "CORE", "MEDIA", "REDIS", "RELAY")
    ports = free_ports(len(names))
    own = {f"KIESTOON_{name}_PORT": str(port) for name, port in zip(names, ports, strict=True)}
    own |= {
        "KIESTOON_VAR": str(var),
        "KIESTOON_RTP_PORTS": free_range(),
        "KIESTOON_USER": pwd.getpwuid(os.geteuid()).pw_name,
    }
    foreign = {"DATABASE_URL", "REDIS_URL"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KIESTOON_") and name not in foreign
    }
    return kept | own | settings


def udp_sockets(pid: int, low: int, high: int) -> int:
    """How many UDP ports of this range a process has open."""
    own = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            own.add(handle.readlink().name)
    found = 0
    # Of the whole machine: other processes may have got ports in this range.
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        port, inode = int(fields[1].rpartition(":")[2], 16), fields[9]
        found += low <= port <= high and f"socket:[{inode}]" in own
    return found


class Server:
    """One child process; everything it prints is in `log`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        ready: Callable[[], bool],
    ) -> None:
        self.name, self.command, self.environ, self.ready = name, list(command), dict(environ), ready
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it serves. Raises RuntimeError with the end of its log when it does not."""
        with self.log.open("ab") as log:
            # A session of its own: ending it ends its children.
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, env=self.environ, start_new_session=True
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(
                    f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-3000:]}"
                )
            time.sleep(0.02)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for who does not listen."""
        if self.process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL to the whole family at once."""
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait(10)

    def freeze(self, on: bool) -> None:
        """Stop the whole family where it is (SIGSTOP), or let it go on."""
        self._signal(signal.SIGSTOP if on else signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                if number != signal.SIGTERM:
                    os.killpg(self.process.pid, number)
                else:
                    self.process.send_signal(number)


class Servers:
    """The servers of one instance. Nothing runs until `start` names it; leaving the context ends everything."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.environ = environment(folder / "var", **settings)
        self.instance: Instance = instances.load(self.environ)
        self.instance.make_folders()
        self.running: dict[str, Server] = {}

    def __enter__(self) -> Servers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in reversed(self.running.values()):
            server.stop()

    def __getitem__(self, name: str) -> Server:
        return self.running[name]

    def start(self, *names: str) -> None:
        """Start some of "redis", "relay" (rtpengine) and "edge" (Kamailio; `config.render` comes before)."""
        commands_of: dict[str, tuple[Callable[[], list[str]], Callable[[], bool]]] = {
            "redis": (self._redis, lambda: _answers(self.instance.redis_port, b"PING\r\n", b"+PONG")),
            "relay": (lambda: commands.rtpengine(self.instance), self._relay_ready),
            "edge": (lambda: commands.kamailio(self.instance), self._edge_ready),
        }
        for name in names:
            command, ready = commands_of[name]
            if name == "edge" and not (config.folder(self.instance) / "local.cfg").exists():
                config.render(self.instance)
            self.add(name, command(), ready)

    def add(self, name: str, command: Sequence[str], ready: Callable[[], bool] = lambda: True) -> Server:
        """Start any other program with this instance's environment."""
        server = Server(name, command, self.instance.log, self.environ, ready)
        server.start()
        self.running[name] = server
        return server

    def revive(self) -> None:
        """Start again whatever a test that failed left dead, or stopped where it was."""
        for server in self.running.values():
            server.freeze(False)
            if not server.alive:
                server.start()

    def _redis(self) -> list[str]:
        instance = self.instance
        return [
            *("redis-server", "--port", str(instance.redis_port), "--bind", "127.0.0.1"),
            *("--save", "", "--appendonly", "no", "--dir", str(instance.run)),
        ]

    def _edge_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.instance.core_port, timeout=1)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        return False

    def _relay_ready(self) -> bool:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe, suppress(OSError):
            probe.settimeout(0.2)
            probe.connect(("127.0.0.1", self.instance.relay_port))
            probe.send(b"1 d7:command4:pinge")
            return b"pong" in probe.recv(1000)
        return False


def _answers(port: int, question: bytes, answer: bytes) -> bool:
    with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=0.5)) as probe:
        probe.sendall(question)
        return probe.recv(100).startswith(answer)
    return False
