"""Calls between telephones, media nodes and trunks, message by message."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbxsite.instance import Instance
from telephony.edge import config, rpc
from tests.edge.conftest import SUBSCRIBERS, PhoneMaker
from tests.rig.edge.agents import BROWSER_SDP, SDP, MediaNode, Message, Phone, request_for
from tests.rig.edge.dialogs import NODE_SDP, answer_to, connection, from_node, pick_up, ringing
from tests.rig.edge.events import Events, until
from tests.rig.edge.subscribers import write_subscribers
from tests.rig.edge.wires import UdpWire
from tests.rig.servers import Servers, free_ports


def test_a_phone_calls_talks_and_hangs_up(edge: Instance, phone: PhoneMaker, node: MediaNode) -> None:
    one = phone("100")
    request = one.invite("101")
    invite = ringing(node)
    assert invite.uri == "sip:101@kiestoon"
    assert connection(invite) == connection(request), "a local phone is not relayed"
    answer_to(one, request, 180)
    pick_up(node, invite)
    answer = answer_to(one, request, 200)
    assert "a=ssrc" not in answer.body
    one.send(one.within("ACK", answer))
    node.expect(request_for("ACK"))

    for method, body in (("INVITE", request.body), ("UPDATE", request.body), ("INFO", ""), ("REFER", "")):
        again = one.within(method, answer, body)
        one.send(again)
        arrived = node.expect(request_for(method))
        node.send(arrived.answer(200, "OK", ("Contact", node.contact)))
        assert answer_to(one, again, 200)["CSeq"] == again["CSeq"]
    bye = one.within("BYE", answer)
    one.send(bye)
    node.send(node.expect(request_for("BYE")).answer(200))
    answer_to(one, bye, 200)


def test_every_device_rings_and_the_losers_hear_completed_elsewhere(
    phone: PhoneMaker, node: MediaNode
) -> None:
    devices = [phone("142"), phone("142-2", "tcp"), phone("142-2", "ws"), phone("142", "tls")]
    assert [one.register().status for one in devices] == [200] * 4
    request = from_node(node, "sip:142@kiestoon", ("X-Kiestoon-Extension", "100"))
    invites = [ringing(one) for one in devices]
    assert not any(name.startswith("X-Kiestoon") for invite in invites for name, _value in invite.headers)
    for _device in devices:
        answer_to(node, request, 180)
    winner, *losers = zip(devices, invites, strict=True)
    pick_up(*winner)
    assert answer_to(node, request, 200)
    for one, invite in losers:
        cancel = one.expect(request_for("CANCEL"))
        assert cancel["Reason"] == 'SIP;cause=200;text="Call completed elsewhere"'
        one.send(cancel.answer(200))
        one.send(invite.answer(487))
        assert one.expect(request_for("ACK"))


def test_the_reason_of_the_media_nodes_cancel_reaches_the_phone(phone: PhoneMaker, node: MediaNode) -> None:
    one = phone("143")
    assert one.register().status == 200
    request = from_node(node, "sip:143@kiestoon")
    invite = ringing(one)
    answer_to(node, request, 180)
    reason = 'SIP;cause=200;text="Call completed elsewhere"'
    headers = [(name, request[name]) for name in ("Via", "From", "To", "Call-ID", "Max-Forwards")]
    number = request["CSeq"].split()[0]
    node.send(
        Message(f"CANCEL {request.uri} SIP/2.0", [*headers, ("CSeq", f"{number} CANCEL"), ("Reason", reason)])
    )
    assert one.expect(request_for("CANCEL"))["Reason"] == reason
    one.send(invite.answer(487))
    assert node.final(request).status == 487


def test_an_extension_without_a_registered_device_is_480(node: MediaNode) -> None:
    assert node.final(from_node(node, "sip:198@kiestoon")).status == 480


def test_a_device_whose_connection_is_gone_does_not_keep_the_others_waiting(
    edge: Instance, phone: PhoneMaker, node: MediaNode
) -> None:
    """The registration of a browser is there until the edge looks again; the desk phone rings in the meantime."""
    desk, browser = phone("144"), phone("144-2", "ws")
    assert desk.register().status == browser.register().status == 200
    browser.close()
    request = from_node(node, "sip:144@kiestoon")
    pick_up(desk, ringing(desk))
    assert answer_to(node, request, 200)


@pytest.mark.parametrize("status", [480, 408])
def test_a_busy_telephone_says_more_than_one_that_cannot_be_reached(
    phone: PhoneMaker, node: MediaNode, status: int
) -> None:
    desk, softphone = phone("151"), phone("151-2")
    assert desk.register().status == softphone.register().status == 200
    request = from_node(node, "sip:151@kiestoon")
    at_desk, at_softphone = ringing(desk), ringing(softphone)
    desk.send(at_desk.answer(486))
    softphone.send(at_softphone.answer(status))
    assert node.final(request).status == 486
    for one in (desk, softphone):
        one.register(0)


def test_only_a_media_node_may_call_from_inside(edge: Instance, phone: PhoneMaker) -> None:
    stranger = Phone(UdpWire(("127.0.0.1", edge.core_port)), "x", "")
    request = stranger.build("INVITE", "sip:100@kiestoon")
    stranger.send(request)
    assert stranger.final(request).status == 403
    stranger.close()


def test_the_media_node_reaches_the_phone_within_the_dialog(phone: PhoneMaker, node: MediaNode) -> None:
    one = phone("145", "ws")
    request = one.invite("101", body=BROWSER_SDP)
    invite = ringing(node)
    accepted = pick_up(node, invite)
    answer = answer_to(one, request, 200)
    one.send(one.within("ACK", answer))
    node.expect(request_for("ACK"))
    bye = node.within_as_callee("BYE", invite, accepted)
    node.send(bye)
    arrived = one.expect(request_for("BYE"))
    one.send(arrived.answer(200))
    assert answer_to(node, bye, 200)


# --- media nodes that fail


@pytest.fixture
def two_nodes(tmp_path: Path) -> Iterator[tuple[Servers, list[int]]]:
    """An edge whose first media node has a port on which nobody answers."""
    with Servers(tmp_path) as servers:
        ports = free_ports(2)
        write_subscribers(servers.instance, SUBSCRIBERS)
        config.render(servers.instance, nodes=[f"127.0.0.1:{port}" for port in ports])
        servers.start("redis", "edge")
        yield servers, ports


def test_a_dead_media_node_costs_two_seconds_once(two_nodes: tuple[Servers, list[int]]) -> None:
    servers, ports = two_nodes
    edge = servers.instance
    events = Events(edge.redis_url)
    events.position = b"0"
    nodes = [MediaNode(("127.0.0.1", edge.core_port), port) for port in ports]
    assert all(one.pinged.wait(10) for one in nodes)
    until(lambda: [one.up for one in rpc.dispatcher(to=edge)] == [True, True])
    nodes[0].close()
    one = Phone(UdpWire(("127.0.0.1", edge.sip_port)), "100", "secret100")
    waits = []
    for _call in range(4):
        begin = time.monotonic()
        request = one.invite("101")
        invite = ringing(nodes[1])
        answer_to(one, request, 180)
        waits.append(time.monotonic() - begin)
        nodes[1].send(invite.answer(486))
        assert one.final(request).status == 486
    assert sum(wait > 0.5 for wait in waits) <= 1, waits
    assert max(waits) < 2.6, waits
    assert events.wait(lambda e: e["kind"] == "media_down")["node"] == f"sip:127.0.0.1:{ports[0]}"
    nodes.append(MediaNode(("127.0.0.1", edge.core_port), ports[0]))
    events.wait(lambda e: e["kind"] == "media_up")
    for each in (*nodes[1:], one):
        each.close()


def test_a_full_media_node_passes_the_call_on(two_nodes: tuple[Servers, list[int]]) -> None:
    servers, ports = two_nodes
    edge = servers.instance
    nodes = [MediaNode(("127.0.0.1", edge.core_port), port) for port in ports]
    assert all(one.pinged.wait(10) for one in nodes)
    until(lambda: [one.up for one in rpc.dispatcher(to=edge)] == [True, True])
    one = Phone(UdpWire(("127.0.0.1", edge.sip_port)), "100", "secret100")
    for _call in range(2):
        request = one.invite("101")
        until(lambda: any(each.received for each in nodes))
        full, other = nodes if nodes[0].received else reversed(nodes)
        full.send(full.expect(request_for("INVITE")).answer(503))
        other.send(other.expect(request_for("INVITE")).answer(486))
        assert one.final(request).status == 486
        full.expect(request_for("ACK"))
        other.expect(request_for("ACK"))
    for each in (*nodes, one):
        each.close()


def test_without_any_media_node_a_caller_hears_so_at_once(two_nodes: tuple[Servers, list[int]]) -> None:
    servers, _ports = two_nodes
    edge = servers.instance
    until(lambda: not any(node.up for node in rpc.dispatcher(to=edge)))
    one = Phone(UdpWire(("127.0.0.1", edge.sip_port)), "100", "secret100")
    request = one.invite("101")
    assert one.final(request).status == 503
    one.close()


def test_a_node_that_is_behind_gets_no_more_calls_but_those_for_help(
    phone: PhoneMaker, node: MediaNode
) -> None:
    one = phone("147")
    numbers = ["101"] * 51 + ["112"]
    requests = [one.build("INVITE", f"sip:{number}@kiestoon", body=NODE_SDP) for number in numbers]
    for place, request in enumerate(requests):
        one.send(request)
        requests[place] = one.authorise(request, one.final(request))
    *ordinary, for_help = requests
    for request in ordinary:  # all at once: nobody waits for long
        one.send(request)
    refused = one.expect(lambda message: message.status == 503)
    one.send(for_help)
    invites = [ringing(node) for _call in ordinary]
    assert "sip:112@kiestoon" in [invite.uri for invite in invites]
    for invite in invites:
        node.send(invite.answer(486))
    for request in requests:
        if request["Call-ID"] != refused["Call-ID"]:
            assert one.final(request).status == 486


# --- trunks


@pytest.fixture
def provider(edge: Instance, trunk_port: int) -> Iterator[Phone]:
    """The provider of trunk 7."""
    one = Phone(UdpWire(("127.0.0.1", edge.sip_port), ("127.0.0.1", trunk_port)), "provider", "")
    yield one
    one.close()


def test_a_trunks_call_comes_in_without_a_password(provider: Phone, node: MediaNode, edge: Instance) -> None:
    asserted = ("P-Asserted-Identity", "<sip:+31612345678@provider.example>")
    forged = (("X-Kiestoon-Extension", "100"), ("X-Kiestoon-Trunk", "9"))
    sdp = SDP.format(host="192.0.2.1", port=7000)
    request = provider.build("INVITE", "sip:+31201234567@kiestoon", asserted, *forged, body=sdp)
    provider.send(request)
    invite = ringing(node)
    assert invite.all("X-Kiestoon-Trunk") == ["7"]
    assert invite["P-Asserted-Identity"] == asserted[1]
    assert "X-Kiestoon-Extension" not in invite
    host, port = connection(invite)
    assert host == "127.0.0.1"
    assert edge.relay_rtp[0] <= port <= edge.relay_rtp[1], "a trunk is relayed"
    pick_up(node, invite)
    answer = answer_to(provider, request, 200)
    assert edge.relay_rtp[0] <= connection(answer)[1] <= edge.relay_rtp[1]
    provider.send(provider.within("ACK", answer))
    node.expect(request_for("ACK"))
    bye = provider.within("BYE", answer)
    provider.send(bye)
    node.send(node.expect(request_for("BYE")).answer(200))
    answer_to(provider, bye, 200)


@pytest.mark.parametrize(
    "sdp", ["rubbish", SDP.format(host="no.address", port=7000), NODE_SDP.replace("audio", "image")]
)
def test_a_trunks_offer_that_cannot_be_understood_is_not_acceptable(
    provider: Phone, node: MediaNode, sdp: str
) -> None:
    request = provider.build("INVITE", "sip:+31201234567@kiestoon", body=sdp)
    provider.send(request)
    assert provider.final(request).status == 488


def test_a_neighbour_of_the_trunk_is_a_stranger(phone: PhoneMaker, node: MediaNode, address: str) -> None:
    one = phone("146", address=address, secret="guess")
    request = one.build("INVITE", "sip:+31201234567@kiestoon", body=NODE_SDP)
    one.send(request)
    assert one.final(request).status == 407
    assert all(message["Call-ID"] != request["Call-ID"] for message in node.received)


def test_a_call_goes_out_by_a_trunk_that_asks_for_a_password(
    provider: Phone, node: MediaNode, edge: Instance, trunk_port: int
) -> None:
    """The media node has the password: only whoever writes the request can give it its next CSeq (RFC 3261 §22.2)."""
    uri = f"sip:+31612345678@127.0.0.1:{trunk_port}"
    headers = (
        ("X-Kiestoon-Trunk", "7"),
        ("X-Kiestoon-Secret", "x"),
        ("P-Asserted-Identity", "<sip:+3120@us>"),
    )
    request = from_node(node, uri, *headers)
    first = provider.expect(request_for("INVITE"))
    assert first.uri == uri
    assert f":{edge.sip_port};" in first["Via"], "sent from the public socket"
    challenge = ("Proxy-Authenticate", 'Digest realm="provider", nonce="abc", algorithm=MD5')
    provider.send(first.answer(407, "Proxy Authentication Required", challenge))
    provider.expect(request_for("ACK"))
    challenged = node.final(request)
    assert (challenged.status, challenged[challenge[0]]) == (407, challenge[1])
    authorised = node.authorise(request, challenged)
    node.send(authorised)
    second = provider.expect(lambda m: m.method == "INVITE" and "Proxy-Authorization" in m)
    for message in (first, second):
        assert "X-Kiestoon" not in message.render().decode()
    assert second["P-Asserted-Identity"] == "<sip:+3120@us>"
    assert edge.relay_rtp[0] <= connection(second)[1] <= edge.relay_rtp[1]
    provider.send(second.answer(183, "Progress", ("Contact", provider.contact)))
    pick_up(provider, second, SDP.format(host="192.0.2.1", port=7000))
    answer = answer_to(node, authorised, 200)
    assert edge.relay_rtp[0] <= connection(answer)[1] <= edge.relay_rtp[1]
    node.send(node.within("ACK", answer))
    provider.expect(lambda m: m.method == "ACK" and m["CSeq"] == second["CSeq"].replace("INVITE", "ACK"))
    bye = node.within("BYE", answer)
    node.send(bye)
    provider.send(provider.expect(request_for("BYE")).answer(200))
    answer_to(node, bye, 200)
