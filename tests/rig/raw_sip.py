"""Telephones that send what they are told, and whether the exchange is well after it got that."""

from __future__ import annotations

import itertools
from contextlib import suppress

from telephony.edge import rpc
from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears, talk
from tests.rig.edge.agents import Message, Phone
from tests.rig.edge.load.__main__ import family
from tests.rig.edge.wires import UdpWire
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.servers import udp_sockets

_addresses = itertools.count(1)


def new_address() -> str:
    """A loopback address that nobody else uses: what it does wrong stays with it."""
    number = next(_addresses)
    return f"127.9.{number // 250}.{number % 250 + 1}"


def phone_by_hand(exchange: Exchange, username: str, secret: str = "", local_port: int = 0) -> Phone:
    """A telephone at an address of its own, or at a port of 127.0.0.1; it does not register by itself."""
    local = ("127.0.0.1" if local_port else new_address(), local_port)
    wire = UdpWire(("127.0.0.1", exchange.instance.sip_port), local)
    extension = username.partition("-")[0]
    return Phone(wire, username, secret or f"secret{username}", extension=extension)


def cancel(request: Message) -> Message:
    """The CANCEL of an INVITE (RFC 3261 §9.1)."""
    names = ("Via", "Max-Forwards", "From", "To", "Call-ID")
    kept = [(name, value) for name, value in request.headers if name in names]
    number = request["CSeq"].split()[0]
    return Message(f"CANCEL {request.uri} SIP/2.0", [*kept, ("CSeq", f"{number} CANCEL")])


def media_node_is_up(exchange: Exchange) -> bool:
    """Whether Kamailio sends calls to the media node."""
    with suppress(rpc.EdgeError):
        return all(node.up for node in rpc.dispatcher(to=exchange.instance))
    return False


def processes(exchange: Exchange) -> dict[str, list[int]]:
    """The process ids of the exchange; Kamailio is several, and the others' children come and go."""
    servers = exchange.servers.running.items()
    running = {name: server.process.pid for name, server in servers if server.process}
    return {name: sorted(family(pid)) if name == "edge" else [pid] for name, pid in running.items()}


def sound_sockets(exchange: Exchange) -> int:
    """How many UDP ports the media worker has open for sound: two for each leg."""
    media = exchange.servers["media"].process
    assert media is not None
    return udp_sockets(media.pid, *exchange.instance.media_rtp)


class Health:
    """How the exchange is before it is maltreated."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.processes = processes(exchange)

    async def unchanged(self, phones: Phones, seconds: float = 40) -> None:
        """No process has died, within `seconds` no call and no leg is left, and a normal call has sound."""
        exchange = self.exchange
        now = processes(exchange)
        assert now == self.processes, f"{self.processes} became {now}"
        await eventually(lambda: not exchange.live_ids(), seconds, "the last call to end")
        await eventually(lambda: sound_sockets(exchange) == 0, seconds, "the last leg to go")
        call, answered = await talk(exchange, phones, "100", "101")
        await call.play_tone(ALICE_HZ)
        await answered.play_tone(BOB_HZ)
        await hears(call, BOB_HZ)
        await hears(answered, ALICE_HZ)
        await call.hangup()
        await answered.ended()
