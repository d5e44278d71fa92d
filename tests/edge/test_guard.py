"""Strangers: who guesses, who lies, who floods and who sends rubbish."""

from __future__ import annotations

import random
import socket
import time

import pytest

from pbxsite.instance import Instance
from telephony.edge import rpc
from tests.edge.conftest import PhoneMaker
from tests.rig.edge.agents import MediaNode, Message, Phone, request_for
from tests.rig.edge.events import Events
from tests.rig.edge.mutations import mutated
from tests.rig.edge.wires import TcpWire, UdpWire
from tests.rig.servers import Servers

FORGED = (
    ("P-Asserted-Identity", "<sip:199@kiestoon>"),
    ("P-Preferred-Identity", "<sip:199@kiestoon>"),
    ("p-asserted-identity", "<tel:+31201234567>"),
    ("Remote-Party-ID", "<sip:199@kiestoon>;privacy=off"),
    ("Diversion", "<sip:199@kiestoon>"),
    ("X-Kiestoon-Extension", "199"),
    ("X-Kiestoon-Device", "1"),
    ("x-kiestoon-trunk", "7"),
    ("X-Kiestoon-Source", "udp:10.0.0.1:5060"),
)


def is_silent(one: Phone, seconds: float = 0.5) -> bool:
    """Whether nothing comes back to an OPTIONS, which everybody else gets answered within a millisecond."""
    one.send(one.build("OPTIONS", "sip:kiestoon"))
    try:
        one.expect(lambda m: m.status == 200, seconds)
    except (TimeoutError, ConnectionError):
        return True
    return False


def heard(node: MediaNode, request: Message) -> bool:
    """Whether anything of this call reached the media node."""
    return any(message["Call-ID"] == request["Call-ID"] for message in node.received)


def test_the_tenth_wrong_password_bans_and_lifting_lets_in_again(
    edge: Instance, phone: PhoneMaker, address: str, events: Events
) -> None:
    guesser = phone("130", address=address, secret="guess")
    assert [guesser.register().status for _attempt in range(9)] == [401] * 9
    assert not is_silent(guesser)
    with pytest.raises(TimeoutError):
        guesser.ask(guesser.build("REGISTER", "sip:kiestoon", To="<sip:130@kiestoon>"), timeout=0.5)
    event = events.wait(lambda e: e["kind"] == "banned" and e["address"] == address)
    assert (event["username"], event["reason"], event["seconds"]) == ("130", "passwords", 600)
    (ban,) = (ban for ban in rpc.bans(to=edge) if ban.address == address)
    assert ban.reason == "passwords"
    assert 590 < ban.until.timestamp() - time.time() <= 602

    owner = phone("130", address=address)
    assert is_silent(owner)
    assert rpc.lift_ban(address, to=edge)
    assert not rpc.lift_ban(address, to=edge)
    assert owner.register().status == 200
    assert [guesser.register().status for _attempt in range(9)] == [401] * 9  # the count began anew


def test_a_right_password_clears_the_count(phone: PhoneMaker, address: str) -> None:
    guesser, owner = phone("131", address=address, secret="guess"), phone("131", address=address)
    for _round in range(3):
        assert [guesser.register().status for _attempt in range(9)] == [401] * 9
        assert owner.register().status == 200


def test_guessing_at_many_devices_bans_after_thirty(
    edge: Instance, phone: PhoneMaker, address: str, events: Events
) -> None:
    for number in range(29):
        assert phone(str(130 + number), address=address, secret="guess").register().status == 401
    last = phone("190", address=address, secret="guess")
    last.send(request := last.build("REGISTER", "sip:kiestoon", To="<sip:190@kiestoon>"))
    last.send(last.authorise(request, last.final(request)))
    events.wait(lambda e: e["kind"] == "banned" and e["address"] == address)
    assert is_silent(last)


def test_passwords_guessed_in_a_providers_name_do_not_ban_the_provider(
    edge: Instance, trunk_port: int
) -> None:
    wire = UdpWire(("127.0.0.1", edge.sip_port), ("127.0.0.1", trunk_port))
    forger = Phone(wire, "135", "guess")
    assert [forger.register().status for _attempt in range(12)] == [401] * 12
    forger.close()


def test_who_guesses_behind_a_proxy_is_cut_off_and_the_other_browsers_are_not(
    edge: Instance, phone: PhoneMaker
) -> None:
    """Behind a proxy on this machine all browsers have its address."""
    guesser, other = phone("136-2", "ws", secret="guess"), phone("137-2", "ws")
    with pytest.raises(ConnectionError):
        for _attempt in range(12):
            assert guesser.register().status == 401
    assert other.register().status == 200
    assert not [ban for ban in rpc.bans(to=edge) if ban.address == "127.0.0.1"]


def test_a_browser_that_floods_behind_a_proxy_is_cut_off_and_the_others_are_not(
    edge: Instance, phone: PhoneMaker
) -> None:
    flooder, other = phone("138-2", "ws"), phone("139-2", "ws")
    assert other.register().status == 200
    with pytest.raises(OSError):  # closed while we read, or while we write
        for _request in range(4000):
            flooder.send(flooder.build("OPTIONS", "sip:kiestoon"))
        while True:
            flooder.wire.receive(5)
    assert other.register().status == 200
    assert not [ban for ban in rpc.bans(to=edge) if ban.address == "127.0.0.1"]


def test_a_ban_can_be_given(edge: Instance, phone: PhoneMaker, address: str) -> None:
    one = phone("132", address=address)
    rpc.ban(address, 300, to=edge)
    assert is_silent(one)
    (ban,) = (ban for ban in rpc.bans(to=edge) if ban.address == address)
    assert 290 < ban.until.timestamp() - time.time() <= 302
    rpc.lift_ban(address, to=edge)
    assert not is_silent(one)


@pytest.mark.parametrize("method", ["INVITE", "SUBSCRIBE"])
def test_a_spoofed_from_is_refused(phone: PhoneMaker, node: MediaNode, method: str) -> None:
    one = phone("133")
    request = one.build(
        method, "sip:101@kiestoon", ("Event", "dialog"), From="<sip:101@kiestoon>;tag=a", Expires="60"
    )
    assert one.ask(request).status == 403
    assert not heard(node, request)


def test_forged_identity_headers_are_gone(phone: PhoneMaker, node: MediaNode) -> None:
    one = phone("134-2", "tcp")
    one.invite("101", *FORGED)
    invite = node.expect(request_for("INVITE"))
    assert invite.all("P-Asserted-Identity") == ["<sip:134@kiestoon>"]
    assert invite.all("X-Kiestoon-Extension") == ["134"]
    assert invite.all("X-Kiestoon-Device") == [str(100 + 35)]
    assert invite.all("X-Kiestoon-Source") == [f"tcp:127.0.0.1:{one.wire.address[1]}"]
    for name in (
        "P-Preferred-Identity",
        "Remote-Party-ID",
        "Diversion",
        "X-Kiestoon-Trunk",
        "Proxy-Authorization",
    ):
        assert name not in invite
    node.send(invite.answer(486))


def test_a_call_without_a_password_reaches_nobody(phone: PhoneMaker, node: MediaNode, address: str) -> None:
    one = phone("135", address=address, secret="guess")
    request = one.build("INVITE", "sip:101@kiestoon")
    assert one.ask(request).status == 407
    assert not heard(node, request)


def test_a_recorded_request_does_not_work_again(phone: PhoneMaker, node: MediaNode) -> None:
    one, thief = phone("136"), phone("136")
    request = one.invite("101")
    node.send(node.expect(request_for("INVITE")).answer(486))
    assert one.final(request).status == 486
    replay = thief.build("INVITE", "sip:101@kiestoon")
    replay.headers.append(("Proxy-Authorization", request["Proxy-Authorization"]))
    thief.send(replay)
    answer = thief.final(replay)
    assert answer.status == 407
    assert "stale=true" in answer["Proxy-Authenticate"]
    assert not heard(node, replay)


def test_the_edge_is_no_open_relay(edge: Instance, phone: PhoneMaker, node: MediaNode, address: str) -> None:
    """A request that pretends to be in a dialog is not carried to where its Route says."""
    victim, attacker = phone("137"), phone("138", address=address)
    host, port = victim.wire.address
    for target in (f"sip:0900@{host}:{port}", "sip:0900@victim.example"):
        request = attacker.build("INVITE", target, To="<sip:0900@kiestoon>;tag=a")
        request.headers.insert(0, ("Route", f"<sip:127.0.0.1:{edge.sip_port};lr>"))
        attacker.send(request)
        assert attacker.final(request).status == 403
    # … nor is an answer that nobody asked for.
    via = f"SIP/2.0/UDP 127.0.0.1:{edge.sip_port};branch=z9hG4bKx, SIP/2.0/UDP {host}:{port};branch=z9hG4bKy"
    attacker.send(attacker.build("OPTIONS", "sip:x", Via=via).answer(200))
    assert not is_silent(attacker)
    with pytest.raises(TimeoutError):
        victim.wire.receive(0.3)


def test_a_scanner_hears_nothing_and_is_reported_once(
    phone: PhoneMaker, address: str, events: Events
) -> None:
    scanner = phone("100", address=address, agent="friendly-scanner")
    assert is_silent(scanner, 0.3)
    assert is_silent(scanner, 0.3)
    event = events.wait(lambda e: e["kind"] == "scanner" and e["address"] == address)
    assert event["username"] == "100"
    assert not [e for e in events.kept if e["kind"] == "scanner" and e["address"] == address]


def test_a_flood_is_dropped_and_others_are_served(
    edge: Instance, phone: PhoneMaker, address: str, events: Events
) -> None:
    flood = phone("139", address=address)
    for _number in range(400):
        flood.send(flood.build("REGISTER", "sip:kiestoon"))
    event = events.wait(lambda e: e["kind"] == "banned" and e["address"] == address)
    assert (event["reason"], event["seconds"], event["username"]) == ("flood", 30, "")
    assert is_silent(flood)
    assert phone("139").register().status == 200
    (ban,) = (ban for ban in rpc.bans(to=edge) if ban.address == address)
    assert ban.until.timestamp() - time.time() < 33
    rpc.lift_ban(address, to=edge)
    assert flood.register().status == 200


def test_a_busy_office_is_no_flood(edge: Instance, phone: PhoneMaker, address: str) -> None:
    """Two hundred browsers come back in the same moment, from one address that is known."""
    assert phone("140", address=address).register().status == 200
    office = phone("140", address=address)
    for _number in range(400):
        office.send(office.build("REGISTER", "sip:kiestoon", To="<sip:140@kiestoon>"))
    office.received.clear()
    assert phone("140", address=address).register().status == 200
    assert address not in {ban.address for ban in rpc.bans(to=edge)}


def test_ten_thousand_mutated_packets_and_huge_messages_leave_it_alive(
    servers: Servers, edge: Instance, phone: PhoneMaker, node: MediaNode, address: str
) -> None:
    chance = random.Random(7)
    good = phone("141")
    processes = _processes(servers)
    samples = [
        good.build("REGISTER", "sip:kiestoon", To="<sip:141@kiestoon>").render(),
        good.build(
            "INVITE", "sip:101@kiestoon", body="v=0\r\nc=IN IP4 1.2.3.4\r\nm=audio 1 RTP/AVP 8\r\n"
        ).render(),
        good.build("SUBSCRIBE", "sip:101@kiestoon", ("Event", "dialog")).render(),
        good.build("BYE", "sip:101@kiestoon", To="<sip:1@x>;tag=1").render(),
        good.build("INVITE", "sip:101@kiestoon").answer(200).render(),
        good.build("REGISTER", "sip:kiestoon").render()[:-2]
        + b'Authorization: Digest username="141", realm="kiestoon"\r\n\r\n',
    ]
    prefix = address.rpartition(".")[0]
    wires = [
        UdpWire(("127.0.0.1", edge.sip_port), (f"{prefix}.{250 + number % 5}", 0)) for number in range(5)
    ]
    for number in range(10_000):
        wires[number % 5].send(mutated(chance.choice(samples), chance))
        if number % 500 == 0:
            for wire in wires:
                rpc.lift_ban(wire.address[0], to=edge)  # the guard would stop it long before
    for size in (9_000, 65_000):
        wires[0].send(good.build("OPTIONS", "sip:kiestoon", ("Subject", "x" * size)).render()[:65_400])
        stream = TcpWire(("127.0.0.1", edge.sip_port), (wires[0].address[0], 0))
        try:
            stream.send(good.build("OPTIONS", "sip:kiestoon", ("Subject", "x" * size * 2)).render())
            stream.send(b"\x16\x03\x01" * 1000)
        except ConnectionError:
            pass
        stream.close()
    for wire in wires:
        rpc.lift_ban(wire.address[0], to=edge)
        wire.close()
    assert good.register().status == 200
    assert _processes(servers) == processes
    assert servers["edge"].log.stat().st_size < 5_000_000


def test_an_http_request_that_is_none_is_turned_away(edge: Instance, address: str) -> None:
    for port, request in (
        (edge.ws_port, b"GET /rpc HTTP/1.1\r\nHost: x\r\n\r\n"),
        (edge.sip_port, b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"),
        (edge.core_port, b"POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=3, source_address=(address, 0)) as http:
            http.sendall(request)
            assert http.recv(100).startswith(b"HTTP/1.1 404 ")


def _processes(servers: Servers) -> list[int]:
    from tests.rig.edge.load.__main__ import family

    process = servers["edge"].process
    assert process is not None
    return sorted(family(process.pid))
