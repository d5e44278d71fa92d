"""SIP by hand over UDP: subscriptions, notifications, and messages that no decent phone would send.

    async with Wire("100", "secret", host, port) as wire:
        await wire.register()
        await wire.subscribe("101", "dialog", "application/dialog-info+xml")
        assert 'state="full"' in (await wire.notify()).body

It answers NOTIFY and OPTIONS with 200 by itself and leaves every other request to the test.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from types import TracebackType

from tests.rig.phones.digest import authorization
from tests.rig.phones.message import NotSip, SipMessage, build
from tests.rig.phones.process import Happenings, PhoneError

WAIT = 5.0  # seconds
RESEND = 0.5  # seconds: T1 of RFC 3261, section 17.1.1.1
ANSWERED_BY_ITSELF = ("NOTIFY", "OPTIONS")


class Wire(asyncio.DatagramProtocol):
    """One UDP socket that speaks SIP as the test tells it."""

    def __init__(self, username: str, secret: str, host: str, port: int, extension: str = "") -> None:
        self.username, self.secret = username, secret
        self.number = extension or username
        self.host, self.port = host, port
        self.happenings = Happenings(f"wire {self.number}")
        self.address = ("", 0)
        self._cseq = 0

    async def __aenter__(self) -> Wire:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.address = self.transport.get_extra_info("sockname")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = SipMessage.parse(data)
        except NotSip:
            return
        kind = "request" if message.method else "response"
        self.happenings.add({"event": kind, "at": time.time(), "start": message.start, "message": message})
        if message.method in ANSWERED_BY_ITSELF:
            self.reply(message, 200, "OK")

    def send(self, data: bytes) -> None:
        """Send these bytes as they are."""
        self.transport.sendto(data, (self.host, self.port))

    def reply(
        self,
        request: SipMessage,
        code: int,
        reason: str,
        headers: list[tuple[str, str]] | None = None,
        body: str = "",
    ) -> None:
        """Answer a request (RFC 3261, section 8.2.6), with an SDP body if there is one."""
        names = ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")
        sent = [(name, value) for name in names for value in request.all(name)]
        if code > 100:
            tag = f";tag={self.number}"
            sent = [(n, v if n != "To" or ";tag=" in v else v + tag) for n, v in sent]
            sent.append(("Contact", f"<sip:{self.number}@{self.address[0]}:{self.address[1]}>"))
        if body:
            sent.append(("Content-Type", "application/sdp"))
        self.send(build(f"SIP/2.0 {code} {reason}", [*sent, *(headers or [])], body))

    def headers(self, method: str, to: str, call: str, tag: str) -> list[tuple[str, str]]:
        """What every request of ours starts with."""
        host, port = self.address
        return [
            ("Via", f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{secrets.token_hex(8)};rport"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{self.number}@{self.host}:{self.port}>;tag={tag}"),
            ("To", f"<{to}>"),
            ("Call-ID", call),
            ("CSeq", f"{self._cseq} {method}"),
            ("Contact", f"<sip:{self.number}@{host}:{port}>"),
            ("User-Agent", "Kiestoon test wire"),
        ]

    async def request(
        self,
        method: str,
        uri: str = "",
        *,
        to: str = "",
        headers: list[tuple[str, str]] | None = None,
        body: str = "",
        call: str = "",
        timeout: float = WAIT,
        authenticate: bool = True,
    ) -> SipMessage:
        """Send a request, answer one challenge, return the final response. Raises PhoneError without one."""
        uri = uri or f"sip:{self.host}:{self.port}"
        call = call or secrets.token_hex(8)
        tag = secrets.token_hex(4)
        extra = list(headers or [])
        response = await self._transaction(method, uri, to or uri, call, tag, extra, body, timeout)
        if response.code in (401, 407) and authenticate:
            ask, answer = "WWW-Authenticate", "Authorization"
            if response.code == 407:
                ask, answer = "Proxy-Authenticate", "Proxy-Authorization"
            value = authorization(response[ask], method, uri, self.username, self.secret)
            extra.append((answer, value))
            response = await self._transaction(method, uri, to or uri, call, tag, extra, body, timeout)
        return response

    async def _transaction(
        self,
        method: str,
        uri: str,
        to: str,
        call: str,
        tag: str,
        extra: list[tuple[str, str]],
        body: str,
        timeout: float,
    ) -> SipMessage:
        self._cseq += 1
        headers = self.headers(method, to, call, tag)
        data = build(f"{method} {uri} SIP/2.0", [*headers, *extra], body)
        cseq = f"{self._cseq} {method}"

        def final(message: SipMessage) -> bool:
            return message.code >= 200 and message["Call-ID"] == call and message["CSeq"] == cseq

        deadline = time.monotonic() + timeout
        while True:
            self.send(data)
            left = deadline - time.monotonic()
            try:
                response = await self.receive(final, min(RESEND, max(left, 0)), f"answer to {method}")
            except PhoneError:
                if left <= RESEND:
                    raise
                continue
            if method == "INVITE" and response.code >= 300:
                acknowledged = [(n, v) for n, v in headers if n in ("Via", "Max-Forwards", "From", "Call-ID")]
                acknowledged += [("To", response["To"]), ("CSeq", f"{self._cseq} ACK")]
                self.send(build(f"ACK {uri} SIP/2.0", acknowledged))
            return response

    async def receive(
        self, matches: Callable[[SipMessage], bool], timeout: float, awaited: str
    ) -> SipMessage:
        """The next message that matches."""
        event = await self.happenings.take(lambda e: matches(e["message"]), timeout, awaited)
        message: SipMessage = event["message"]
        return message

    async def register(self, expires: int = 300) -> SipMessage:
        """Register this socket. Raises PhoneError when that is refused."""
        host, port = self.address
        response = await self.request(
            "REGISTER",
            to=f"sip:{self.number}@{self.host}:{self.port}",
            headers=[("Expires", str(expires))],
        )
        if response.code != 200:
            raise PhoneError(f"{host}:{port} could not register: {response.start}")
        return response

    async def subscribe(self, number: str, event: str, accept: str, expires: int = 300) -> SipMessage:
        """Watch a number (RFC 6665), such as its "dialog" or "message-summary"; returns the response."""
        return await self.request(
            "SUBSCRIBE",
            f"sip:{number}@{self.host}:{self.port}",
            headers=[("Event", event), ("Accept", accept), ("Expires", str(expires))],
        )

    async def notify(self, timeout: float = WAIT) -> SipMessage:
        """The next NOTIFY that comes in."""
        return await self.receive(lambda message: message.method == "NOTIFY", timeout, "NOTIFY")
