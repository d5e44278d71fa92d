"""Where a provider is that is named by a domain (RFC 3263): NAPTR, then SRV, then addresses.

Looked up here and not by Kamailio: a place that is called must also be let in, and each has a state of its own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import dns.exception
import dns.name
import dns.resolver

from telephony.edge import addresses

PORTS = {"udp": 5060, "tcp": 5060, "tls": 5061}
BY_DNS = "dns"  # the transport that the domain's NAPTR and SRV records name
SERVICES = {"SIP+D2U": "udp", "SIP+D2T": "tcp", "SIPS+D2T": "tls"}
SRV_NAMES = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}
PATIENCE = 1.5  # seconds for one question


@dataclass(frozen=True, slots=True)
class Place:
    """Where a provider takes calls; `transport` is udp, tcp or tls."""

    address: str
    port: int
    transport: str = "udp"

    @property
    def parameters(self) -> str:
        """The parameters of its SIP URI."""
        return "" if self.transport == "udp" else f";transport={self.transport}"

    @property
    def uri(self) -> str:
        return f"sip:{addresses.bracketed(self.address)}:{self.port}{self.parameters}"


def places(host: str, port: int | None, transport: str, server: str = "") -> list[Place]:
    """The places of a host, best first; empty when there is none or nobody can say.

    With a port it is a host with addresses; without one its records say where it is, as far as there are any: lower
    priorities first, within one the greater weight. `server` ("192.0.2.1:53") is asked instead of the system's.
    """
    if port is None and not _is_address(host):
        for name, by in _services(host, transport, server):
            found = _by_srv(name, by, server)
            if found is not None:
                return found
    by = "udp" if transport == BY_DNS else transport
    return [Place(address, port or PORTS[by], by) for address in _addresses(host, server)]


def _services(host: str, transport: str, server: str) -> Iterator[tuple[str, str]]:
    """Names that may have SRV records, with what is spoken there."""
    if transport != BY_DNS:
        yield f"{SRV_NAMES[transport]}.{host}", transport
        return
    records = sorted(_ask(host, "NAPTR", server), key=lambda record: (record.order, record.preference))
    offered = False
    for record in records:
        by = SERVICES.get(record.service.decode(errors="replace").upper())
        if by and record.flags.lower() == b"s":
            offered = True
            yield record.replacement.to_text(omit_final_dot=True), by
    if not offered:
        for by, name in SRV_NAMES.items():
            yield f"{name}.{host}", by


def _by_srv(name: str, transport: str, server: str) -> list[Place] | None:
    """What the records of this name say; None when it has none."""
    records = sorted(_ask(name, "SRV", server), key=lambda record: (record.priority, -record.weight))
    if not records:
        return None
    return [
        Place(address, record.port, transport)
        for record in records
        if record.target != dns.name.root  # which means: not here
        for address in _addresses(record.target.to_text(omit_final_dot=True), server)
    ]


def _addresses(host: str, server: str) -> list[str]:
    if _is_address(host) or not server:
        return addresses.resolve(host)
    return sorted(record.address for record in _ask(host, "A", server)) or addresses.resolve(host)


def _ask(name: str, kind: str, server: str) -> list[Any]:
    try:
        return list(_resolver(server).resolve(name, kind, lifetime=PATIENCE, search=False))
    except (dns.exception.DNSException, OSError, ValueError):
        return []


@cache
def _resolver(server: str) -> dns.resolver.Resolver:
    if not server:
        return dns.resolver.Resolver()
    host, _colon, port = server.partition(":")
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], int(port or 53)
    return resolver


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
