"""A telephone and a media node for tests, down to the bytes: they can lie, keep silent and repeat themselves."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.rig.edge.wires import UdpWire, Wire

# Seconds that a test waits for what should come within milliseconds: the machine may be busy with other tests.
PATIENCE = 12.0

SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)
BROWSER_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 50004 UDP/TLS/RTP/SAVPF 111 8\r\nc=IN IP4 127.0.0.1\r\na=rtcp:50004 IN IP4 127.0.0.1\r\n"
    "a=candidate:1 1 udp 2122260223 127.0.0.1 50004 typ host\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\n"
    "a=fingerprint:sha-256 " + ":".join(["AB"] * 32) + "\r\na=rtcp-mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtpmap:8 PCMA/8000\r\n"
)


@dataclass
class Message:
    """A SIP message; header names keep their order and are compared without case."""

    start: str
    headers: list[tuple[str, str]]
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> Message:
        head, _blank, body = data.decode(errors="replace").partition("\r\n\r\n")
        start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        pairs = [line.partition(":") for line in lines]
        return cls(start, [(name.strip(), value.strip()) for name, _colon, value in pairs], body)

    def render(self) -> bytes:
        kept = ((name, value) for name, value in self.headers if name != "Content-Length")
        lines = [self.start, *(f"{name}: {value}" for name, value in kept)]
        lines.append(f"Content-Length: {len(self.body.encode())}")
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()

    @property
    def status(self) -> int:
        """Status code of an answer, 0 for a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """Method of a request, or of the request that this answers."""
        return self["CSeq"].split()[1] if self.status else self.start.split(" ")[0]

    @property
    def uri(self) -> str:
        return self.start.split(" ")[1]

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def __contains__(self, name: str) -> bool:
        return bool(self.all(name))

    def answer(self, status: int, reason: str = "", *extra: tuple[str, str], body: str = "") -> Message:
        """The answer to this request; a To tag is added beyond 100."""
        to = self["To"]
        if status > 100 and ";tag=" not in to:
            to += f";tag={hashlib.md5(self['Call-ID'].encode()).hexdigest()[:8]}"
        headers = [("Via", via) for via in self.all("Via")]
        headers += [("Record-Route", route) for route in self.all("Record-Route")]
        headers += [(name, self[name]) for name in ("From", "Call-ID", "CSeq")] + [("To", to), *extra]
        return Message(f"SIP/2.0 {status} {reason or 'Whatever'}", headers, body)


def digest(challenge: str, username: str, secret: str, method: str, uri: str, count: int = 1) -> str:
    """The Authorization header's value for a challenge (RFC 7616 §3.4, MD5)."""
    part = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    ha1, ha2 = md5(f"{username}:{part['realm']}:{secret}"), md5(f"{method}:{uri}")
    text = f'Digest username="{username}", realm="{part["realm"]}", nonce="{part["nonce"]}", uri="{uri}"'
    if "qop" not in part:
        return f'{text}, response="{md5(":".join((ha1, part["nonce"], ha2)))}"'
    response = md5(":".join((ha1, part["nonce"], f"{count:08x}", "0a4f113b", "auth", ha2)))
    return f'{text}, response="{response}", qop=auth, nc={count:08x}, cnonce="0a4f113b"'


def request_for(method: str) -> Callable[[Message], bool]:
    """A test for `expect`: a request with this method."""
    return lambda message: message.method == method and not message.status


@dataclass
class Phone:
    """A user agent on one wire. `extension` goes into From, To and Contact unless said otherwise."""

    wire: Wire
    username: str
    secret: str
    realm: str = "kiestoon"
    extension: str = ""
    agent: str = "Test Phone 1.0"
    received: deque[Message] = field(default_factory=deque)
    sequence: int = 0

    def __post_init__(self) -> None:
        self.extension = self.extension or self.username

    @property
    def contact(self) -> str:
        host, port = self.wire.address
        transport = "" if self.wire.transport == "UDP" else f";transport={self.wire.transport.lower()}"
        if self.wire.transport.startswith("WS"):
            host = "k3jhd82.invalid"
        return f"<sip:{self.username}@{host}:{port}{transport}>"

    def build(
        self, method: str, uri: str, *extra: tuple[str, str], body: str = "", **replace: str
    ) -> Message:
        """A new request outside a dialog. `replace` overrides headers by name with _ for -; "" leaves one out."""
        self.sequence += 1
        host, port = self.wire.address
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        headers = {
            "Via": f"SIP/2.0/{self.wire.transport} {host}:{port};branch={branch};rport",
            "Max-Forwards": "70",
            "From": f"<sip:{self.extension}@{self.realm}>;tag={secrets.token_hex(4)}",
            "To": f"<{uri}>",
            "Call-ID": secrets.token_hex(10),
            "CSeq": f"{self.sequence} {method}",
            "Contact": self.contact,
            "User-Agent": self.agent,
        }
        headers.update({name.replace("_", "-"): value for name, value in replace.items()})
        pairs = [(name, value) for name, value in headers.items() if value]
        if body:
            pairs.append(("Content-Type", "application/sdp"))
        return Message(f"{method} {uri} SIP/2.0", [*pairs, *extra], body)

    def send(self, message: Message) -> None:
        self.wire.send(message.render())

    def expect(self, test: Callable[[Message], bool], timeout: float = PATIENCE) -> Message:
        """The first message that passes `test`, those before it are kept. Raises TimeoutError."""
        for message in self.received:
            if test(message):
                self.received.remove(message)
                return message
        deadline = time.monotonic() + timeout
        while True:
            message = Message.parse(self.wire.receive(deadline - time.monotonic()))
            if test(message):
                return message
            if message.method == "OPTIONS" and not message.status:
                self.send(message.answer(200))
            else:
                self.received.append(message)

    def final(self, request: Message, timeout: float = PATIENCE) -> Message:
        """The final answer to `request`; a refused INVITE is acknowledged."""
        answer = self.expect(
            lambda m: m.status >= 200 and m["CSeq"] == request["CSeq"] and m["Call-ID"] == request["Call-ID"],
            timeout,
        )
        if request.method == "INVITE" and answer.status >= 300:
            headers = [("Via", request["Via"]), ("Max-Forwards", "70"), ("From", request["From"])]
            headers += [("To", answer["To"]), ("Call-ID", request["Call-ID"])]
            headers.append(("CSeq", request["CSeq"].replace("INVITE", "ACK")))
            self.send(Message(f"ACK {request.uri} SIP/2.0", headers))
        return answer

    def authorise(self, request: Message, refusal: Message) -> Message:
        """`request` once more, with the password."""
        self.sequence += 1
        name = "Authorization" if refusal.status == 401 else "Proxy-Authorization"
        challenge = refusal["WWW-Authenticate"] or refusal["Proxy-Authenticate"]
        value = digest(challenge, self.username, self.secret, request.method, request.uri)
        headers = [(known, text) for known, text in request.headers if known != name]
        via = re.sub(r"branch=[^;]+", f"branch=z9hG4bK{secrets.token_hex(8)}", request["Via"])
        changed = {"Via": via, "CSeq": f"{self.sequence} {request.method}"}
        headers = [(known, changed.get(known, text)) for known, text in headers]
        return Message(request.start, [*headers, (name, value)], request.body)

    def ask(self, request: Message, timeout: float = PATIENCE) -> Message:
        """The final answer to `request`. A challenge is met once, and again when only the nonce was too old."""
        self.send(request)
        answer = self.final(request, timeout)
        for attempt in range(2):
            challenge = answer["WWW-Authenticate"] or answer["Proxy-Authenticate"]
            if answer.status not in (401, 407) or (attempt and "stale=true" not in challenge):
                break
            request = self.authorise(request, answer)
            self.send(request)
            answer = self.final(request, timeout)
        return answer

    def register(self, expires: int = 300, **replace: str) -> Message:
        """Register the contact for `expires` seconds; the final answer."""
        to = f"<sip:{self.extension}@{self.realm}>"
        replace = {"To": to, "Expires": str(expires)} | replace
        return self.ask(self.build("REGISTER", f"sip:{self.realm}", **replace))

    def invite(
        self, number: str, *extra: tuple[str, str], body: str | None = None, **replace: str
    ) -> Message:
        """Send an INVITE, meeting the challenge; the request that carried the password."""
        if body is None:
            host, port = self.wire.address
            body = SDP.format(host=host, port=port + 2)
        request = self.build("INVITE", f"sip:{number}@{self.realm}", *extra, body=body, **replace)
        self.send(request)
        request = self.authorise(request, self.final(request))
        self.send(request)
        return request

    def within(self, method: str, dialog: Message, body: str = "") -> Message:
        """A request within the dialog that `dialog`, a 2xx to our INVITE or SUBSCRIBE, established."""
        routes = [
            route for line in reversed(dialog.all("Record-Route")) for route in reversed(line.split(","))
        ]
        uri = re.search(r"<([^>]+)>", dialog["Contact"])
        request = self.build(method, uri.group(1) if uri else "", body=body)
        changed = {"From": dialog["From"], "To": dialog["To"], "Call-ID": dialog["Call-ID"]}
        headers = [(name, changed.get(name, value)) for name, value in request.headers]
        if method == "ACK":
            number = dialog["CSeq"].split()[0]
            headers = [(name, f"{number} ACK" if name == "CSeq" else value) for name, value in headers]
        return Message(request.start, [*(("Route", route.strip()) for route in routes), *headers], body)

    def within_as_callee(self, method: str, invite: Message, answer: Message, body: str = "") -> Message:
        """A request within the dialog that `answer`, our 2xx to `invite`, established."""
        uri = re.search(r"<([^>]+)>", invite["Contact"])
        request = self.build(method, uri.group(1) if uri else "", body=body)
        changed = {"From": answer["To"], "To": answer["From"], "Call-ID": answer["Call-ID"]}
        headers = [(name, changed.get(name, value)) for name, value in request.headers]
        routes = [("Route", route) for route in invite.all("Record-Route")]
        return Message(request.start, [*routes, *headers], body)

    def close(self) -> None:
        self.wire.close()


class MediaNode(Phone):
    """A media node's SIP socket: a thread answers OPTIONS, everything else waits for `expect`."""

    def __init__(self, edge: tuple[str, int], port: int = 0, options: int = 200) -> None:
        super().__init__(UdpWire(edge, ("127.0.0.1", port)), "node", "", extension="node")
        self.options = options
        self.pinged = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                with suppress(TimeoutError):
                    message = Message.parse(self.wire.receive(3600))
                    if message.method == "OPTIONS" and not message.status:
                        self.send(message.answer(self.options))
                        self.pinged.set()
                        continue
                    with self._news:
                        self.received.append(message)
                        self._news.notify_all()

    def expect(self, test: Callable[[Message], bool], timeout: float = PATIENCE) -> Message:
        found: list[Message] = []

        def arrived() -> bool:
            found.extend(message for message in self.received if test(message))
            return bool(found)

        with self._news:
            if not self._news.wait_for(arrived, timeout):
                raise TimeoutError(f"{timeout} s without the message; got {[m.start for m in self.received]}")
            self.received.remove(found[0])
        return found[0]

    def close(self) -> None:
        with suppress(OSError):
            self.wire.socket.shutdown(2)  # type: ignore[attr-defined]
        self.wire.close()
