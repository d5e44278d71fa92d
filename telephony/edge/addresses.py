"""Which addresses this machine has, and which a name stands for."""

from __future__ import annotations

import fcntl
import socket
import struct
from functools import cache

from pbxsite.instance import Instance

SIOCGIFADDR = 0x8915  # linux/sockios.h: IPv4 address of an interface


def public(instance: Instance) -> list[str]:
    """The addresses of the public sockets, the one that leads to the Internet first. Never empty.

    "0.0.0.0" stands for every IPv4 address of the machine: SIP puts addresses into messages, so it needs real ones.
    """
    if instance.bind not in ("0.0.0.0", "::"):  # noqa: S104
        return [instance.bind]
    main = _towards_internet()
    return [main, *(address for address in own() if address != main)]


def media(instance: Instance) -> str:
    """The address that rtpengine binds to."""
    return public(instance)[0]


def bracketed(address: str) -> str:
    """An address as it stands in a URI (RFC 3986 §3.2.2)."""
    return f"[{address}]" if ":" in address else address


@cache
def own() -> tuple[str, ...]:
    """Every IPv4 address of this machine, loopback included."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _index, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe.fileno(), SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # an interface without an IPv4 address
            found.append(socket.inet_ntoa(answer[20:24]))
    return tuple(found)


def resolve(host: str) -> list[str]:
    """IP addresses of a host name, sorted; empty when it has none or nobody can say."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return sorted({str(answer[4][0]) for answer in answers})


def _towards_internet() -> str:
    """The source address of packets that leave this machine's network; loopback when there is no way out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737; connecting a UDP socket sends nothing
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
