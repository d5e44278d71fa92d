"""Redis: what is going on right now, shared by every process."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import redis

from live.events import PEOPLE_KINDS, AnyEvent, EventText, as_text
from pbxsite.instance import instance

CALLS = "kiestoon:calls:{node}"
ENDED = "kiestoon:ended:{node}"  # hash: call id -> what the log is to say of it, until the database has it
# Hash: "101 media1" -> the event that tells what 101 does on that node, while it is not idle there; `lamps` reads it.
LAMPS = "kiestoon:lamp"
SLOTS = "kiestoon:parking"  # hash: parking slot -> the event that tells which party waits in it
DIRECTORY_CHANGED = "kiestoon:directory"
DIRECTORY_READ = (
    "kiestoon:directory:{node}"  # how often a media node has read it, so that a change can be waited for
)
LIVE = "kiestoon:live"
EDGE_EVENTS = "kiestoon:edge"
TRUNKS = "kiestoon:trunks"  # hash: trunk id -> {state, error}
# What web clients hear, kept for those that come back after a while: a stream of about so many events.
EVENTS = "kiestoon:events"
KEPT = 10_000
# Counts what changes how people are shown, but for their lines: a reader knows by it when to read them again.
PEOPLE = "kiestoon:people"


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


def publish(event: AnyEvent, *, user: int | None = None) -> None:
    """Tell every listener; with Redis away there is none, and nothing depends on it.

    Web clients hear it too (`api.live.audience` says who may); only those of `user` when there is one.
    Call it after the commit.
    """
    text, people = as_text(event), event.get("kind") in PEOPLE_KINDS
    with contextlib.suppress(redis.RedisError):
        # As one: a reader that sees that people changed finds the changed ones in the stream.
        pipe = client().pipeline(transaction=people)
        if user is None:
            broadcast(pipe, text)
        if people:
            # Before the event: a client that hears the event and asks must not be shown what was before.
            pipe.incr(PEOPLE)
        append(pipe, text, user)
        pipe.execute()


def broadcast(pipe: Any, text: EventText) -> None:
    """Have `pipe` tell the processes that listen right now: the edge's agent, the administration's pages."""
    pipe.publish(LIVE, text)


def append(pipe: Any, text: EventText, user: int | None = None) -> None:
    """Have `pipe` add an event to the stream that web clients are told from."""
    entry = {"event": text} if user is None else {"event": text, "user": str(user)}
    pipe.xadd(EVENTS, entry, maxlen=KEPT, approximate=True)


def last_event() -> str:
    """The id of the newest event, "0-0" when there is none. Raises redis.RedisError when Redis is away."""
    newest: Any = client().xrevrange(EVENTS, count=1)
    return str(newest[0][0]) if newest else "0-0"


def lamp_field(extension: str, node: str) -> str:
    """Where in LAMPS is kept what an extension does on one node."""
    return f"{extension} {node}"


def lamps(kept: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What each extension does, of what LAMPS keeps: busy on one node and rung on another is busy."""
    shown: dict[str, dict[str, Any]] = {}
    for field, text in kept.items():
        extension, one = field.partition(" ")[0], json.loads(text)
        if extension not in shown or one["state"] == "busy":
            shown[extension] = one
    return shown


def lines() -> dict[str, str]:
    """Extension -> "ringing" or "busy", of those that are not idle. Raises redis.RedisError when Redis is away."""
    kept: Any = client().hgetall(LAMPS)
    return {extension: str(one["state"]) for extension, one in lamps(kept).items()}


def team() -> tuple[str | None, dict[str, str]]:
    """The count of changes to people, and `lines()`: one look at Redis. Raises redis.RedisError when it is away."""
    pipe = client().pipeline(transaction=False)
    pipe.get(PEOPLE)
    pipe.hgetall(LAMPS)
    version, kept = pipe.execute()
    return version, {extension: str(one["state"]) for extension, one in lamps(kept).items()}


def ended_calls(node: str) -> list[dict[str, Any]]:
    """What has ended on a node and may be missing from the log. Raises redis.RedisError when Redis is away."""
    texts: Any = client().hvals(ENDED.format(node=node))
    return [json.loads(text) for text in texts]


def live_calls() -> list[dict[str, Any]]:
    """Every live call on every media node, oldest first. Raises redis.RedisError when Redis is away."""
    calls: list[dict[str, Any]] = []
    for key in client().scan_iter(match=CALLS.format(node="*")):
        calls += [json.loads(text) for text in client().hvals(key)]
    return sorted(calls, key=lambda call: call["started"])
