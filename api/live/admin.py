"""The WebSocket that tells administration pages that something changed; what changed they read as ever."""

from __future__ import annotations

import asyncio
from typing import Any

import redis.asyncio
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

import live
from live.events import kind_of, read_event
from pbxsite.instance import instance
from telephony import features

# Seconds after which a page has to come back, so that a person who signed out or lost a right does not listen on.
LONGEST = 600


def permitted_kinds(user: Any) -> frozenset[str]:
    """The kinds of messages that `user` may receive: none without being staff."""
    if not (user and user.is_active and user.is_staff):
        return frozenset()
    kinds = (kind for feature in features.every() for kind in feature.events if kind.permission)
    return frozenset(kind_of(kind.sent) for kind in kinds if user.has_perm(kind.permission))


def kind_in(message: bytes) -> str:
    """The kind that a live message says it is; nothing when it says none."""
    try:
        kind: object = read_event(message).get("kind")
    except (ValueError, TypeError):
        return ""
    return kind if isinstance(kind, str) else ""


class LiveConsumer(AsyncJsonWebsocketConsumer):
    """Sends {"kind": …} for each message on the live channel that the person may know of, and nothing more of it."""

    # It hears the live channel itself, and needs no mailbox in a channel layer beside it.
    channel_layer_alias = ""

    async def connect(self) -> None:
        kinds = await database_sync_to_async(permitted_kinds)(self.scope.get("user"))
        if not kinds:
            await self.close()
            return
        await self.accept()
        self.forwarding = asyncio.create_task(self.forward(kinds))

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "forwarding"):
            self.forwarding.cancel()

    async def forward(self, kinds: frozenset[str]) -> None:
        """Pass on until the time is up or Redis is gone; the page then connects again."""
        try:
            async with (
                asyncio.timeout(LONGEST),
                # Without a time-out: quiet for a while is not broken. The library's own is 5 seconds.
                redis.asyncio.Redis.from_url(
                    instance.redis_url, socket_connect_timeout=2, socket_timeout=None
                ) as client,
                client.pubsub(ignore_subscribe_messages=True) as channel,
            ):
                await channel.subscribe(live.LIVE)
                await self.send_json({"kind": "ready"})
                async for message in channel.listen():
                    if (kind := kind_in(message["data"])) in kinds:
                        await self.send_json({"kind": kind})
        except (TimeoutError, OSError, redis.RedisError):
            pass
        await self.close()
