"""The relay (rtpengine): one that was started again knows none of its calls, and their sound needs a new way."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pjsua2 as pj

if TYPE_CHECKING:
    from telephony.engine.leg import Leg

log = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds for an answer; without one the relay is away, and nothing can be done


class Relay:
    """Asks the relay by its ng protocol: `port` on loopback; `rtp` are its ports for sound, inclusive."""

    def __init__(self, loop: asyncio.AbstractEventLoop, port: int, rtp: tuple[int, int]) -> None:
        self._loop = loop
        self._port = port
        self._rtp = rtp

    async def mend(self, silent: Iterable[Leg]) -> None:
        """Offer again to those whose call the relay has forgotten: on the way the edge makes a new session of it."""
        carried = [leg for leg in silent if self._carries(leg)]
        if not carried:
            return
        unknown = await self._loop.run_in_executor(
            None, self._forgotten, [leg.sip_call_id for leg in carried]
        )
        for leg in carried:
            if leg.sip_call_id in unknown and leg.alive and leg.answered:
                log.warning("the relay has forgotten the sound of %s", leg.number)
                leg.offer_again()

    def _carries(self, leg: Leg) -> bool:
        if not leg.audio():
            return False
        try:
            port = leg.getStreamInfo(0).remoteRtpAddress.rpartition(":")[2]
        except pj.Error:
            return False
        return port.isdecimal() and self._rtp[0] <= int(port) <= self._rtp[1]

    def _forgotten(self, call_ids: list[str]) -> set[str]:
        """Those of these calls that the relay does not know; none when it does not answer."""
        unknown = set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(PATIENCE)
            try:
                udp.connect(("127.0.0.1", self._port))
                for call_id in call_ids:
                    cookie, name = secrets.token_hex(8).encode(), call_id.encode(errors="surrogateescape")
                    udp.send(b"%s d7:call-id%d:%s7:command5:querye" % (cookie, len(name), name))
                    answer = udp.recv(65535)
                    if answer.startswith(cookie) and b"Unknown call" in answer:
                        unknown.add(call_id)
            except OSError:
                pass
        return unknown
