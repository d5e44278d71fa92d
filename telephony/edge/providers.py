"""What a trunk means for Kamailio: who may call in, where it is called, and how we register with it."""

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

if TYPE_CHECKING:
    from telephony.edge.config import TrunkPeer

Row = Mapping[str, str | int]
STRING, INTEGER = 0, 1  # value types of Kamailio's htable
TRUNK_OF = re.compile(r"t([0-9]+)-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Provider:
    """A trunk with its names resolved: `ways` are (address, port) to call, `networks` may only call in."""

    trunk: TrunkPeer
    ways: tuple[tuple[str, int], ...]
    networks: tuple[str, ...]
    contact: str

    @classmethod
    def of(cls, instance: Instance, trunk: TrunkPeer) -> Provider:
        """Look up where this trunk is; a name that has no address now gives none."""
        ways: dict[tuple[str, int], None] = {}
        networks = []
        for host, port in ((trunk.host, trunk.port), *_further(trunk)):
            if "/" in host:
                networks.append(host)
            else:
                ways |= {(address, port): None for address in _addresses(host)}
        return cls(trunk, tuple(ways), tuple(networks), contact_of(instance, trunk.id))

    def sources(self) -> Iterator[str]:
        """Lines of address.list: calls from there are this provider's.

        Providers call from other ports than they listen on. On this machine the port is all that tells a trunk from
        a phone.
        """
        for address, port in self.ways:
            here = ipaddress.ip_address(address).is_loopback or address in addresses.own()
            yield f"{self.trunk.id} {address} {128 if ':' in address else 32} {port if here else 0}"
        for text in self.networks:
            network = ipaddress.ip_network(text, strict=False)
            yield f"{self.trunk.id} {network.network_address} {network.prefixlen} 0"

    def table(self) -> Iterator[Row]:
        """Rows of the table `trunk` (kamailio/trunks.cfg)."""
        trunk = self.trunk
        yield _entry(f"{trunk.id}:n", len(self.ways))
        yield _entry(f"{trunk.id}:host", trunk.host)
        for number, (address, port) in enumerate(self.ways):
            yield _entry(f"{trunk.id}:{number}", f"sip:{addresses.bracketed(address)}:{port}")
        if trunk.register:
            yield _entry(f"contact:{self.contact}", trunk.id)

    def registration(self) -> Iterator[Row]:
        """The row of the table `uacreg`, when this trunk is one to register with and can be found."""
        trunk = self.trunk
        if not (trunk.register and trunk.username and trunk.password and self.ways):
            return
        address, port = self.ways[0]
        domain = trunk.domain or (trunk.host if trunk.port == 5060 else f"{trunk.host}:{trunk.port}")
        yield {
            "l_uuid": self.contact,
            "l_username": self.contact,
            "l_domain": domain,
            "r_username": trunk.username,
            "r_domain": domain,
            "realm": "",
            "auth_username": trunk.username,
            "auth_password": trunk.password,
            "auth_proxy": f"sip:{addresses.bracketed(address)}:{port}",
            "expires": trunk.register,
        }


def contact_of(instance: Instance, trunk: int) -> str:
    """The user of the Contact that we register with a provider: nobody else can guess it, and it never changes."""
    digest = hmac.new(instance.secret("edge-nonce").encode(), f"trunk {trunk}".encode(), hashlib.sha256)
    return f"t{trunk}-{digest.hexdigest()[:16]}"


def trunk_of(contact: str) -> int | None:
    """The trunk that a Contact's user is for."""
    match = TRUNK_OF.fullmatch(contact)
    return int(match[1]) if match else None


_known: dict[str, list[str]] = {}


def _addresses(host: str) -> list[str]:
    """The addresses of a host, those of before while nobody can say."""
    found = addresses.resolve(host)
    if found:
        _known[host] = found
    return found or _known.get(host, [])


def _further(trunk: TrunkPeer) -> Iterator[tuple[str, int]]:
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
