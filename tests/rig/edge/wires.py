"""SIP over UDP, TCP, TLS and WebSocket (RFC 7118) for tests: blocking sockets with a deadline, nothing clever."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import struct
import time
from typing import Protocol


class Wire(Protocol):
    """A way to exchange whole SIP messages with one peer."""

    transport: str

    @property
    def address(self) -> tuple[str, int]:
        """Our end."""

    def send(self, data: bytes) -> None: ...

    def receive(self, timeout: float) -> bytes:
        """The next message. Raises TimeoutError after `timeout` seconds, ConnectionError when the peer hung up."""

    def close(self) -> None: ...


class UdpWire:
    transport = "UDP"

    def __init__(self, peer: tuple[str, int], local: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.peer = peer
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(local)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.socket.getsockname()
        return host, port

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, self.peer)

    def receive(self, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        while True:
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            data = self.socket.recv(65535)
            if data.strip():  # not a keep-alive
                return data

    def close(self) -> None:
        self.socket.close()


class TcpWire:
    transport = "TCP"

    def __init__(self, peer: tuple[str, int], local: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.socket = socket.create_connection(peer, timeout=5, source_address=local)
        self.buffer = b""

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.socket.getsockname()
        return host, port

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def receive(self, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        while True:
            self.buffer = self.buffer.lstrip(b"\r\n")
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if found:
                length = _content_length(head)
                if len(rest) >= length:
                    self.buffer = rest[length:]
                    return head + found + rest[:length]
            self._read(deadline)

    def _read(self, deadline: float) -> None:
        self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
        data = self.socket.recv(65535)
        if not data:
            raise ConnectionError("the edge closed the connection")
        self.buffer += data

    def close(self) -> None:
        self.socket.close()


class TlsWire(TcpWire):
    transport = "TLS"

    def __init__(self, peer: tuple[str, int], local: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        super().__init__(peer, local)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)


class WsWire(TcpWire):
    """A browser's side of a WebSocket, as far as SIP needs it."""

    transport = "WS"

    def __init__(
        self, peer: tuple[str, int], local: tuple[str, int] = ("127.0.0.1", 0), secure: bool = False
    ) -> None:
        super().__init__(peer, local)
        if secure:
            self.transport = "WSS"
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET / HTTP/1.1\r\nHost: {peer[0]}:{peer[1]}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n".encode()
        )
        deadline = time.monotonic() + 5
        while b"\r\n\r\n" not in self.buffer:
            self._read(deadline)
        head, _found, self.buffer = self.buffer.partition(b"\r\n\r\n")
        if b" 101 " not in head.splitlines()[0]:
            raise ConnectionError(head.decode(errors="replace"))

    def send(self, data: bytes, opcode: int = 1) -> None:
        mask = os.urandom(4)
        if len(data) < 126:
            length = bytes([0x80 | len(data)])
        elif len(data) < 65536:
            length = bytes([0x80 | 126]) + struct.pack("!H", len(data))
        else:
            length = bytes([0x80 | 127]) + struct.pack("!Q", len(data))
        body = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self.socket.sendall(bytes([0x80 | opcode]) + length + mask + body)

    def receive(self, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        while True:
            frame = self._frame()
            if frame is None:
                self._read(deadline)
            elif frame[0] == 9:
                self.send(frame[1], opcode=10)
            elif frame[0] == 8:
                raise ConnectionError("the edge closed the WebSocket")
            elif frame[0] in (1, 2) and frame[1].strip():
                return frame[1]

    def _frame(self) -> tuple[int, bytes] | None:
        """Take one unmasked frame (opcode, payload) off the buffer."""
        if len(self.buffer) < 2:
            return None
        length, start = self.buffer[1] & 0x7F, 2
        if length == 126:
            if len(self.buffer) < 4:
                return None
            length, start = struct.unpack("!H", self.buffer[2:4])[0], 4
        elif length == 127:
            if len(self.buffer) < 10:
                return None
            length, start = struct.unpack("!Q", self.buffer[2:10])[0], 10
        if len(self.buffer) < start + length:
            return None
        opcode, payload = self.buffer[0] & 0x0F, self.buffer[start : start + length]
        self.buffer = self.buffer[start + length :]
        return opcode, payload


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.strip().lower() in (b"content-length", b"l"):
            return int(value)
    return 0
