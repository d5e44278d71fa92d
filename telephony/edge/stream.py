"""What Kamailio tells the application: typed events from the Redis stream `kiestoon:edge`.

A consumer group remembers what was handled, over restarts of the agent: an event is handled at least once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import redis.asyncio
from redis.exceptions import ResponseError

import live

GROUP, CONSUMER = "agent", "agent"
BATCH = 2000

RegistrationKind = Literal["registered", "refreshed", "unregistered", "expired"]


@dataclass(frozen=True, slots=True)
class RegistrationEvent:
    """A contact came, was prolonged until `expires`, or went."""

    kind: RegistrationKind
    at: datetime
    extension: str
    device: int | None
    contact: str
    source: str
    user_agent: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class BanEvent:
    """An address is shut out until `until`; `reason` is "passwords" or "flood"."""

    at: datetime
    address: str
    username: str
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class WatchedEvent:
    """A phone subscribed to the lamp of an extension."""

    extension: str
    event: Literal["dialog", "message-summary"]


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """Everything else: "started" (Kamailio), "scanner", "wrong_password", "media_down", "media_up"."""

    kind: str
    about: str


Event = RegistrationEvent | BanEvent | WatchedEvent | OtherEvent


class Stream:
    """Reads the events in order. Methods raise redis.RedisError when Redis is away."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self.client = client
        self._ready = False
        self._unacknowledged = True

    async def read(self, wait: int) -> list[tuple[str, Event]]:
        """The next events with their ids; after `wait` ms without any an empty list. Those that an earlier agent
        read and did not finish come first."""
        if not self._ready:
            await self._create_group()
        position = "0" if self._unacknowledged else ">"
        try:
            answer: Any = await self.client.xreadgroup(
                GROUP, CONSUMER, {live.EDGE_EVENTS: position}, count=BATCH, block=wait
            )
        except ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
            self.restart()  # Redis came back empty
            return []
        entries = [entry for _stream, found in answer for entry in found]
        if self._unacknowledged and not entries:
            self._unacknowledged = False
            return []
        return [(identifier, parse(identifier, fields.get("event", ""))) for identifier, fields in entries]

    async def done(self, identifiers: list[str]) -> None:
        """These events never come back."""
        if identifiers:
            await self.client.xack(live.EDGE_EVENTS, GROUP, *identifiers)

    def restart(self) -> None:
        """After a failure: unfinished events are read again."""
        self._ready, self._unacknowledged = False, True

    async def _create_group(self) -> None:
        try:
            await self.client.xgroup_create(live.EDGE_EVENTS, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        self._ready, self._unacknowledged = True, True


def parse(identifier: str, text: str) -> Event:
    """One event from its JSON; its time is that of its id (ms since 1970). What makes no sense becomes OtherEvent."""
    at = datetime.fromtimestamp(int(identifier.partition("-")[0]) / 1000, UTC)
    try:
        return _parse(at, json.loads(text, strict=False))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return OtherEvent("unreadable", text[:200])


def _parse(at: datetime, data: dict[str, Any]) -> Event:
    match data["kind"]:
        case "registered" | "refreshed" | "unregistered" | "expired" as kind:
            return RegistrationEvent(
                kind=kind,
                at=at,
                extension=str(data["extension"])[:6],
                device=data["device"],
                contact=str(data["contact"])[:255],
                source=str(data["source"])[:80],
                user_agent=str(data["user_agent"])[:160],
                expires=at + timedelta(seconds=int(data["expires"])),
            )
        case "banned":
            until = at + timedelta(seconds=int(data["seconds"]))
            return BanEvent(at, data["address"], str(data["username"])[:80], str(data["reason"])[:40], until)
        case "watched":
            event: Literal["dialog", "message-summary"] = (
                "message-summary" if data["event"] == "message-summary" else "dialog"
            )
            return WatchedEvent(str(data["extension"]), event)
        case kind:
            return OtherEvent(str(kind), str(data.get("node") or data.get("address") or ""))
