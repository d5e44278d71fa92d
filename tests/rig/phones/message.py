"""SIP messages as the tests read them: a start line, headers in order, a body (RFC 3261, section 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Compact header names (RFC 3261, section 7.3.3, and RFC 6665).
COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
    "e": "content-encoding",
    "k": "supported",
    "s": "subject",
    "r": "refer-to",
    "b": "referred-by",
    "o": "event",
    "u": "allow-events",
}
_DISPLAY = re.compile(r'^\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<([^>]*)>')
_USER = re.compile(r"^(?:sips?|tel):([^@;?>]+)(?:@|;|\?|$)", re.IGNORECASE)


class NotSip(ValueError):
    """The bytes are no SIP message."""


@dataclass(frozen=True)
class Identity:
    """Who a name-addr header names."""

    name: str
    number: str
    uri: str

    @classmethod
    def parse(cls, value: str) -> Identity:
        """Read `"Anna" <sip:100@host>;tag=x` or a bare URI (RFC 3261, section 20.10)."""
        match = _DISPLAY.match(value)
        if match:
            quoted, plain, uri = match.groups()
            name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
        else:
            name, uri = "", value.split(";")[0].strip()
        user = _USER.match(uri)
        return cls(name=name.strip(), number=user.group(1) if user else "", uri=uri)


@dataclass(frozen=True)
class SipMessage:
    """One request or response, headers in the order of the wire."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    @classmethod
    def parse(cls, text: str | bytes) -> SipMessage:
        """Raises NotSip for anything without a SIP start line."""
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        head, _, body = text.partition("\r\n\r\n")
        start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        if "SIP/2.0" not in start:
            raise NotSip(f"no SIP start line: {start[:80]!r}")
        pairs = (line.partition(":") for line in lines if ":" in line)
        return cls(start, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)

    @property
    def method(self) -> str:
        """`INVITE` of a request; empty for a response."""
        first = self.start.split(" ", 1)[0]
        return "" if first == "SIP/2.0" else first

    @property
    def code(self) -> int:
        """Status code of a response; 0 for a request."""
        return 0 if self.method else int(self.start.split(" ")[1])

    @property
    def uri(self) -> str:
        """Request-URI; empty for a response."""
        return self.start.split(" ")[1] if self.method else ""

    def all(self, name: str) -> list[str]:
        """Every value of this header, top one first."""
        wanted = COMPACT.get(name.lower(), name.lower())
        return [v for n, v in self.headers if COMPACT.get(n.lower(), n.lower()) == wanted]

    def get(self, name: str) -> str | None:
        """The first value of this header, or None."""
        values = self.all(name)
        return values[0] if values else None

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise KeyError(f"no {name} header in {self.start}: has {sorted({n for n, _ in self.headers})}")
        return value

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    @property
    def cseq_method(self) -> str:
        return self["CSeq"].split()[-1]

    @property
    def identity(self) -> Identity:
        """The asserted identity (RFC 3325); without one From of a request, To of a response."""
        value = self.get("P-Asserted-Identity") or self["From" if self.method else "To"]
        return Identity.parse(value)

    def __str__(self) -> str:
        return "\r\n".join([self.start, *(f"{n}: {v}" for n, v in self.headers), "", self.body])


def build(start: str, headers: Iterable[tuple[str, str]], body: str = "") -> bytes:
    """The bytes of a message; Content-Length is added (RFC 3261, section 20.14)."""
    raw = body.encode()
    lines = [start, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(raw)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw


def only_codecs(sdp: str, codecs: Iterable[str]) -> str:
    """The SDP with only these codecs in this order, plus telephone-event (RFC 4733).

    `codecs` are names such as "PCMA", "G722", "opus". Raises ValueError when none of them is there.
    """
    lines = sdp.replace("\r\n", "\n").rstrip("\n").split("\n")
    names: dict[str, str] = {"0": "PCMU", "8": "PCMA", "9": "G722"}  # static ones (RFC 3551, section 6)
    for line in lines:
        mapped = re.match(r"a=rtpmap:(\d+) ([^/ ]+)", line)
        if mapped:
            names[mapped.group(1)] = mapped.group(2)
    audio = next((line for line in lines if line.startswith("m=audio ")), "")
    offered = audio.split()[3:]
    wanted = [codec.lower() for codec in codecs]
    kept = [pt for codec in wanted for pt in offered if names.get(pt, "").lower() == codec]
    if not kept:
        raise ValueError(f"none of {wanted} in {[names.get(pt, pt) for pt in offered]}")
    kept += [pt for pt in offered if names.get(pt, "").lower() == "telephone-event"]
    result = []
    in_audio = False
    for line in lines:
        if line.startswith("m="):
            in_audio = line == audio
        attribute = re.match(r"a=(?:rtpmap|fmtp|rtcp-fb):(\d+)", line)
        if in_audio and attribute and attribute.group(1) not in kept:
            continue
        if line == audio:
            line = " ".join([*audio.split()[:3], *kept])
        result.append(line)
    return "\r\n".join(result) + "\r\n"
