"""Whose sound is relayed, and what becomes of its SDP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pbxsite.instance import Instance
from telephony.edge import config, rpc
from tests.edge.conftest import SUBSCRIBERS, PhoneMaker
from tests.rig.edge.agents import BROWSER_SDP, SDP, MediaNode, Phone, request_for
from tests.rig.edge.dialogs import NODE_SDP, answer_to, connection, from_node, pick_up, ringing
from tests.rig.edge.events import until
from tests.rig.edge.subscribers import write_subscribers
from tests.rig.edge.wires import UdpWire, WsWire
from tests.rig.servers import Servers


def test_a_browsers_media_is_relayed_and_becomes_plain(
    edge: Instance, phone: PhoneMaker, node: MediaNode
) -> None:
    one = phone("147", "ws")
    request = one.invite("101", body=BROWSER_SDP)
    invite = ringing(node)
    assert "RTP/AVP" in invite.body
    assert not any(word in invite.body for word in ("SAVPF", "fingerprint", "ice-ufrag", "candidate"))
    assert edge.relay_rtp[0] <= connection(invite)[1] <= edge.relay_rtp[1]
    pick_up(node, invite)
    answer = answer_to(one, request, 200)
    for word in ("UDP/TLS/RTP/SAVPF", "a=fingerprint:", "a=ice-ufrag:", "a=candidate:"):
        assert word in answer.body
    assert "a=ssrc:1234 " not in answer.body


def test_a_call_to_a_browser_and_a_desk_phone_suits_both(
    edge: Instance, phone: PhoneMaker, node: MediaNode
) -> None:
    desk, browser = phone("148"), phone("148-2", "ws")
    assert desk.register().status == browser.register().status == 200
    request = from_node(node, "sip:148@kiestoon")
    to_desk, to_browser = ringing(desk), ringing(browser)
    assert connection(to_desk) == ("127.0.0.1", 4000)
    assert "UDP/TLS/RTP/SAVPF" in to_browser.body
    assert "a=ssrc:1234" not in to_browser.body + to_desk.body
    pick_up(browser, to_browser, BROWSER_SDP.replace("actpass", "active"))
    answer = answer_to(node, request, 200)
    assert "RTP/AVP" in answer.body
    assert edge.relay_rtp[0] <= connection(answer)[1] <= edge.relay_rtp[1]
    assert desk.expect(request_for("CANCEL"))


def test_a_phone_that_names_a_foreign_address_for_its_sound_is_relayed(
    edge: Instance, phone: PhoneMaker, node: MediaNode
) -> None:
    one = phone("149")
    one.invite("101", body=SDP.format(host="203.0.113.9", port=5000))
    host, port = connection(ringing(node))
    assert host == "127.0.0.1"
    assert edge.relay_rtp[0] <= port <= edge.relay_rtp[1]


def test_a_phone_with_encrypted_sound_is_relayed(edge: Instance, phone: PhoneMaker, node: MediaNode) -> None:
    key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
    sdp = SDP.format(host="127.0.0.1", port=5000).replace("RTP/AVP", "RTP/SAVP") + key
    one = phone("150", "tls")
    request = one.invite("101", body=sdp)
    invite = ringing(node)
    assert "RTP/AVP" in invite.body
    assert "crypto" not in invite.body
    pick_up(node, invite)
    answer = answer_to(one, request, 200)
    assert "RTP/SAVP" in answer.body
    assert "a=crypto:" in answer.body


def test_hold_from_a_browser_reaches_the_media_node(phone: PhoneMaker, node: MediaNode) -> None:
    one = phone("151", "ws")
    request = one.invite("101", body=BROWSER_SDP)
    pick_up(node, ringing(node))
    answer = answer_to(one, request, 200)
    one.send(one.within("ACK", answer))
    node.expect(request_for("ACK"))
    hold = one.within("INVITE", answer, BROWSER_SDP.replace("sendrecv", "sendonly"))
    one.send(hold)
    invite = node.expect(request_for("INVITE"))
    assert "RTP/AVP" in invite.body
    assert "a=sendonly" in invite.body
    pick_up(node, invite, NODE_SDP.replace("sendrecv", "recvonly"))
    held = answer_to(one, hold, 200)
    assert "UDP/TLS/RTP/SAVPF" in held.body
    assert "a=recvonly" in held.body


def test_hold_works_both_ways_with_a_browser_that_was_called(
    edge: Instance, phone: PhoneMaker, node: MediaNode
) -> None:
    one = phone("156", "ws")
    assert one.register().status == 200
    request = from_node(node, "sip:156@kiestoon")
    invite = ringing(one)
    accepted = pick_up(one, invite, BROWSER_SDP.replace("actpass", "active"))
    answer = answer_to(node, request, 200)
    node.send(node.within("ACK", answer))
    one.expect(request_for("ACK"))
    relay = connection(answer)

    hold = node.within("INVITE", answer, NODE_SDP.replace("sendrecv", "sendonly"))
    node.send(hold)
    held = one.expect(request_for("INVITE"))
    assert "UDP/TLS/RTP/SAVPF" in held.body
    assert "a=sendonly" in held.body
    pick_up(one, held, BROWSER_SDP.replace("actpass", "active").replace("sendrecv", "recvonly"))
    confirmed = answer_to(node, hold, 200)
    assert "RTP/AVP" in confirmed.body
    assert "a=recvonly" in confirmed.body
    assert connection(confirmed) == relay, "the relay keeps its port"
    node.send(node.within("ACK", confirmed))

    back = one.within_as_callee("INVITE", invite, accepted, BROWSER_SDP)
    one.send(back)
    arrived = node.expect(request_for("INVITE"))
    assert "RTP/AVP" in arrived.body
    assert connection(arrived) == relay
    pick_up(node, arrived)
    assert "UDP/TLS/RTP/SAVPF" in answer_to(one, back, 200).body


# --- without the relay


@pytest.fixture
def relayless(tmp_path: Path) -> Iterator[tuple[Instance, MediaNode]]:
    """An edge whose rtpengine is away."""
    with Servers(tmp_path) as servers:
        write_subscribers(servers.instance, SUBSCRIBERS)
        config.render(servers.instance)
        servers.start("redis", "edge")
        node = MediaNode(("127.0.0.1", servers.instance.core_port), servers.instance.media_port)
        assert node.pinged.wait(10)
        until(lambda: all(one.up for one in rpc.dispatcher(to=servers.instance)))
        yield servers.instance, node
        node.close()


def test_without_a_relay_the_desk_phone_rings_and_the_browser_is_not_bothered(
    relayless: tuple[Instance, MediaNode],
) -> None:
    instance, node = relayless
    desk = Phone(UdpWire(("127.0.0.1", instance.sip_port)), "148", "secret148")
    browser = Phone(WsWire(("127.0.0.1", instance.ws_port)), "148-2", "secret148-2", extension="148")
    assert desk.register().status == browser.register().status == 200
    request = from_node(node, "sip:148@kiestoon")
    pick_up(desk, ringing(desk))
    assert answer_to(node, request, 200)
    with pytest.raises(TimeoutError):
        browser.expect(request_for("INVITE"), 0.5)
    desk.register(0)
    assert node.final(from_node(node, "sip:148@kiestoon")).status == 480
    for one in (desk, browser):
        one.close()


def test_calls_that_find_no_relay_do_not_count_as_unanswered(
    relayless: tuple[Instance, MediaNode],
) -> None:
    instance, node = relayless
    browser = Phone(WsWire(("127.0.0.1", instance.ws_port)), "149-2", "secret149-2", extension="149")
    desk = Phone(UdpWire(("127.0.0.1", instance.sip_port)), "148", "secret148")
    for _call in range(51):
        assert browser.final(browser.invite("101", body=BROWSER_SDP)).status == 503
    desk.invite("101", body=NODE_SDP)
    ringing(node)
    for one in (desk, browser):
        one.close()
