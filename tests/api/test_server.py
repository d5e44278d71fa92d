"""The web server by real connections: what many hear at once, and who does not listen."""

from __future__ import annotations

import base64
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pbxsite.http.bodies import LARGEST
from pbxsite.http.sockets import LIMIT, TOO_SLOW
from pbxsite.instance import ROOT
from tests.rig.servers import free_ports

KERNEL = 4096  # bytes that the client's side of a connection keeps, or a little more


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    (number,) = free_ports(1)
    command = ["-m", "pbxsite.run.serve", "-b", "127.0.0.1", "-p", str(number), "tests.rig.flood:application"]
    server = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", number), 1):
            break
        time.sleep(0.05)
    yield number
    server.terminate()
    server.wait(15)


class Page:
    """A WebSocket that reads when it is told to."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(10)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET / HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.stream = self.socket.makefile("rb")
        assert self.stream.readline().startswith(b"HTTP/1.1 101")
        while self.stream.readline() != b"\r\n":
            pass

    def ask(self, text: str) -> None:
        self.socket.sendall(bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text.encode())

    def read(self) -> bytes | int:
        """The next text, or the code with which the server closes."""
        kind, size = self.stream.read(2)
        if size > 125:
            (size,) = struct.unpack(
                *((">H", self.stream.read(2)) if size == 126 else (">Q", self.stream.read(8)))
            )
        payload = self.stream.read(size)
        assert kind in (0x81, 0x88), f"a frame begins where none is: {kind}"
        return payload if kind == 0x81 else int.from_bytes(payload[:2])


@pytest.fixture
def page(port: int) -> Iterator[Page]:
    opened = Page(port)
    yield opened
    opened.socket.close()


@pytest.mark.parametrize(("count", "size"), [(3, 8), (200, 1000), (2, 70_000)])
def test_who_reads_late_hears_everything_in_order_and_the_farewell(page: Page, count: int, size: int) -> None:
    page.ask(f"{count} {size} 0.3")
    time.sleep(0.1)  # late: what is sent waits for a reader
    for number in range(count):
        text = page.read()
        assert isinstance(text, bytes) and text.startswith(b"%08d" % number) and len(text) == size
    assert page.read() == 4401


def test_who_does_not_read_is_cut_off_with_a_reason(page: Page, port: int) -> None:
    page.ask("20000 1000 0")  # 20 MB at once
    other = Page(port)
    other.ask("1 8 0.01")
    assert other.read() == b"00000000", "and nobody else waits for it"
    heard = 0
    while isinstance(text := page.read(), bytes):
        assert text.startswith(b"%08d" % heard)
        heard += 1
    assert text == TOO_SLOW
    # What the server's kernel took at once (some MB) beside ours; nothing like all of it.
    assert heard * 1000 < 8_000_000 + LIMIT


def test_when_one_of_the_processes_ends_all_are_started_anew() -> None:
    (number,) = free_ports(1)
    command = ["-m", "pbxsite.run.serve", "-b", "127.0.0.1", "-p", str(number), "tests.rig.flood:application"]
    settings = {**os.environ, "KIESTOON_WEB_PROCESSES": "2"}
    for end, status in ((signal.SIGKILL, 1), (signal.SIGTERM, 0)):
        server = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=settings, stdout=subprocess.DEVNULL
        )
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        deadline = time.monotonic() + 15
        while len(found := children.read_text().split()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        with suppress(OSError), socket.create_connection(("127.0.0.1", number), 1):
            time.sleep(0.2)  # it waits for signals now
        os.kill(int(found[0]) if end == signal.SIGKILL else server.pid, end)
        assert server.wait(12) == status
        assert not any(Path(f"/proc/{pid}").exists() for pid in found)


def send_body(port: int, size: int, *, said: bool) -> bytes:
    """Send so many bytes, their number said before or in chunks; the answer's first line."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        length = f"Content-Length: {size}" if said else "Transfer-Encoding: chunked"
        head = ["POST / HTTP/1.1", "Host: localhost", length, "", ""]
        connection.sendall("\r\n".join(head).encode())
        part = bytes(1_000_000)
        sent = 0
        while sent < size:
            connection.sendall(part if said else b"%x\r\n%s\r\n" % (len(part), part))
            sent += len(part)
        if not said:
            connection.sendall(b"0\r\n\r\n")
        return connection.makefile("rb").readline()


@pytest.mark.parametrize("said", [True, False])
def test_a_request_of_any_size_is_not_kept(port: int, said: bool) -> None:
    assert send_body(port, LARGEST, said=said).startswith(b"HTTP/1.1 204")
    assert send_body(port, LARGEST + 1_000_000, said=said).startswith(b"HTTP/1.1 413")


def test_a_request_that_says_it_is_too_large_is_answered_before_it_comes(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        head = ["POST / HTTP/1.1", "Host: localhost", f"Content-Length: {LARGEST + 1}", "", ""]
        connection.sendall("\r\n".join(head).encode())
        answer = connection.makefile("rb").read()  # and the connection ends
    assert answer.startswith(b"HTTP/1.1 413") and b"25 MB" in answer


def test_who_hangs_up_in_the_middle_does_no_harm(port: int) -> None:
    gone = Page(port)
    gone.ask("20000 1000 0")
    gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # with a reset
    gone.stream.close()
    gone.socket.close()
    other = Page(port)
    other.ask("1 8 0.01")
    assert other.read() == b"00000000"
