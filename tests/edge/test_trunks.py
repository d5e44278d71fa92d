"""Providers: one with which we register, one with several addresses, one that sends us elsewhere, and impostors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from pbxsite.instance import Instance
from telephony.edge import config, peers, providers, rpc, trunks
from tests.rig.edge.agents import SDP, MediaNode, Message, Phone, request_for
from tests.rig.edge.dialogs import answer_to, from_node, pick_up
from tests.rig.edge.events import until
from tests.rig.edge.wires import UdpWire
from tests.rig.servers import Servers, free_ports

ProviderMaker = Callable[..., Phone]
CHALLENGE = ("WWW-Authenticate", 'Digest realm="provider", nonce="n1", algorithm=MD5, qop="auth"')


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Servers, MediaNode]]:
    """An edge with a media node and, at first, no trunk."""
    with Servers(tmp_path_factory.mktemp("trunks")) as servers:
        edge = servers.instance
        config.render(edge, trunks=[])
        servers.start("redis", "relay", "edge")
        node = MediaNode(("127.0.0.1", edge.core_port), edge.media_port)
        assert node.pinged.wait(10)
        yield servers, node
        node.close()


@pytest.fixture
def edge(exchange: tuple[Servers, MediaNode]) -> Iterator[Instance]:
    """The edge; its trunks are gone after the test."""
    yield exchange[0].instance
    trunks.apply(exchange[0].instance, [])
    for address in rpc.table("trunk_down", to=exchange[0].instance):
        rpc.call("htable.delete", "trunk_down", address, to=exchange[0].instance)


@pytest.fixture
def node(exchange: tuple[Servers, MediaNode]) -> MediaNode:
    """The media node, with nothing left over."""
    exchange[1].received.clear()
    return exchange[1]


@pytest.fixture
def provider(exchange: tuple[Servers, MediaNode]) -> Iterator[ProviderMaker]:
    """Makes providers, each on a port of its own."""
    made: list[Phone] = []

    def make(port: int = 0, address: str = "127.0.0.1") -> Phone:
        wire = UdpWire(("127.0.0.1", exchange[0].instance.sip_port), (address, port or free_ports(1)[0]))
        made.append(Phone(wire, "provider", ""))
        return made[-1]

    yield make
    for one in made:
        one.close()


def peer_of(one: Phone, trunk: int = 3, **more: str | int) -> peers.TrunkPeer:
    return peers.TrunkPeer(trunk, "127.0.0.1", one.wire.address[1], **more)  # type: ignore[arg-type]


def register_with(edge: Instance, one: Phone, trunk: int = 3, expires: int = 600) -> str:
    """Have the exchange register with this provider; the Contact's user."""
    peer = peer_of(one, trunk, username="ourname", password="ourpassword", register=expires)
    trunks.apply(edge, [peer])
    first = one.expect(request_for("REGISTER"))
    one.send(first.answer(401, "Unauthorized", CHALLENGE))
    second = one.expect(lambda m: m.method == "REGISTER" and "Authorization" in m)
    assert 'username="ourname"' in second["Authorization"]
    assert "ourpassword" not in second.render().decode()
    assert int(second["CSeq"].split()[0]) > int(first["CSeq"].split()[0])
    one.send(second.answer(200, "OK", ("Contact", f"{second['Contact']};expires={expires}")))
    until(lambda: state_of(edge, peer).state == "registered")
    return providers.contact_of(edge, trunk)


def state_of(edge: Instance, peer: peers.TrunkPeer) -> trunks.Health:
    return trunks.look(edge, [peer], {})[peer.id]


def invite_to(one: Phone, uri: str, **headers: str) -> Message:
    request = one.build("INVITE", uri, body=SDP.format(host="127.0.0.1", port=7000), **headers)
    one.send(request)
    return request


def test_we_register_and_are_called_at_our_contact(
    edge: Instance, node: MediaNode, provider: ProviderMaker
) -> None:
    one = provider()
    contact = register_with(edge, one)
    request = invite_to(one, f"sip:{contact}@127.0.0.1:{edge.sip_port}", To="<sip:+31201234567@provider>")
    invite = node.expect(request_for("INVITE"))
    assert invite["X-Kiestoon-Trunk"] == "3"
    assert invite.uri.startswith("sip:+31201234567@"), "the number is in To"
    node.send(invite.answer(486))
    assert one.final(request).status == 486


def test_two_accounts_at_one_provider_are_told_apart(
    edge: Instance, node: MediaNode, provider: ProviderMaker
) -> None:
    one = provider()
    peers = [peer_of(one, trunk, username=f"name{trunk}", password="x", register=600) for trunk in (3, 4)]
    trunks.apply(edge, peers)
    for trunk in (4, 3):
        contact = providers.contact_of(edge, trunk)
        request = invite_to(one, f"sip:{contact}@127.0.0.1:{edge.sip_port}", To=f"<sip:+3120{trunk}@us>")
        invite = node.expect(lambda m, call=request["Call-ID"]: m["Call-ID"] == call)  # type: ignore[misc]
        assert invite["X-Kiestoon-Trunk"] == str(trunk)
        node.send(invite.answer(486))
        assert one.final(request).status == 486


def test_a_stranger_who_claims_to_be_the_provider_is_asked_for_a_password(
    edge: Instance, node: MediaNode, provider: ProviderMaker
) -> None:
    one, stranger = provider(), provider()
    contact = register_with(edge, one)
    claims = {
        "From": f"<sip:+31612345678@127.0.0.1:{one.wire.address[1]}>;tag=x",
        "P_Asserted_Identity": "<sip:+31612345678@provider>",
        "X_Kiestoon_Trunk": "3",
        "Via": f"SIP/2.0/UDP 127.0.0.1:{one.wire.address[1]};branch=z9hG4bKstranger;rport",
    }
    for number, uri in enumerate((f"sip:{contact}@127.0.0.1", "sip:+31201234567@127.0.0.1")):
        request = invite_to(
            stranger, uri, **claims | {"Via": claims["Via"].replace("stranger", f"x{number}")}
        )
        assert stranger.final(request).status == 407
        assert not [m for m in node.received if m["Call-ID"] == request["Call-ID"]]


def test_a_registrar_that_refuses_us_is_quoted(edge: Instance, provider: ProviderMaker) -> None:
    one = provider()
    peer = peer_of(one, username="ourname", password="wrong", register=600)
    trunks.apply(edge, [peer])
    for _attempt in range(2):
        one.send(one.expect(request_for("REGISTER")).answer(403, "Account Closed"))
        if _attempt == 0:
            until(lambda: state_of(edge, peer) == trunks.Health("away", "403 Account Closed"))
            trunks.apply(edge, [peer_of(one, username="ourname", password="other", register=600)])


def test_a_call_goes_to_the_next_address_when_the_first_is_silent(
    edge: Instance, node: MediaNode, provider: ProviderMaker
) -> None:
    silent, second = provider(), provider()
    port = second.wire.address[1]
    peer = peer_of(silent, addresses=f"127.0.0.1:{port}, 192.0.2.0/28")
    trunks.apply(edge, [peer])
    times = []
    for _call in range(2):
        began = time.monotonic()
        request = from_node(node, f"sip:+31201234567@127.0.0.1:{port}", ("X-Kiestoon-Trunk", "3"))
        invite = second.expect(request_for("INVITE"))
        times.append(time.monotonic() - began)
        pick_up(second, invite, SDP.format(host="127.0.0.1", port=7000))
        answer = answer_to(node, request, 200)
        node.send(node.within("ACK", answer))
    assert times[0] < 2.5
    assert times[1] < 0.5, "what is known to be away is not tried first again"
    assert state_of(edge, peer).state == "unknown", "one of two addresses works"


def test_a_silent_trunk_is_given_up_within_three_seconds_and_is_away(
    edge: Instance, node: MediaNode, provider: ProviderMaker
) -> None:
    peer = peer_of(provider())
    trunks.apply(edge, [peer])
    began = time.monotonic()
    request = from_node(node, "sip:+31201234567@127.0.0.1", ("X-Kiestoon-Trunk", "3"))
    assert node.final(request).status == 408
    assert time.monotonic() - began < 3
    assert state_of(edge, peer) == trunks.Health("away", "no answer")


def test_a_trunk_without_an_address_is_away_and_refuses_at_once(edge: Instance, node: MediaNode) -> None:
    peer = peers.TrunkPeer(3, "nowhere.invalid", 5060)
    trunks.apply(edge, [peer])
    request = from_node(node, "sip:+31201234567@nowhere.invalid", ("X-Kiestoon-Trunk", "3"))
    assert node.final(request).status == 503
    assert state_of(edge, peer).state == "away"


def test_a_redirection_is_followed_to_the_providers_own_host(
    edge: Instance, node: MediaNode, provider: ProviderMaker
) -> None:
    one, other = provider(), provider()
    port = other.wire.address[1]
    trunks.apply(edge, [peer_of(one, addresses=f"127.0.0.1:{port}")])
    request = from_node(node, "sip:+31201234567@127.0.0.1", ("X-Kiestoon-Trunk", "3"))
    invite = one.expect(request_for("INVITE"))
    one.send(invite.answer(302, "Moved", ("Contact", f"<sip:31201234567@127.0.0.1:{port}>")))
    moved = other.expect(request_for("INVITE"))
    assert moved.uri == f"sip:31201234567@127.0.0.1:{port}"
    # Not for ever.
    other.send(moved.answer(302, "Moved", ("Contact", f"<sip:1@127.0.0.1:{one.wire.address[1]}>")))
    assert node.final(request).status == 502


@pytest.mark.parametrize(
    "contact", ["<sip:0900@127.0.0.1:{port}>", "<sip:0900@evil.example>", "<tel:0900>", "*"]
)
def test_a_redirection_is_not_followed_to_anywhere_else(
    edge: Instance, node: MediaNode, provider: ProviderMaker, contact: str
) -> None:
    one, elsewhere = provider(), provider()
    trunks.apply(edge, [peer_of(one)])
    request = from_node(node, "sip:+31201234567@127.0.0.1", ("X-Kiestoon-Trunk", "3"))
    invite = one.expect(request_for("INVITE"))
    one.send(invite.answer(302, "Moved", ("Contact", contact.format(port=elsewhere.wire.address[1]))))
    assert node.final(request).status == 502
    with pytest.raises(TimeoutError):
        elsewhere.wire.receive(0.3)


def test_a_provider_that_answers_a_ping_is_reachable(edge: Instance, provider: ProviderMaker) -> None:
    one = provider()
    peer = peer_of(one)
    trunks.apply(edge, [peer])
    ping = one.expect(request_for("OPTIONS"), timeout=15)
    one.send(ping.answer(404))
    until(lambda: state_of(edge, peer) == trunks.Health("reachable"))
