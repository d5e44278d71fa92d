"""Phones outside the local networks, and servers beside the edge that hang or change while it works."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from pbxsite.instance import Instance
from telephony.edge import config, peers, rpc
from tests.edge.conftest import SUBSCRIBERS, PhoneMaker
from tests.rig.edge.agents import SDP, MediaNode, Phone, request_for
from tests.rig.edge.dialogs import NODE_SDP, answer_to, connection, from_node, pick_up, ringing
from tests.rig.edge.events import Events, until
from tests.rig.edge.subscribers import write_subscribers
from tests.rig.edge.wires import UdpWire
from tests.rig.servers import Servers, free_ports

_idle: list[Phone] = []  # registered and quiet since the edge was started


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Servers, MediaNode]]:
    """An edge for which the phones of these tests are far away."""
    with Servers(tmp_path_factory.mktemp("outside"), KIESTOON_LOCAL_NETS="10.0.0.0/8") as servers:
        edge = servers.instance
        write_subscribers(edge, SUBSCRIBERS)
        config.render(edge, trunks=[])
        servers.start("redis", "relay", "edge")
        node = MediaNode(("127.0.0.1", edge.core_port), edge.media_port)
        _idle.append(idle := behind_nat(edge, "102"))
        assert node.pinged.wait(10)
        assert idle.register(Contact="<sip:102@192.168.1.21:5060>").status == 200
        yield servers, node
        node.close()


def is_relayed(edge: Instance, address: tuple[str, int]) -> bool:
    low, high = edge.relay_rtp
    return address[0] == "127.0.0.1" and low <= address[1] <= high


def behind_nat(edge: Instance, username: str) -> Phone:
    """A phone that only knows its private address."""
    return Phone(UdpWire(("127.0.0.1", edge.sip_port)), username, f"secret{username}")


def test_a_phone_far_away_is_relayed_in_both_directions(outside: tuple[Servers, MediaNode]) -> None:
    servers, node = outside
    edge = servers.instance
    one = behind_nat(edge, "100")
    private = "<sip:100@192.168.1.20:5060>"
    assert one.register(Contact=private).status == 200
    sdp = SDP.format(host="192.168.1.20", port=7000)

    request = one.invite("101", body=sdp, Contact=private)
    invite = ringing(node)
    assert is_relayed(edge, connection(invite))
    accepted = pick_up(node, invite)
    answer = answer_to(one, request, 200)
    assert is_relayed(edge, connection(answer))
    one.send(one.within("ACK", answer))
    node.expect(request_for("ACK"))
    hold = node.within_as_callee("INVITE", invite, accepted, NODE_SDP.replace("sendrecv", "sendonly"))
    node.send(hold)
    held = one.expect(request_for("INVITE"))  # arrives although its Contact is private
    assert "a=sendonly" in held.body
    assert is_relayed(edge, connection(held))
    pick_up(one, held, sdp.replace("sendrecv", "recvonly"))
    assert is_relayed(edge, connection(answer_to(node, hold, 200)))

    called = from_node(node, "sip:100@kiestoon")
    invite = ringing(one)
    assert is_relayed(edge, connection(invite))
    pick_up(one, invite, sdp)
    assert is_relayed(edge, connection(answer_to(node, called, 200)))
    one.close()


def test_without_the_relay_a_call_that_needs_it_is_refused_at_once(
    outside: tuple[Servers, MediaNode],
) -> None:
    servers, node = outside
    edge = servers.instance
    one = behind_nat(edge, "103")
    servers["relay"].kill()
    try:
        begin = time.monotonic()
        assert one.final(one.invite("101")).status == 503
        assert time.monotonic() - begin < 3
    finally:
        servers["relay"].start()
    until(lambda: _reaches(one, node))
    one.close()


def _reaches(one: Phone, node: MediaNode) -> bool:
    """Whether a call gets as far as the media node, which refuses it."""
    request = one.invite("101")
    answer = one.expect(lambda m: m.status >= 100 and m["Call-ID"] == request["Call-ID"])
    if answer.status == 100:
        node.send(node.expect(request_for("INVITE")).answer(486))
    return one.final(request).status == 486 if answer.status == 100 else False


def test_a_redis_that_hangs_delays_nobody_and_gets_its_events_later(
    outside: tuple[Servers, MediaNode],
) -> None:
    servers, _node = outside
    edge = servers.instance
    events = Events(edge.redis_url)
    process = servers["redis"].process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        for username in ("104", "105", "106"):
            one = behind_nat(edge, username)
            begin = time.monotonic()
            assert one.register().status == 200
            assert time.monotonic() - begin < 0.5
            one.close()
    finally:
        os.kill(process.pid, signal.SIGCONT)
    for extension in ("104", "105", "106"):
        events.wait(lambda e, extension=extension: e.get("extension") == extension, 10)  # type: ignore[misc]


def test_a_trunk_can_be_added_while_the_edge_works(outside: tuple[Servers, MediaNode]) -> None:
    servers, node = outside
    edge = servers.instance
    port = free_ports(1)[0]
    provider = Phone(UdpWire(("127.0.0.1", edge.sip_port), ("127.0.0.1", port)), "provider", "")
    sdp = SDP.format(host="127.0.0.1", port=7000)
    request = provider.build("INVITE", "sip:+31201234567@kiestoon", body=sdp)
    provider.send(request)
    assert provider.final(request).status == 407
    for trunk, known in ((12, True), (13, True), (0, False)):
        trunks = [peers.TrunkPeer(trunk, "localhost", port)] if trunk else []
        config.write_trunks(edge, trunks)
        rpc.reload_trunks(to=edge)
        request = provider.build("INVITE", "sip:+31201234567@kiestoon", body=sdp)
        provider.send(request)
        if known:
            invite = node.expect(lambda m, call=request["Call-ID"]: m["Call-ID"] == call)  # type: ignore[misc]
            assert invite["X-Kiestoon-Trunk"] == str(trunk)
            node.send(invite.answer(486))
            assert provider.final(request).status == 486
        else:
            assert provider.final(request).status == 407
    provider.close()


def test_a_contact_cannot_say_where_requests_go(phone: PhoneMaker, node: MediaNode) -> None:
    one, victim = phone("152"), phone("153")
    host, port = one.wire.address
    alias = f";alias={host}~{victim.wire.address[1]}~1"
    forged = f"<sip:152@{host}:{port}{alias}{alias}>"
    request = one.invite("101", Contact=forged)
    invite = ringing(node)
    assert "alias" not in invite["Contact"]
    accepted = pick_up(node, invite)
    answer_to(one, request, 200)
    node.send(node.within_as_callee("BYE", invite, accepted))
    one.expect(request_for("BYE"))
    with pytest.raises(TimeoutError):
        victim.wire.receive(0.2)


def test_a_call_does_not_go_where_its_route_header_says(phone: PhoneMaker, node: MediaNode) -> None:
    one, victim = phone("154"), phone("155")
    host, port = victim.wire.address
    one.invite("101", ("Route", f"<sip:{host}:{port};lr>"))
    assert "Route" not in ringing(node)
    with pytest.raises(TimeoutError):
        victim.wire.receive(0.2)


def test_busy_on_one_device_outweighs_silence_of_another(outside: tuple[Servers, MediaNode]) -> None:
    servers, node = outside
    unplugged, busy = behind_nat(servers.instance, "107"), behind_nat(servers.instance, "107-2")
    for one in (unplugged, busy):
        one.extension = "107"
        assert one.register().status == 200
    request = from_node(node, "sip:107@kiestoon")
    busy.send(busy.expect(request_for("INVITE")).answer(486))
    assert node.final(request, timeout=8).status == 486
    unplugged.close()
    busy.close()


def test_the_binding_of_a_quiet_phone_behind_nat_is_kept_open(outside: tuple[Servers, MediaNode]) -> None:
    (one,) = _idle
    ping = one.expect(request_for("OPTIONS"), timeout=30)
    assert "keepalive" in ping["From"]
    one.close()
