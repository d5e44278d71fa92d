"""A trunk as the edge needs it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TrunkPeer:
    """A provider as the edge knows it; with `register` seconds we register with it under `username`.

    `addresses`: further ones as in `Trunk.addresses`, host, host:port or network, separated by blanks or commas.
    Without a port its DNS says where it is; `transport` is udp, tcp, tls or dns. With tls its certificate is checked
    unless `verify` is off, against the certificates in `authority` (PEM), if any, else those of the system.
    """

    id: int
    host: str
    port: int | None
    username: str = ""
    password: str = field(default="", repr=False)
    addresses: str = ""
    domain: str = ""
    register: int = 0
    transport: str = "udp"
    verify: bool = True
    authority: str = ""
