"""What a trunk means for Kamailio: which addresses may call in, where it is called, how we register with it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pbxsite.instance import Instance
from telephony.edge import addresses
from telephony.edge.dns import BY_DNS, PORTS, Place, places
from telephony.edge.tls import UNPROVEN, Proof, prove

if TYPE_CHECKING:
    from telephony.edge.peers import TrunkPeer

Row = Mapping[str, str | int]
STRING, INTEGER = 0, 1  # value types of Kamailio's htable
TRUNK_OF = re.compile(r"t([0-9]+)-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Provider:
    """A trunk with its names resolved: `places` may call in, `ways` are those of them to call; `networks` may only
    call in. `problem` is why a place is no way. `here` is our own end, as "udp:192.0.2.1:5060"; `anchors` are the
    authorities of its certificates (PEM)."""

    trunk: TrunkPeer
    places: tuple[Place, ...]
    ways: tuple[Place, ...]
    networks: tuple[str, ...]
    contact: str
    here: str
    problem: str = ""
    anchors: tuple[str, ...] = ()

    @classmethod
    def of(cls, instance: Instance, trunk: TrunkPeer) -> Provider:
        """Look up where this trunk is, and whether its certificate says so, too; a name that has no address now gives
        no place. Takes seconds for each name that nobody answers for."""
        found = dict.fromkeys(_places(trunk.host, trunk.port, trunk.transport, instance.dns))
        # All in the way that the first is: what we write into a call must hold for the second attempt, too.
        transport = next((place.transport for place in found), trunk.transport)
        transport = "udp" if transport == BY_DNS else transport
        networks = []
        for host, port in _further(trunk):
            if "/" in host:
                networks.append(host)
            else:
                found |= dict.fromkeys(_places(host, port or PORTS[transport], transport, instance.dns))
        proofs = {place: _prove(trunk, place) for place in found}
        ways = tuple(place for place, proof in proofs.items() if not proof.problem)
        main = addresses.bracketed(addresses.public(instance)[0])
        return cls(
            trunk,
            tuple(found),
            ways,
            tuple(networks),
            contact_of(instance, trunk.id),
            f"{transport}:{main}:{instance.tls_port if transport == 'tls' else instance.sip_port}",
            next((proof.problem for proof in proofs.values() if proof.problem), ""),
            tuple({proof.anchor: None for proof in proofs.values() if proof.anchor}),
        )

    @property
    def transport(self) -> str:
        """What is spoken with it: udp, tcp or tls."""
        return self.here.partition(":")[0]

    def sources(self) -> Iterator[str]:
        """Lines of address.list: calls from there are this provider's.

        Providers call from other ports than they listen on. On this machine the port is all that tells a trunk from
        a phone.
        """
        for place in self.places:
            address = place.address
            here = ipaddress.ip_address(address).is_loopback or address in addresses.own()
            yield f"{self.trunk.id} {address} {128 if ':' in address else 32} {place.port if here else 0}"
        for text in self.networks:
            network = ipaddress.ip_network(text, strict=False)
            yield f"{self.trunk.id} {network.network_address} {network.prefixlen} 0"

    def table(self) -> Iterator[Row]:
        """Rows of the table `trunk` (kamailio/trunks.cfg)."""
        trunk = self.trunk
        yield _entry(f"{trunk.id}:n", len(self.ways))
        yield _entry(f"{trunk.id}:host", trunk.host)
        for number, place in enumerate(self.ways):
            yield _entry(f"{trunk.id}:{number}", place.uri)
        if self.transport != "udp":
            yield _entry(f"{trunk.id}:parameters", f";transport={self.transport}")
            yield _entry(f"{trunk.id}:socket", self.here)
        if self.problem:
            yield _entry(f"{trunk.id}:problem", self.problem)
        if self.transport == "tls" and not trunk.verify:
            yield _entry(f"{trunk.id}:unchecked", 1)
        if trunk.register:
            yield _entry(f"contact:{self.contact}", trunk.id)

    def registration(self) -> Iterator[Row]:
        """The row of the table `uacreg`, when this trunk is one to register with and can be found."""
        trunk = self.trunk
        if not (trunk.register and trunk.username and trunk.password and self.ways):
            return
        domain = trunk.domain or (trunk.host if trunk.port in (None, 5060) else f"{trunk.host}:{trunk.port}")
        parameters = self.ways[0].parameters
        yield {
            "l_uuid": self.contact,
            "l_username": self.contact,
            "l_domain": domain,
            "r_username": trunk.username,
            "r_domain": domain,
            "realm": "",
            "auth_username": trunk.username,
            "auth_password": trunk.password,
            "auth_proxy": self.ways[0].uri,
            "expires": trunk.register,
            "contact_addr": self.here.partition(":")[2] + parameters if parameters else "",
            "socket": self.here if parameters else "",
        }


def contact_of(instance: Instance, trunk: int) -> str:
    """The user of the Contact that we register with a provider: nobody else can guess it, and it never changes."""
    digest = hmac.new(instance.secret("edge-nonce").encode(), f"trunk {trunk}".encode(), hashlib.sha256)
    return f"t{trunk}-{digest.hexdigest()[:16]}"


def trunk_of(contact: str) -> int | None:
    """The trunk that a Contact's user is for."""
    match = TRUNK_OF.fullmatch(contact)
    return int(match[1]) if match else None


_known: dict[tuple[str, int | None, str], list[Place]] = {}


def _places(host: str, port: int | None, transport: str, server: str) -> list[Place]:
    """The places of a host, those of before while nobody can say."""
    found = places(host, port, transport, server)
    if found:
        _known[host, port, transport] = found
    return found or _known.get((host, port, transport), [])


def _prove(trunk: TrunkPeer, place: Place) -> Proof:
    if place.transport != "tls" or not trunk.verify:
        return UNPROVEN
    return prove(place.address, place.port, trunk.host, trunk.authority)


def _further(trunk: TrunkPeer) -> Iterator[tuple[str, int | None]]:
    for word in re.split(r"[\s,]+", trunk.addresses.strip()):
        if not word:
            continue
        if "/" in word or word.count(":") > 1:
            yield word, trunk.port
            continue
        host, _colon, port = word.partition(":")
        yield host, int(port) if port else trunk.port


def _entry(name: str, value: str | int) -> Row:
    kind = INTEGER if isinstance(value, int) else STRING
    return {"key_name": name, "key_type": STRING, "value_type": kind, "key_value": str(value)}
