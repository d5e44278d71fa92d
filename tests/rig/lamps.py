"""A desk phone with lamps (BLF, RFC 4235)."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
import xml.etree.ElementTree as ET

from telephony.edge import payloads
from tests.rig.edge.agents import Message, Phone, request_for
from tests.rig.edge.wires import UdpWire
from tests.rig.exchange import Exchange

NAMES = {"x": "urn:ietf:params:xml:ns:dialog-info"}
PROMISED = 0.3  # seconds from the change to the lamp
STALE = 8.0  # seconds: what was set up takes that long at most on a busy machine


class Lamps:
    """A desk phone with lamps: what it is told, and when. It answers every NOTIFY at once."""

    def __init__(self, exchange: Exchange, username: str, secret: str = "") -> None:
        extension = username.partition("-")[0]
        wire = UdpWire(("127.0.0.1", exchange.instance.sip_port), ("127.0.0.1", 0))
        self._phone = Phone(wire, username, secret or f"secret{username}", extension=extension)
        self._told: queue.Queue[tuple[float, str]] = queue.Queue()
        self._turn, self._closing = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        while not self._closing.is_set():
            with self._turn, contextlib.suppress(TimeoutError):
                notify = self._phone.expect(request_for("NOTIFY"), 0.05)
                self._told.put((time.monotonic(), notify.body))
                self._phone.send(notify.answer(200))
            time.sleep(0.001)  # or nobody else ever gets the lock

    def close(self) -> None:
        self._closing.set()
        self._thread.join(2)
        self._phone.close()

    def _ask(self, target: str) -> Message:
        more = (("Event", "dialog"), ("Accept", payloads.DIALOG_INFO))
        with self._turn:
            request = self._phone.build("SUBSCRIBE", f"sip:{target}@kiestoon", *more, Expires="600")
            return self._phone.ask(request)

    async def ask(self, target: str) -> int:
        """SUBSCRIBE to a lamp; the status of the answer."""
        return (await asyncio.to_thread(self._ask, target)).status

    async def shows(self, state: str, text: str = "") -> float:
        """Wait until a lamp shows this state ("none", "early", "confirmed"); when that was (monotonic seconds)."""
        deadline = time.monotonic() + STALE
        while True:
            left = max(deadline - time.monotonic(), 0.01)
            moment, body = await asyncio.to_thread(self._told.get, timeout=left)
            if body and state_of(body) == state and text in body:
                return moment

    async def watch(self, target: str, state: str = "none") -> None:
        """Subscribe, and wait for what the lamp shows first."""
        assert await self.ask(target) == 200
        await self.shows(state)


def state_of(body: str) -> str:
    return ET.fromstring(body).findtext("x:dialog/x:state", namespaces=NAMES) or "none"
