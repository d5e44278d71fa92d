"""Thousands of damaged messages: nobody dies of them, nothing stays behind, and the next call is a call."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Iterator
from contextlib import suppress

import pytest

from telephony.edge import rpc
from tests.rig.edge.agents import SDP, Message, Phone, digest
from tests.rig.edge.mutations import mutated
from tests.rig.edge.wires import UdpWire
from tests.rig.exchange import Exchange, eventually
from tests.rig.phones import Phones
from tests.rig.raw_sip import Health, cancel, media_node_is_up, new_address, phone_by_hand

SEED = 20
PUBLIC, INSIDE = 10_000, 2_000
CALLS = 400  # of the public ones: INVITEs with the right password, so that what is wrong in them gets far
ADDRESSES = 100  # so many packets from one address alone would be a flood
BATCH = 100
NUMBERS = ("*43", "777", "107", "*4103", "600", "101", "0207654321")

pytestmark = pytest.mark.timeout(180)


def fresh(message: Message) -> bytes:
    """The message as a new one: a transaction and a call that nobody has seen."""
    data = message.render()
    for old in (message["Via"].partition("branch=")[2].partition(";")[0], message["Call-ID"]):
        if old:
            data = data.replace(old.encode(), b"z9hG4bK" + secrets.token_hex(8).encode())
    return data


def requests_of_all_kinds(one: Phone, answer: Message) -> list[Message]:
    """Messages that a telephone in a call sends; `answer` is the 200 that began that call."""
    sdp = SDP.format(host="127.0.0.1", port=4000)
    first = one.build("INVITE", "sip:101@kiestoon", body=sdp)
    info = one.within("INFO", answer, body="Signal=5\r\nDuration=160\r\n")
    info.headers = [(name, value.replace("sdp", "dtmf-relay")) for name, value in info.headers]
    refer = one.within("REFER", answer)
    refer.headers += [
        ("Refer-To", "<sip:102@kiestoon?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>"),
        ("Referred-By", "<sip:100@x>"),
    ]
    subscribe = one.build("SUBSCRIBE", "sip:101@kiestoon", ("Event", "dialog"), ("Expires", "60"))
    return [
        one.build("REGISTER", "sip:kiestoon", ("Expires", "300"), To="<sip:100@kiestoon>"),
        first,
        cancel(first),
        one.build("ACK", "sip:101@kiestoon"),
        one.build("BYE", "sip:101@kiestoon", To="<sip:101@kiestoon>;tag=1"),
        one.build("OPTIONS", "sip:kiestoon"),
        one.build("MESSAGE", "sip:101@kiestoon", body="hello"),
        subscribe,
        info,
        refer,
        one.within("UPDATE", answer, body=sdp),
        one.within("INVITE", answer, body=sdp),
        one.within("ACK", answer, body=sdp),
        one.within("NOTIFY", answer),
        first.answer(200, body=sdp),
        first.answer(180),
        answer,
    ]


def calls_with_password(one: Phone, chance: random.Random) -> Iterator[bytes]:
    """INVITEs that are let in: damaged everywhere but in the lines that the password protects."""
    request = one.build("INVITE", "sip:*43@kiestoon")
    one.send(request)
    challenge = one.final(request)["Proxy-Authenticate"]
    for count in range(1, CALLS + 1):
        uri = f"sip:{chance.choice(NUMBERS)}@kiestoon"
        invite = one.build("INVITE", uri, body=SDP.format(host="127.0.0.1", port=4000))
        proof = digest(challenge, one.username, one.secret, "INVITE", uri, count)
        head, body = invite.render().split(b"\r\n\r\n", 1)
        start, via, *lines = head.split(b"\r\n")
        wrong = mutated(b"\r\n".join(lines[3:]), chance) if chance.random() < 0.5 else b"\r\n".join(lines[3:])
        if chance.random() < 0.7:
            body = mutated(body, chance)
        wrong = b"\r\n".join(
            line for line in wrong.split(b"\r\n") if line and not line.startswith(b"Content-Length")
        )
        length = b"Content-Length: %d" % len(body)
        lines = [start, via, *lines[:3], b"Proxy-Authorization: " + proof.encode(), wrong, length]
        yield b"\r\n".join(lines) + b"\r\n\r\n" + body


async def test_thousands_of_damaged_messages_leave_the_exchange_as_it_was(
    exchange: Exchange, phones: Phones
) -> None:
    await eventually(lambda: media_node_is_up(exchange), 10, "the media node")
    health = Health(exchange)
    chance = random.Random(SEED)
    caller, talker = phone_by_hand(exchange, "100"), phone_by_hand(exchange, "102")
    answer = talker.final(talker.invite("*43"))
    talker.send(talker.within("ACK", answer))
    samples = requests_of_all_kinds(talker, answer)

    def damaged() -> bytes:
        sample = chance.choice(samples)
        return mutated(fresh(sample) if "tag=" not in sample["To"] else sample.render(), chance)

    strangers = [
        UdpWire(("127.0.0.1", exchange.instance.sip_port), (new_address(), 0)) for _one in range(ADDRESSES)
    ]
    calls = calls_with_password(caller, chance)
    for number in range(PUBLIC):
        call = next(calls, None) if number % (PUBLIC // CALLS) == 0 else None
        if call is None:
            strangers[number % ADDRESSES].send(damaged())
        else:
            caller.wire.send(call)
        if number % BATCH == 0:
            await breathe(exchange)
    inside = UdpWire(("127.0.0.1", exchange.instance.media_port))
    for number in range(INSIDE):
        inside.send(damaged())
        if number % BATCH == 0:
            await breathe(exchange)
    talker.send(talker.within("BYE", answer))
    for wire in (*strangers, inside, caller.wire, talker.wire):
        wire.close()
    # An answer that nobody takes is given up after 32 s, and the BYE that follows after 32 s more (RFC 3261 §17).
    await health.unchanged(phones, 75)


async def breathe(exchange: Exchange) -> None:
    """Let the exchange work off what it has got: what its sockets drop is no test."""
    await eventually(lambda: len(exchange.live_ids()) < 40, 30, "some calls to end")
    with suppress(rpc.EdgeError):
        rpc.statistics(to=exchange.instance)
    await asyncio.sleep(0.02)
