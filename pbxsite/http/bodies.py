"""How much a request may bring: daphne keeps its body on disk before any of our code knows its sender."""

from __future__ import annotations

from typing import Any, cast

from daphne import http_protocol
from twisted.internet import reactor

LARGEST = 25_000_000  # bytes; more than the largest upload that a page takes
LINGER = 5.0  # seconds that a sender gets to hear the answer: many look for one only once they have sent everything
TEXT = b"This is more than 25 MB, which is the most that the exchange takes at once."
ANSWER = b"\r\n".join(
    (
        b"HTTP/1.1 413 Content Too Large",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Length: %d" % len(TEXT),
        b"Connection: close",
        b"",
        TEXT,
    )
)


class Request(http_protocol.WebRequest):
    """A request that is refused as soon as it says that it is too large, or turns out to be."""

    taken = 0
    refused = False

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        if length is not None and length > LARGEST:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        self.taken += len(data)
        if not self.refused and self.taken > LARGEST:
            self._refuse()
        if not self.refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        if not self.refused:
            return super().process()
        self.channel.loseConnection()
        return None

    def _refuse(self) -> None:
        self.refused = True
        self.content.truncate(0)
        self.channel.transport.write(ANSWER)
        channel, clock = self.channel, cast(Any, reactor)
        clock.callLater(LINGER, lambda: channel.transport and channel.loseConnection())


def limit() -> None:
    """Have daphne make such requests; it has no setting for that."""
    http_protocol.WebRequest = Request
