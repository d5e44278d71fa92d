"""Web clients for load: HTTP/1.1 and WebSocket (RFC 6455), no more of them than the exchange's own client uses.

Both are written out because a library's client costs several times what the exchange spends on an answer, and
measures itself.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from dataclasses import dataclass, field

TOKEN = "benchbenchbenchbenchbenchbenchbe"  # the CSRF token: cookie and header have to be the same, no more


class WebError(Exception):
    """The exchange answered something else than it must."""


@dataclass
class Http:
    """One browser's connection, kept open."""

    port: int
    session: str
    etags: dict[str, str] = field(default_factory=dict)
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: object = None) -> float:
        """One request; seconds until its whole answer was there. Raises WebError."""
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: sessionid={self.session}; csrftoken={TOKEN}",
            f"X-CSRFToken: {TOKEN}",
            "Accept-Encoding: gzip, deflate, br",  # as every browser has it
        ]
        if content:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        if path in self.etags:
            lines.append(f"If-None-Match: {self.etags[path]}")
        began = time.perf_counter()
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        status, headers = await self._head()
        if "content-length" in headers:
            await self.reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int((await self.reader.readline()).strip(), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readline()
        took = time.perf_counter() - began
        if status not in (200, 204, 304):
            raise WebError(f"{method} {path}: {status}")
        if "etag" in headers:
            self.etags[path] = headers["etag"]
        if headers.get("connection") == "close":
            self.close()
        return took

    async def _head(self) -> tuple[int, dict[str, str]]:
        assert self.reader is not None
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in head[1:] if line)
        return int(head[0].split(" ")[1]), {name.lower(): value.strip() for name, _colon, value in fields}

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Socket(asyncio.Protocol):
    """One tab's socket: notes when a text that it waits for has come."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.wanted = b""
        self.heard = 0.0
        self.came = asyncio.Event()
        self._seen = b""
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int, session: str) -> Socket:
        """Connect and shake hands. Raises WebError when not let in."""
        loop = asyncio.get_running_loop()
        _transport, socket = await loop.create_connection(lambda: cls(port, session), "127.0.0.1", port)
        await asyncio.wait_for(socket.opened, 30)
        return socket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        host = f"127.0.0.1:{self.port}"
        lines = [
            "GET /ws/client/ HTTP/1.1",
            f"Host: {host}",
            f"Origin: http://{host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Cookie: sessionid={self.session}",
        ]
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            self._seen += data
            # The hub's first message says that from now on everything is told.
            if b"\r\n\r\n" in self._seen and not self._seen.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(WebError(self._seen[:60].decode("latin-1")))
            elif b'"events":[]' in self._seen:
                self.opened.set_result(None)
        elif not self.heard and self.wanted and self.wanted in data:
            self.heard = time.perf_counter()
            self.came.set()
        if data[:1] == b"\x89" and self._transport is not None:  # ping: a pong of the same, masked with zeros
            said = data[2 : 2 + data[1]]
            self._transport.write(bytes((0x8A, 0x80 | len(said), 0, 0, 0, 0)) + said)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(WebError(f"not let in: {error}"))

    def wait_for(self, text: bytes) -> None:
        """From now on, note when this comes."""
        self.wanted, self.heard = text, 0.0
        self.came.clear()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
