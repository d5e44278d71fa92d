"""What each lamp should show now: colleagues, parking slots, statuses; and nothing of people who hide from lamps.

A lamp is named as a phone subscribes to it: an extension, a slot ("700"), "status-101" (lit while 101 is not
available), or "*31", which the edge makes "*31-101" for a phone of 101 (lit while their own status is that one).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import redis.asyncio
from django.utils import timezone

import live
from live.events import AnyEvent, is_event
from presence.events import PresenceEvent
from presence.models import Presence
from presence.status import CODES, Status
from telephony.calls.events import LampNews, ParkingEvent
from telephony.edge.lamps import Lamp
from telephony.extensions.models import Extension
from telephony.routing.directory import PARKING
from telephony.routing.forwarding import effective

OWN_STATUS = re.compile(r"(\*3[0-4])-([0-9]+)")
STATUS = re.compile(r"status-([0-9]+)")
IDLE = Lamp("idle")


class Board:
    """Remembers what extensions, slots and statuses do."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client
        self._lines: dict[str, Lamp] = {}
        self._statuses: dict[str, str] = {}
        self._hidden: frozenset[str] = frozenset()
        self._numbers: frozenset[str] = frozenset()

    async def read_lines(self) -> None:
        """What is on the telephone now, from Redis."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.hgetall(live.LAMPS)
        pipe.hgetall(live.SLOTS)
        extensions, slots = await pipe.execute()
        self._lines = {name: _lamp(one) for name, one in live.lamps(extensions).items()}
        self._lines |= {name: _slot(json.loads(text)) for name, text in slots.items()}

    def set_people(
        self, statuses: Mapping[str, str], hidden: frozenset[str], numbers: frozenset[str]
    ) -> None:
        """What `read_people` found in the database."""
        self._statuses, self._hidden, self._numbers = dict(statuses), hidden, numbers

    @property
    def read(self) -> bool:
        """Whether the extensions are known."""
        return bool(self._numbers)

    def knows(self, name: str) -> bool:
        """Whether there is such a lamp: a phone may ask for any name, and for as many as it likes."""
        if found := OWN_STATUS.fullmatch(name):
            return found[2] in self._numbers
        if found := STATUS.fullmatch(name):
            return found[1] in self._numbers
        return name in self._numbers or name in PARKING

    def hear(self, event: AnyEvent) -> tuple[str, ...]:
        """Something changed; the lamps that may look different now. Raises KeyError and TypeError."""
        if is_event(event, LampNews):
            name = str(event["extension"])
            self._lines[name] = _lamp(event)
            return (name,)
        if is_event(event, ParkingEvent):
            name = str(event["slot"])
            self._lines[name] = _slot(event)
            return (name,)
        if is_event(event, PresenceEvent):
            name = str(event["extension"])
            self._statuses[name] = str(event["status"])
            return (f"status-{name}", *(f"{code}-{name}" for code in CODES))
        return ()

    def lamp(self, name: str) -> Lamp:
        """What this lamp shows."""
        if own := OWN_STATUS.fullmatch(name):
            lit = self._statuses.get(own[2], Status.AVAILABLE) == CODES[own[1]]
            return Lamp("busy" if lit else "idle")
        if found := STATUS.fullmatch(name):
            away = self._statuses.get(found[1], Status.AVAILABLE) != Status.AVAILABLE
            return Lamp("busy" if away and found[1] not in self._hidden else "idle")
        return IDLE if name in self._hidden else self._lines.get(name, IDLE)


def read_people() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """Statuses other than a plain Available, the extensions that want no lamp, and all extensions; two queries."""
    now = timezone.now()
    rows = Presence.objects.values_list("extension__number", "status", "until")
    statuses = {number: effective(status, until, now) for number, status, until in rows}
    private = dict(Extension.objects.values_list("number", "lamp_private"))
    return statuses, frozenset(number for number, hides in private.items() if hides), frozenset(private)


def _lamp(message: Mapping[str, Any]) -> Lamp:
    state = message["state"]
    return Lamp(
        state if state in ("ringing", "busy") else "idle",
        call=str(message.get("call") or ""),
        peer=str(message.get("peer") or ""),
        peer_name=str(message.get("peer_name") or ""),
        incoming=bool(message.get("incoming", True)),
    )


def _slot(message: Mapping[str, Any]) -> Lamp:
    """A parking slot: busy while somebody waits in it."""
    if not message.get("call"):
        return IDLE
    return Lamp(
        "busy",
        call=str(message["call"]),
        peer=str(message.get("number") or ""),
        peer_name=str(message.get("name") or ""),
    )
