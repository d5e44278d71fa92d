"""A short way out for what a thousand WebSockets are told at once.

By the server's own way every message is framed, queued and waited for once more for each socket, and what a client
does not read is kept without end. An `Outlet` takes frames that are made once, writes them at once, and keeps no more
than LIMIT.
"""

from __future__ import annotations

from collections import deque
from typing import Any

EXTENSION = "kiestoon.outlet"  # in a scope's "extensions": the Outlet of a WebSocket
LIMIT = (
    256 * 1024
)  # bytes that wait for a client that does not read, beside what kernel and transport keep for it
TOO_SLOW = 4408  # why a socket closes: like HTTP's 408
FAREWELL = 10.0  # seconds in which a client may still read why


def frame_of(text: str) -> bytes:
    """A text message as a server sends it: one frame, not masked (RFC 6455 §5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2) + payload
    return b"\x81\x7f" + size.to_bytes(8) + payload


class Outlet:
    """What goes out over one WebSocket. Sending never waits and never fails; a closed socket gets nothing.

    To the transport it is a producer, which is paused while the client is far behind.
    """

    def __init__(self, protocol: Any) -> None:
        self._protocol, self._transport = protocol, protocol.transport
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._paused = self._over = False
        protocol.closeHandshakeTimeout = FAREWELL
        self._transport.unregisterProducer()  # the HTTP connection that this was
        self._transport.registerProducer(self, True)

    def send(self, frame: bytes) -> None:
        """Write the frame, or keep it until the client has read what went before; one that falls behind is closed."""
        if self._over or self._protocol.state != self._protocol.STATE_OPEN:
            return
        if not self._paused:
            self._write(frame)
            return
        self._waiting.append(frame)
        self._size += len(frame)
        if self._size > LIMIT:
            self._over = True
            self._waiting.clear()
            # Goes behind the frames that the transport has; a client that comes back is told what it missed.
            self._protocol.sendClose(code=TOO_SLOW)

    def push(self) -> None:
        """Give all that waits to the transport, so that what is written next (a farewell) comes behind it."""
        self._transport.write(b"".join(self._waiting))
        self._waiting.clear()
        self._size = 0

    def _write(self, frame: bytes) -> None:
        transport = self._transport
        if transport.dataBuffer or transport._tempDataBuffer:
            transport.write(frame)  # behind what is not written yet
            return
        # At once, as nearly always: `write` would have the reactor ask first whether the socket can be written to.
        sent = transport.writeSomeData(frame)
        # Otherwise the connection is lost, which the transport finds out by itself.
        if isinstance(sent, int) and sent < len(frame):
            transport.write(frame[sent:])

    # --- what the transport tells its producer

    def pauseProducing(self) -> None:
        self._paused = True

    def resumeProducing(self) -> None:
        self._paused = False
        while self._waiting and not self._paused:
            frame = self._waiting.popleft()
            self._size -= len(frame)
            self._write(frame)
        if self._transport.disconnecting and not self._paused:
            self._transport.unregisterProducer()  # which lets it end

    def stopProducing(self) -> None:
        self._over = True
        self._waiting.clear()
