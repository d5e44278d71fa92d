"""Are the exchange's ports free? Asked before a start, so that the answer is a sentence and not a crash."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

from pbxsite.instance import Instance


class TakenError(Exception):
    """A port can't be used; the text names it, what it is for and which variable changes it."""


def needed(instance: Instance) -> Iterator[tuple[str, str, int, int, str]]:
    """What for, address, port, kind of socket, environment variable."""
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    public, local = instance.bind, "127.0.0.1"
    yield "the web pages", public, instance.http_port, tcp, "KIESTOON_HTTP_PORT"
    yield "SIP over UDP", public, instance.sip_port, udp, "KIESTOON_SIP_PORT"
    yield "SIP over TCP", public, instance.sip_port, tcp, "KIESTOON_SIP_PORT"
    yield "SIP over TLS", public, instance.tls_port, tcp, "KIESTOON_SIP_TLS_PORT"
    yield "SIP over WebSocket", public, instance.ws_port, tcp, "KIESTOON_SIP_WS_PORT"
    yield "the edge's private side", local, instance.core_port, udp, "KIESTOON_CORE_PORT"
    yield "the edge's private side", local, instance.core_port, tcp, "KIESTOON_CORE_PORT"
    yield "the media node", local, instance.media_port, udp, "KIESTOON_MEDIA_PORT"
    yield "the relay", local, instance.relay_port, udp, "KIESTOON_RELAY_PORT"
    if instance.own_redis:
        yield "Redis", local, instance.redis_port, tcp, "KIESTOON_REDIS_PORT"
    # A node takes its RTP ports from the low end up, so another exchange on the same range shows there.
    for low in (instance.media_rtp[0], instance.relay_rtp[0]):
        yield "RTP", public, low, udp, "KIESTOON_RTP_PORTS"


def check(instance: Instance) -> None:
    """Raises TakenError for the first port that can't be bound."""
    for purpose, address, port, kind, variable in needed(instance):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        name = f"{'UDP' if kind == socket.SOCK_DGRAM else 'TCP'} port {port}"
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                # As the servers themselves do it: connections that have just ended are no obstacle.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
                if kind == socket.SOCK_STREAM:
                    probe.listen(1)
            except OSError as error:
                raise TakenError(_sentence(error, name, purpose, address, variable)) from error


def _sentence(error: OSError, name: str, purpose: str, address: str, variable: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{name} on {address}, for {purpose}, is taken: set {variable} to another one"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine has no address {address}: set KIESTOON_BIND to one that it has"
    if error.errno == errno.EACCES:
        return f"{name}, for {purpose}, may only be opened by root: set {variable} to 1024 or higher"
    return f"{name} on {address}, for {purpose}, can't be opened: {error.strerror}"
