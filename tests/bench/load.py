"""The load: registrations, callers and callees by SIPp, sound by rtp_load."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from tests.bench.exchange import BenchError, Exchange
from tests.rig.phones.sipp import Sipp, SippResult, authentication
from tests.rig.servers import free_ports

SOURCE = Path(__file__).with_name("rtp_load.c")
FOLLOW_SECONDS = 0.01
PCMA = {"payload": 8, "codec": "PCMA/8000"}
G722 = {"payload": 9, "codec": "G722/8000"}


@dataclass
class Heard:
    """What one stream, or several together, sent and received."""

    sent: int = 0
    unsent: int = 0
    received: int = 0
    expected: int = 0
    reordered: int = 0
    silent: int = 0
    sources: int = 0
    seconds: float = 0.0
    longest_gap: float = 0.0  # ms
    jitter: float = 0.0  # µs, the worst
    streams: int = 0

    @property
    def lost(self) -> int:
        """Packets that the sequence numbers miss."""
        return max(0, self.expected - self.received)

    @property
    def missing(self) -> int:
        """Packets that the clock misses (one every 20 ms), whatever the numbers say."""
        return max(0, round(self.seconds / 0.02) + self.streams - self.received)

    def add(self, other: Heard) -> None:
        for one in fields(self):
            worst = one.name in ("longest_gap", "jitter")
            mine, more = getattr(self, one.name), getattr(other, one.name)
            setattr(self, one.name, max(mine, more) if worst else mine + more)


class RtpLoad:
    """Many RTP streams. `ports` are theirs; SIPp's log says when each of them talks, and to whom."""

    def __init__(
        self,
        folder: Path,
        streams: int,
        frames: Path,
        payload: int = 8,
        once: bool = False,
        silence: int = 0xD5,
    ) -> None:
        binary = build(folder)
        command = [binary, "127.0.0.1", streams, payload, 160, 160, frames]
        if once:
            command += ["once", silence]
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdin and self.process.stdout
        words = self.process.stdout.readline().split()
        if words[:1] != ["ports"]:
            raise BenchError("rtp_load did not start")
        self.ports = [int(word) for word in words[1:]]
        self._writing = threading.Lock()
        self._following: list[threading.Thread] = []
        self._ending = threading.Event()

    @property
    def pid(self) -> int:
        return self.process.pid

    def say(self, line: str) -> None:
        assert self.process.stdin
        with self._writing:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def follow(self, log: Path) -> None:
        """Hand on what SIPp logs from now on."""
        thread = threading.Thread(target=self._follow, args=(log,), daemon=True)
        thread.start()
        self._following.append(thread)

    def _follow(self, log: Path) -> None:
        while not log.exists() and not self._ending.wait(FOLLOW_SECONDS):
            pass
        if not log.exists():
            return
        rest = ""
        with log.open() as file:
            while not self._ending.wait(FOLLOW_SECONDS):
                *lines, rest = (rest + file.read()).split("\n")
                for line in lines:
                    if line.startswith(("talk ", "quiet ")):
                        self.say(line)

    def mark(self) -> None:
        """Count from here."""
        self.say("mark")

    def report(self) -> Heard:
        """All streams together since the mark."""
        self.say("report")
        assert self.process.stdout
        together = Heard()
        for line in self.process.stdout:
            if line.strip() == "end":
                return together
            _port, *numbers = line.split()
            one = Heard(*(int(number) for number in numbers[:7]))
            one.seconds, one.longest_gap, one.jitter = (float(number) for number in numbers[7:])
            one.streams = int(one.received > 0)
            together.add(one)
        raise BenchError("rtp_load ended early")

    def close(self) -> None:
        self._ending.set()
        for thread in self._following:
            thread.join(1)
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def build(folder: Path) -> Path:
    """Compile rtp_load once. Raises BenchError with the compiler's words."""
    binary = folder / "rtp_load"
    if not binary.exists():
        if not shutil.which("gcc"):
            raise BenchError("gcc is not installed: apt-get install gcc")
        command = ["gcc", "-O2", "-Wall", "-o", str(binary), str(SOURCE), "-lpthread"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise BenchError(done.stderr)
    return binary


class Unheard:
    """A port where sound goes unheard. To a closed one the kernel would answer by ICMP, at the exchange's expense."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # What does not fit is dropped at once.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def close(self) -> None:
        self._socket.close()


def register(exchange: Exchange, number: str, port: int, seconds: int = 3600) -> None:
    """Register one extension at a local port. Raises BenchError."""
    result = register_many(exchange, [number], 1, 1, seconds=seconds, contact=f"127.0.0.1:{port}", port=port)
    if result.successful != 1:
        raise BenchError(f"{number} could not register: {result}")


def register_many(
    exchange: Exchange,
    numbers: Iterable[str],
    rate: int,
    times: int,
    *,
    seconds: int = 3600,
    contact: str = "",
    port: int = 0,
) -> SippResult:
    """Send `times` registrations at `rate` a second, the numbers in turn."""
    port = port or free_ports(1)[0]
    rows = [(number, secret(number), contact or f"127.0.0.1:{port}") for number in numbers]
    run = Sipp.start(
        exchange.work,
        "register",
        exchange.sip,
        port=port,
        rows=rows,
        keys={"expires": seconds},
        rate=rate,
        calls=times,
        options=("-recv_timeout", 5000),
    )
    return run.finish(times / rate + 30)


def secret(number: str) -> str:
    return authentication(number, f"pw{number}")


class Callee:
    """A SIPp that is registered as an extension and answers every call at once."""

    def __init__(self, exchange: Exchange, number: str, rtp_ports: Iterable[int] = (9,)) -> None:
        self.exchange, self.number = exchange, number
        self.port = free_ports(1)[0]
        register(exchange, number, self.port)
        rows = [(port,) for port in rtp_ports]
        self.sipp = Sipp.start(
            exchange.work, "callee", exchange.sip, port=self.port, rows=rows, keys=PCMA, options=("-aa",)
        )
        time.sleep(0.3)

    @property
    def pid(self) -> int:
        return self.sipp.pid

    def stop(self) -> SippResult:
        """End it and take back its registration: the next call must not ring where nobody is."""
        result = self.sipp.stop()
        register(self.exchange, self.number, self.port, seconds=0)
        return result


def call(
    exchange: Exchange,
    rows: Iterable[tuple[str, str, int]],
    *,
    rate: float,
    calls: int,
    seconds: float,
    codec: dict[str, object] | None = None,
) -> Sipp:
    """Start calls: rows of (caller, number dialled, RTP port) in turn, each of `seconds` after the answer."""
    return Sipp.start(
        exchange.work,
        "caller",
        exchange.sip,
        port=free_ports(1)[0],
        rows=[(caller, secret(caller), number, port) for caller, number, port in rows],
        keys=codec or dict(PCMA),
        rate=rate,
        calls=calls,
        options=("-d", round(seconds * 1000), "-recv_timeout", 20000),
    )
