"""Redis: what is going on right now, shared by every process."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from typing import Any

import redis

from pbxsite.instance import instance

CALLS = "kiestoon:calls:{node}"
LAMPS = "kiestoon:lamp"
DIRECTORY_CHANGED = "kiestoon:directory"
LIVE = "kiestoon:live"
EDGE_EVENTS = "kiestoon:edge"


@cache
def client() -> redis.Redis:
    """The process's connection pool; commands fail within 3 seconds when Redis is away."""
    return redis.Redis.from_url(
        instance.redis_url,
        decode_responses=True,
        socket_connect_timeout=1,
        socket_timeout=3,
        health_check_interval=10,
    )


def publish(message: dict[str, Any]) -> None:
    """Tell whoever listens; with Redis away nobody does, and nothing depends on it."""
    with contextlib.suppress(redis.RedisError):
        client().publish(LIVE, json.dumps(message))


def live_calls() -> list[dict[str, Any]]:
    """Every live call on every media node, oldest first. Raises redis.RedisError when Redis is away."""
    calls: list[dict[str, Any]] = []
    for key in client().scan_iter(match=CALLS.format(node="*")):
        calls += [json.loads(text) for text in client().hvals(key)]
    return sorted(calls, key=lambda call: call["started"])
