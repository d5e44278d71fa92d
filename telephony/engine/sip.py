"""Reading SIP messages: only the few things that pjsua2 does not hand over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote

MOST_DIVERSIONS = 10

_HEADER = re.compile(r"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:(.*)$", re.MULTILINE)
_EMPTY_LINE = re.compile(r"\n\r?\n")
_URI = re.compile(r"sips?:(?:([^@>?\s]*)@)?([^;>?]+)", re.IGNORECASE)
_TEL = re.compile(r"tel:([^;>?,\s]+)", re.IGNORECASE)
_PRIVATE = re.compile(r"\b(?:id|user|header)\b", re.IGNORECASE)
_NAME = re.compile(r'^\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<')
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an INVITE from the edge says, after the edge has checked it."""

    dialled: str
    call_id: str
    extension: str
    device: int | None
    trunk: int | None
    source: str
    caller: str
    caller_name: str
    diverted: tuple[str, ...] = ()  # numbers that sent it on before it came here
    moved: bool = False  # another media node had the edge bring it here


def readable(text: str) -> str:
    """`text` from the wire as letters that can be shown and stored: no control characters, no broken UTF-8.

    pjsua2 hands bytes that are no UTF-8 over as lone surrogates; they are taken for Latin-1, which old gateways send.
    """
    raw = text.encode(errors="surrogateescape")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(letter for letter in text if letter.isprintable())


def headers(message: str) -> dict[str, str]:
    """Header names in lower case and values; of a header that occurs twice the first."""
    # A body must not be read as headers when lines end without CR.
    head = _EMPTY_LINE.split(message, maxsplit=1)[0]
    found: dict[str, str] = {}
    # First the letters, then their case: the sign for kelvin becomes a k, and with it a foreign name one of ours.
    for name, value in _HEADER.findall(head):
        found.setdefault(name.lower(), value.strip(" \t\r"))
    return found


def values(message: str, *names: str) -> list[str]:
    """All values of these headers (names in lower case), those with a comma between them apart."""
    head = _EMPTY_LINE.split(message, maxsplit=1)[0]
    found = (value for name, value in _HEADER.findall(head) if name.lower() in names)
    return [part for value in found for part in value.split(",")]


def uri_user(value: str) -> str:
    """The user part of the first SIP URI in `value`, unescaped and without its parameters, or "" (RFC 3261 §19.1).

    Without one the number of a tel URI (RFC 3966).
    """
    match = _URI.search(value) or _TEL.search(value)
    return readable(unquote((match[1] or "").partition(";")[0])) if match else ""


def display_name(value: str) -> str:
    """The display name of a name-addr, or ""."""
    match = _NAME.match(value)
    if not match:
        return ""
    return readable(re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2].strip())


def address(value: str) -> str:
    """A name-addr without its display name, in which a URI may be written too."""
    match = _NAME.match(value)
    return value[match.end() :] if match else value


def read_invitation(message: str) -> Invitation:
    """Read the INVITE that the edge passed on."""
    found = headers(message)
    request_line = message.partition("\r\n")[0]
    origin = found.get("from") or found.get("f", "")
    asserted = found.get("p-asserted-identity", "")
    if uri_user(address(asserted)):
        origin = asserted
    trunk = _number(found.get("x-kiestoon-trunk"))
    if trunk is not None and _PRIVATE.search(found.get("privacy", "")):
        origin = ANONYMOUS  # a provider tells us more than the called party may see (RFC 3323, RFC 3325 §7)
    extension = found.get("x-kiestoon-extension", "")
    return Invitation(
        dialled=uri_user(request_line)[:80],
        call_id=found.get("call-id") or found.get("i", ""),
        extension=extension,
        device=_number(found.get("x-kiestoon-device")),
        trunk=trunk,
        source=found.get("x-kiestoon-source", ""),
        caller=(extension or uri_user(address(origin)))[:80],
        caller_name=display_name(origin)[:120],
        diverted=_diverted(message) if "diversion" in found or "history-info" in found else (),
        moved="x-kiestoon-moved" in found,
    )


def _diverted(message: str) -> tuple[str, ...]:
    """The numbers that sent a call on, as the providers on its way say (RFC 5806, RFC 7044)."""
    users = (uri_user(address(value)) for value in values(message, "diversion", "history-info"))
    return tuple(user[:80] for user in users if user)[:MOST_DIVERSIONS]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def refer_target(refer_to: str) -> tuple[str, str]:
    """The number in a Refer-To and the Call-ID in its Replaces, "" for what is not there (RFC 3891 §6)."""
    match = re.search(r"sips?:([^@>?\s]+)@[^?>]*(?:\?([^>]*))?", address(refer_to), re.IGNORECASE)
    if not match:
        return "", ""
    replaces = ""
    for name, values in parse_qs(match[2] or "").items():
        if name.lower() == "replaces":
            replaces = values[0].partition(";")[0]
    return readable(unquote(match[1].partition(";")[0])), replaces


def quoted(name: str) -> str:
    """A display name as quoted-string, without what could end a header."""
    clean = "".join(letter for letter in name if letter >= " " and letter != "\x7f")
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(user: str) -> str:
    """The user part of a URI, what is not allowed there escaped (RFC 3261 §25.1, `user-unreserved`)."""
    return quote(user, safe="!~*'()&=+$,/")
