"""Post-dial delay: calls one after the other beside the load, timed by the kernel.

The time of arrival is the kernel's (SO_TIMESTAMPNS), so a busy machine that wakes this process late does not
spoil the figure. A call is two exchanges, INVITE to 401 and INVITE with credentials to 180; the delay is the sum
of both, without the time that this process takes to think in between.
"""

from __future__ import annotations

import secrets
import socket
import struct
import threading
import time
from dataclasses import dataclass

from tests.rig.phones.digest import authorization
from tests.rig.phones.message import NotSip, SipMessage, build

SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python's socket module does not name it
ANSWER_SECONDS = 5.0
TALK_SECONDS = 0.03


@dataclass(frozen=True)
class Dialled:
    """The delays of one call in ms."""

    challenge: float  # INVITE to 401
    ringing: float  # INVITE with credentials to 180

    @property
    def total(self) -> float:
        return self.challenge + self.ringing


class Probe:
    """Calls `number` as `user` at a steady pace from a thread of its own until `stop`."""

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        password: str,
        number: str,
        per_second: float,
        rtp_port: int = 9,
    ) -> None:
        self.target = (host, port)
        self.rtp_port = rtp_port
        self.user, self.password, self.number = user, password, number
        self.pause = 1 / per_second
        self.dialled: list[Dialled] = []
        self.failed: list[str] = []
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.settimeout(0.1)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(ANSWER_SECONDS * 4)
        self._socket.close()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            due = max(due + self.pause, time.monotonic())
            try:
                self.dialled.append(_Call(self).dial())
            except (TimeoutError, _Refused) as error:
                self.failed.append(str(error))

    def send(self, data: bytes) -> float:
        """Returns the moment, in seconds of the real-time clock."""
        moment = time.clock_gettime(time.CLOCK_REALTIME)
        self._socket.sendto(data, self.target)
        return moment

    def receive(self, call: str, cseq: str) -> tuple[SipMessage, float]:
        """The next response of this call and transaction, and when the kernel had it. Raises TimeoutError."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            try:
                data, ancillary, _flags, _address = self._socket.recvmsg(4096, 128)
            except TimeoutError:
                continue
            try:
                message = SipMessage.parse(data)
            except NotSip:
                continue
            if message.get("Call-ID") != call or message.get("CSeq") != cseq:
                continue  # a late answer of an earlier call
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            return message, seconds + nanoseconds / 1e9
        raise TimeoutError(f"no answer to {cseq}")

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return str(host), int(port)


class _Refused(Exception):
    """The call did not go as a good call goes."""


class _Call:
    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        host, port = probe.target
        self.uri = f"sip:{probe.number}@{host}:{port}"
        self.id = secrets.token_hex(8)
        self.tag = secrets.token_hex(4)

    def dial(self) -> Dialled:
        """Call, note the delays, answer for the callee's answer, hang up."""
        sent = self._request("INVITE", 1, [], sdp=True)
        challenge, at = self._final_or(1, "INVITE", ())
        first = (at - sent) * 1000
        self._acknowledge(1, challenge["To"], self.uri)
        if challenge.code not in (401, 407):
            raise _Refused(challenge.start)
        ask, name = "WWW-Authenticate", "Authorization"
        if challenge.code == 407:
            ask, name = "Proxy-Authenticate", "Proxy-Authorization"
        value = authorization(challenge[ask], "INVITE", self.uri, self.probe.user, self.probe.password)
        sent = self._request("INVITE", 2, [(name, value)], sdp=True)
        ringing, at = self._final_or(2, "INVITE", (180, 183))
        second = (at - sent) * 1000
        answer = ringing if ringing.code >= 200 else self._final_or(2, "INVITE", ())[0]
        target = answer["Contact"].split("<")[-1].split(">")[0] if "Contact" in answer else self.uri
        routes = [("Route", route) for route in reversed(answer.all("Record-Route"))]
        self._acknowledge(2, answer["To"], target if answer.code == 200 else self.uri, routes)
        if answer.code != 200:
            raise _Refused(answer.start)
        # An ACK and a BYE in the same millisecond may overtake each other between a proxy's workers.
        time.sleep(TALK_SECONDS)
        self._request("BYE", 3, routes, to=answer["To"], uri=target)
        self._final_or(3, "BYE", ())
        return Dialled(first, second)

    def _final_or(self, number: int, method: str, early: tuple[int, ...]) -> tuple[SipMessage, float]:
        """A final response, or one of these provisional ones."""
        while True:
            message, at = self.probe.receive(self.id, f"{number} {method}")
            if message.code >= 200 or message.code in early:
                return message, at

    def _headers(self, method: str, number: int, to: str) -> list[tuple[str, str]]:
        host, port = self.probe.address
        return [
            ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{self.id}{number}{method[0]}"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{self.probe.user}@{self.probe.target[0]}:{self.probe.target[1]}>;tag={self.tag}"),
            ("To", to or f"<{self.uri}>"),
            ("Call-ID", self.id),
            ("CSeq", f"{number} {method}"),
        ]

    def _request(
        self,
        method: str,
        number: int,
        extra: list[tuple[str, str]],
        *,
        sdp: bool = False,
        to: str = "",
        uri: str = "",
    ) -> float:
        host, port = self.probe.address
        headers = [*self._headers(method, number, to), ("Contact", f"<sip:{self.probe.user}@{host}:{port}>")]
        body = ""
        if sdp:
            headers.append(("Content-Type", "application/sdp"))
            body = (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                f"m=audio {self.probe.rtp_port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
            )
        return self.probe.send(build(f"{method} {uri or self.uri} SIP/2.0", [*headers, *extra], body))

    def _acknowledge(
        self, number: int, to: str, uri: str, routes: list[tuple[str, str]] | None = None
    ) -> None:
        # The ACK of a refusal belongs to the INVITE's transaction (RFC 3261, section 17.1.1.3): same branch.
        headers = self._headers("INVITE" if routes is None else "ACK", number, to)
        headers = [(n, v if n != "CSeq" else f"{number} ACK") for n, v in headers]
        self.probe.send(build(f"ACK {uri} SIP/2.0", [*headers, *(routes or [])]))


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies; NaN of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
