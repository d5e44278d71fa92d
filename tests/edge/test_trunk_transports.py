"""Providers over TCP and TLS, and providers that are named by a domain (RFC 3263): real Kamailio, real DNS."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pbxsite.instance import Instance
from telephony.edge import config, dns, peers, rpc, trunks
from tests.edge.test_trunks import CHALLENGE, state_of
from tests.rig.certificates import Authority, Issued
from tests.rig.edge.agents import MediaNode, Message, Phone, request_for
from tests.rig.edge.dialogs import from_node
from tests.rig.edge.events import until
from tests.rig.edge.wires import TcpWire
from tests.rig.nameserver import NameServer
from tests.rig.servers import Servers, free_ports

pytestmark = pytest.mark.xdist_group("trunk_transports")


class ListeningWire:
    """A provider's end: takes connections, hears what comes on any of them, and answers on the one it came by."""

    def __init__(self, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.transport = "TLS" if context else "TCP"
        self.context = context
        self._listener = socket.create_server(("127.0.0.1", port))
        self._heard: queue.Queue[tuple[TcpWire, bytes]] = queue.Queue()
        self._last: TcpWire | None = None
        self._open: list[TcpWire] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._listener.getsockname()
        return host, port

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(connection,), daemon=True).start()

    def _hear(self, connection: socket.socket) -> None:
        wire = TcpWire.__new__(TcpWire)
        try:
            wire.socket = (
                self.context.wrap_socket(connection, server_side=True) if self.context else connection
            )
            wire.buffer = b""
            self._open.append(wire)
            while True:
                self._heard.put((wire, wire.receive(60)))
        except (OSError, ConnectionError):
            connection.close()

    def send(self, data: bytes) -> None:
        assert self._last is not None
        self._last.send(data)

    def receive(self, timeout: float) -> bytes:
        try:
            self._last, data = self._heard.get(timeout=max(timeout, 0.001))
        except queue.Empty:
            raise TimeoutError from None
        return data

    def become(self, context: ssl.SSLContext) -> None:
        """Somebody else with another certificate is here from now on; nothing is left of what was said before."""
        self.context = context
        for wire in self._open:
            with suppress(OSError):
                wire.socket.shutdown(socket.SHUT_RDWR)
        self._open.clear()
        while not self._heard.empty():
            self._heard.get()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def nameserver() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, nameserver: NameServer
) -> Iterator[tuple[Instance, MediaNode]]:
    """An edge with a media node, which asks the test's DNS server."""
    with Servers(tmp_path_factory.mktemp("transports"), KIESTOON_DNS=nameserver.address) as servers:
        config.render(servers.instance, trunks=[])
        servers.start("redis", "relay", "edge")
        node = MediaNode(("127.0.0.1", servers.instance.core_port), servers.instance.media_port)
        assert node.pinged.wait(10)
        yield servers.instance, node
        node.close()


@pytest.fixture
def edge(place: tuple[Instance, MediaNode], nameserver: NameServer) -> Iterator[Instance]:
    nameserver.records.clear()
    yield place[0]
    trunks.apply(place[0], [])


@pytest.fixture
def node(place: tuple[Instance, MediaNode]) -> MediaNode:
    place[1].received.clear()
    return place[1]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


ProviderMaker = Callable[..., Phone]


@pytest.fixture
def provider() -> Iterator[ProviderMaker]:
    made: list[Phone] = []

    def make(issued: Issued | None = None, port: int = 0) -> Phone:
        context = None if issued is None else issued.context()
        made.append(Phone(ListeningWire(context, port), "provider", ""))
        return made[-1]

    yield make
    for one in made:
        one.close()


def call_out(node: MediaNode) -> Message:
    return from_node(node, "sip:+31201234567@provider.example", ("X-Kiestoon-Trunk", "3"))


def talks(edge: Instance, node: MediaNode, one: Phone) -> None:
    """A call leaves by this provider, and one comes in by the same connection."""
    transport = one.wire.transport
    request = call_out(node)
    invite = one.expect(request_for("INVITE"))
    assert invite["Via"].startswith(f"SIP/2.0/{transport} ")
    assert f"transport={transport.lower()}" in invite["Record-Route"]
    one.send(invite.answer(486))
    assert node.final(request).status == 486
    incoming = one.build("INVITE", f"sip:+31201234567@127.0.0.1:{edge.sip_port}")
    one.send(incoming)
    at_node = node.expect(lambda message: message["Call-ID"] == incoming["Call-ID"])
    assert at_node["X-Kiestoon-Trunk"] == "3"
    node.send(at_node.answer(486))
    assert one.final(incoming).status == 486


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_we_register_call_and_are_called_over_a_connection(
    edge: Instance, node: MediaNode, provider: ProviderMaker, authority: Authority, transport: str
) -> None:
    one = provider(authority.issue("127.0.0.1") if transport == "tls" else None)
    port = one.wire.address[1]
    peer = peers.TrunkPeer(
        *(3, "127.0.0.1", port, "ourname", "ourpassword"),
        register=600,
        transport=transport,
        authority=authority.pem,
    )
    trunks.apply(edge, [peer])
    first = one.expect(request_for("REGISTER"))
    assert first["Via"].startswith(f"SIP/2.0/{transport.upper()} ")
    here = edge.tls_port if transport == "tls" else edge.sip_port
    assert f":{here};transport={transport}>" in first["Contact"]
    one.send(first.answer(401, "Unauthorized", CHALLENGE))
    second = one.expect(lambda m: m.method == "REGISTER" and "Authorization" in m)
    one.send(second.answer(200, "OK", ("Contact", f"{second['Contact']};expires=600")))
    until(lambda: state_of(edge, peer).state == "registered")
    talks(edge, node, one)


def test_a_provider_whose_certificate_is_for_somebody_else_gets_no_call(
    edge: Instance, node: MediaNode, provider: ProviderMaker, authority: Authority, tmp_path: Path
) -> None:
    one = provider(authority.issue("other.example"))
    port = one.wire.address[1]
    peer = peers.TrunkPeer(3, "127.0.0.1", port, transport="tls", authority=authority.pem)
    trunks.apply(edge, [peer])
    health = state_of(edge, peer)
    assert health.state == "away" and "certificate" in health.error and "mismatch" in health.error
    assert node.final(call_out(node)).status == 503
    assert trunks.withheld([peer], {3: health}), "looked at again soon"
    # The administrator may know better, and that holds for this trunk only.
    other = provider(authority.issue("127.0.0.1"))
    unchecked = peers.TrunkPeer(3, "127.0.0.1", port, transport="tls", verify=False)
    checked = peers.TrunkPeer(4, "127.0.0.1", other.wire.address[1], transport="tls", authority=authority.pem)
    trunks.apply(edge, [unchecked, checked])
    talks(edge, node, one)
    assert isinstance(other.wire, ListeningWire)
    other.wire.become(Authority(tmp_path).issue("127.0.0.1").context())
    from_node(node, "sip:+31201234567@provider.example", ("X-Kiestoon-Trunk", "4"))
    with pytest.raises(TimeoutError):
        other.wire.receive(2.5)


def test_a_certificate_that_nobody_known_has_signed_is_refused_at_every_connection(
    edge: Instance, node: MediaNode, provider: ProviderMaker, authority: Authority, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    one = provider(authority.issue("127.0.0.1"), port)
    peer = peers.TrunkPeer(3, "127.0.0.1", port, transport="tls")
    trunks.apply(edge, [peer])
    assert "certificate" in state_of(edge, peer).error, "the system's authorities do not know this one"
    peer = peers.TrunkPeer(3, "127.0.0.1", port, transport="tls", authority=authority.pem)
    trunks.apply(edge, [peer])
    assert state_of(edge, peer).state != "away"
    # Somebody else takes the provider's place after it has been looked at.
    assert isinstance(one.wire, ListeningWire)
    one.wire.become(Authority(tmp_path).issue("127.0.0.1").context())
    assert node.final(call_out(node)).status in (408, 477, 500, 503)
    with pytest.raises(TimeoutError):
        one.wire.receive(0.3)


def test_a_domain_says_by_its_records_where_the_provider_is(
    edge: Instance, node: MediaNode, provider: ProviderMaker, nameserver: NameServer
) -> None:
    one = provider()
    dead, port = free_ports(1)[0], one.wire.address[1]
    nameserver.records |= {
        ("provider.example", "NAPTR"): [
            '20 10 "s" "SIP+D2U" "" _sip._udp.provider.example.',
            '10 10 "s" "SIP+D2T" "" _sip._tcp.provider.example.',
        ],
        ("_sip._tcp.provider.example", "SRV"): [
            f"20 0 {port} two.provider.example.",
            f"10 0 {dead} one.provider.example.",
        ],
        ("one.provider.example", "A"): ["127.0.0.1"],
        ("two.provider.example", "A"): ["127.0.0.1"],
    }
    peer = peers.TrunkPeer(3, "provider.example", None, transport="dns")
    trunks.apply(edge, [peer])
    # The first place is dead: the call goes to the second.
    talks(edge, node, one)
    assert state_of(edge, peer).state != "away"


def test_without_naptr_records_the_srv_records_of_the_transport_count_and_then_the_address(
    nameserver: NameServer,
) -> None:
    nameserver.records.clear()
    nameserver.records |= {
        ("_sip._udp.provider.example", "SRV"): [
            "10 1 5070 light.provider.example.",
            "10 9 5072 heavy.provider.example.",
        ],
        ("_sips._tcp.gone.example", "SRV"): ["0 0 0 ."],
        ("light.provider.example", "A"): ["127.0.0.2"],
        ("heavy.provider.example", "A"): ["127.0.0.3"],
        ("provider.example", "A"): ["127.0.0.4"],
    }

    def found(host: str, port: int | None, transport: str) -> list[str]:
        return [place.uri for place in dns.places(host, port, transport, nameserver.address)]

    by_srv = ["sip:127.0.0.3:5072", "sip:127.0.0.2:5070"]
    assert found("provider.example", None, "dns") == by_srv
    assert found("provider.example", None, "udp") == by_srv
    assert found("provider.example", None, "tls") == ["sip:127.0.0.4:5061;transport=tls"]
    assert found("provider.example", 5080, "tcp") == ["sip:127.0.0.4:5080;transport=tcp"]
    assert found("gone.example", None, "tls") == []
    assert found("192.0.2.1", None, "dns") == ["sip:192.0.2.1:5060"]


def test_a_new_address_is_not_held_to_be_away_because_the_old_one_was(
    edge: Instance, provider: ProviderMaker
) -> None:
    old, new = provider(), provider()
    trunks.apply(edge, [peers.TrunkPeer(3, "127.0.0.1", old.wire.address[1], transport="tcp")])
    rpc.call("htable.seti", "trunk_down", "3:0", 1, to=edge)
    peer = peers.TrunkPeer(3, "127.0.0.1", old.wire.address[1], transport="tcp")
    trunks.apply(edge, [peer])
    assert state_of(edge, peer).state == "away", "the same address is what it was"
    peer = peers.TrunkPeer(3, "127.0.0.1", new.wire.address[1], transport="tcp")
    trunks.apply(edge, [peer])
    assert state_of(edge, peer).state != "away"
