"""PUBLISH (RFC 3903) to Kamailio's private socket, over UDP with asyncio.

    client = await Publisher.open(instance)
    await client.publish("100", "dialog", payloads.DIALOG_INFO, document)

One document for each extension and event: the next one replaces it (SIP-If-Match); what Kamailio has forgotten is
published anew (412). Documents of one extension and event go out one after another, others beside them.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from pbxsite.instance import Instance

T1, T2 = 0.5, 4.0  # seconds, RFC 3261 §17.1.2.1
TIMEOUT = 4.0  # seconds until Kamailio counts as away; RFC 3261 would wait 32
EXPIRES = 3600  # seconds


class PublishError(Exception):
    """Kamailio refused a document."""


class PublishTimeoutError(PublishError):
    """Kamailio does not answer."""


@dataclass
class _Published:
    """What Kamailio holds for one extension and event."""

    etag: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Answer:
    """Status code and the headers that matter here."""

    status: int
    reason: str
    etag: str
    expires: int


class Publisher(asyncio.DatagramProtocol):
    """A user agent that publishes. Use `open`; not shared between event loops."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._transport: asyncio.DatagramTransport | None = None
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._published: dict[tuple[str, str], _Published] = {}

    @classmethod
    async def open(cls, instance: Instance) -> Publisher:
        """Bind a socket on loopback."""
        loop = asyncio.get_running_loop()
        _transport, protocol = await loop.create_datagram_endpoint(
            lambda: cls(instance), local_addr=("127.0.0.1", 0)
        )
        return protocol

    def close(self) -> None:
        """Give the socket back; callers that wait for an answer get PublishTimeoutError."""
        if self._transport is not None:
            self._transport.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(PublishTimeoutError("the publisher was closed"))

    async def adopt(self, held: Iterable[tuple[str, str, str]]) -> None:
        """Take over what Kamailio holds, as (extension, event, entity tag): documents of an earlier agent would
        otherwise stay beside ours, and a lamp would stay lit. Of several for one lamp all but one are withdrawn."""
        for published in self._published.values():
            published.etag = ""
        for extension, event, etag in held:
            published = self._published.setdefault((extension, event), _Published())
            async with published.lock:
                if published.etag:
                    await self._send(extension, event, "", "", etag, expires=0)
                else:
                    published.etag = etag

    async def publish(self, extension: str, event: str, kind: str, body: str) -> None:
        """Publish `body` (content type `kind`) as the state of `extension` for an hour.

        Raises PublishTimeoutError after four seconds without an answer, PublishError for another refusal than 412.
        """
        published = self._published.setdefault((extension, event), _Published())
        async with published.lock:
            answer = await self._send(extension, event, kind, body, published.etag)
            if (
                answer.status != 200 and published.etag
            ):  # 412 Conditional Request Failed: it forgot our document
                answer = await self._send(extension, event, kind, body, "")
            if answer.status != 200:
                published.etag = ""
                raise PublishError(f"PUBLISH {event} of {extension}: {answer.status} {answer.reason}")
            published.etag = answer.etag

    async def refresh(self, extension: str, event: str) -> bool:
        """Prolong the last document (RFC 3903 §4.1); False when Kamailio has none of ours any more."""
        published = self._published.setdefault((extension, event), _Published())
        async with published.lock:
            if not published.etag:
                return False
            answer = await self._send(extension, event, "", "", published.etag)
            published.etag = answer.etag if answer.status == 200 else ""
            return answer.status == 200

    async def notify(self, extension: str, event: str) -> int:
        """NOTIFY outside a subscription to every device of an extension, such as event "check-sync;reboot=false"; the
        first final answer's status."""
        uri = f"sip:{extension}@{self.instance.realm}"
        headers = f"Event: {event}\r\nSubscription-State: terminated\r\n"
        return (await self._request("NOTIFY", uri, headers, "", "")).status

    async def _send(
        self, extension: str, event: str, kind: str, body: str, etag: str, expires: int = EXPIRES
    ) -> Answer:
        headers = f"Event: {event}\r\nExpires: {expires}\r\n"
        if etag:
            headers += f"SIP-If-Match: {etag}\r\n"
        return await self._request("PUBLISH", f"sip:{extension}@{self.instance.realm}", headers, kind, body)

    async def _request(self, method: str, uri: str, headers: str, kind: str, body: str) -> Answer:
        """One non-INVITE client transaction (RFC 3261 §17.1.2)."""
        if self._transport is None or self._transport.is_closing():
            raise PublishTimeoutError("the publisher is closed")
        host, port = self._transport.get_extra_info("sockname")
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        payload = body.encode()
        content = f"Content-Type: {kind}\r\n" if body else ""
        message = (
            f"{method} {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {host}:{port};branch={branch};rport\r\n"
            "Max-Forwards: 70\r\n"
            f"From: <sip:exchange@{self.instance.realm}>;tag={secrets.token_hex(4)}\r\n"
            f"To: <{uri}>\r\n"
            f"Call-ID: {secrets.token_hex(12)}\r\n"
            f"CSeq: 1 {method}\r\n"
            f"Contact: <sip:exchange@{host}:{port}>\r\n"
            f"{headers}{content}Content-Length: {len(payload)}\r\n\r\n"
        ).encode() + payload
        loop = asyncio.get_running_loop()
        self._waiting[branch] = future = loop.create_future()
        deadline, pause = loop.time() + TIMEOUT, T1
        try:
            while True:
                self._transport.sendto(message, ("127.0.0.1", self.instance.core_port))
                left = deadline - loop.time()
                done, _pending = await asyncio.wait({future}, timeout=min(pause, max(left, 0)))
                if done:
                    return future.result()
                if left <= pause:
                    raise PublishTimeoutError(f"Kamailio does not answer on port {self.instance.core_port}")
                pause = min(pause * 2, T2)
        finally:
            del self._waiting[branch]

    # asyncio.DatagramProtocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Before Python 3.12 it is not an instance of asyncio.DatagramTransport.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """A final answer wakes its request; provisional ones and noise are ignored."""
        head = data.decode(errors="replace").partition("\r\n\r\n")[0]
        start = re.match(r"SIP/2\.0 (\d{3}) ?(.*)", head)
        branch = re.search(r"^Via:[^\r\n]*;branch=([^;,\s]+)", head, re.M | re.I)
        if not start or not branch or int(start.group(1)) < 200:
            return
        future = self._waiting.get(branch.group(1))
        if future is not None and not future.done():
            future.set_result(
                Answer(
                    int(start.group(1)),
                    start.group(2).strip(),
                    _header(head, "SIP-ETag"),
                    int(_header(head, "Expires") or 0),
                )
            )

    def error_received(self, exc: Exception) -> None:
        """ICMP "port unreachable": Kamailio is not there yet. The retransmission tries again."""


def _header(head: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)}\s*:\s*([^\r\n]*)", head, re.M | re.I)
    return found.group(1).strip() if found else ""
