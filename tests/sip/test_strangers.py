"""Strangers on the network, who know the port that a call's sound goes to."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct

from tests.rig.conversations import ALICE_HZ, BOB_HZ, hears, talk
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones

BURSTS, PACKETS = 8, 60
PCMA, SAMPLES = 8, 160  # payload type and length of a packet of 20 ms (RFC 3551)


async def test_a_stranger_who_sends_sound_to_a_call_neither_hears_it_nor_breaks_it(
    exchange: Exchange, phones: Phones
) -> None:
    call, answered = await talk(exchange, phones, "100", "101")
    await call.play_tone(ALICE_HZ)
    await answered.play_tone(BOB_HZ)
    await hears(answered, ALICE_HZ)
    host, _, port = str((await call.statistics())["remote"]).rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.setblocking(False)
        ssrc = secrets.randbits(32)
        for number in range(BURSTS * PACKETS):
            head = struct.pack("!BBHII", 0x80, PCMA, number, number * SAMPLES, ssrc)
            stranger.sendto(head + bytes([0x2A]) * SAMPLES, (host, int(port)))
            if number % PACKETS == 0:
                await asyncio.sleep(0.05)  # some of the phone's own in between
        await hears(answered, ALICE_HZ)
        await hears(call, BOB_HZ)
        got = 0
        try:
            while stranger.recv(2048):
                got += 1
        except BlockingIOError:
            pass
    assert got == 0, f"{got} packets of the call went to the stranger"
    await call.hangup()
