"""Several media nodes: which of them has what a caller dials. Redis work, for other threads than the engine's.

With one node, or with Redis away, everything is here.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Mapping
from typing import Any

import redis

import live
from telephony.routing.codes import PICK_UP

NODE = "kiestoon:node:{name}"  # the SIP address of a media node, as long as it lives
SLOTS = "kiestoon:parking:nodes"  # hash: parking slot -> the node that has it
LASTING = 15  # seconds that a node is believed to live without a sign of life
SIGN = 5.0  # seconds between two signs
RINGING = frozenset({"calling", "ringing", "early"})


def show(name: str, address: str) -> None:
    """Say that this node lives, and where ("127.0.0.1:26001"). Raises redis.RedisError."""
    live.client().set(NODE.format(name=name), address, ex=LASTING)


def address_of(name: str) -> str:
    """Where a node is, "" when it does not live."""
    return str(live.client().get(NODE.format(name=name)) or "")


# --- parking slots: each belongs to one node at a time


def claim(name: str, slot: str) -> bool:
    """Have a slot for a node that keeps nobody in it yet; False when another node has somebody there."""
    try:
        client: Any = live.client()
        if client.hsetnx(SLOTS, slot, name):
            return True
        holder = client.hget(SLOTS, slot)
        # Left over from an earlier life of this node, or from one that is gone.
        if holder in (None, name) or not address_of(holder):
            client.hset(SLOTS, slot, name)
            return True
    except redis.RedisError:
        return True
    return False


def release(name: str, slot: str = "") -> None:
    """Give a slot back, or all that this node had in an earlier life."""
    with contextlib.suppress(redis.RedisError):
        held: Any = live.client().hgetall(SLOTS)
        for taken, holder in held.items():
            if holder == name and slot in ("", taken):
                live.client().hdel(SLOTS, taken)


# --- which node has it


def slot_elsewhere(name: str, slot: str) -> str:
    """The address of the other node that has somebody in this slot, or ""."""
    with contextlib.suppress(redis.RedisError):
        holder: Any = live.client().hget(SLOTS, slot)
        return address_of(holder) if holder not in (None, name) else ""
    return ""


def call_elsewhere(name: str, call_id: str) -> str:
    """The address of the other node that has this call, or ""."""
    with contextlib.suppress(redis.RedisError):
        for other in others(name):
            if live.client().hexists(live.CALLS.format(node=other), call_id):
                return address_of(other)
    return ""


def ringing_elsewhere(name: str, wanted: Collection[str], by: str, before: float) -> str:
    """The address of the other node where one of `wanted` has been rung for longest, or "".

    `before`: when the one that rings here began to (Unix seconds); `by` is not part of what it picks up.
    """
    with contextlib.suppress(redis.RedisError):
        found = [
            (leg["started"], other)
            for other in others(name)
            for call in calls_of(other)
            if not any(leg["extension"] == by and leg["state"] == "answered" for leg in call["legs"])
            for leg in call["legs"]
            if leg["extension"] in wanted and leg["role"] == "target" and leg["state"] in RINGING
        ]
        if found and min(found)[0] < before:
            return address_of(min(found)[1])
    return ""


def node_of(number: str) -> str:
    """The node where a slot is taken or an extension rings, for somebody whose call begins on a node of our choice:
    "700" or "*8101"; "" when it does not matter."""
    with contextlib.suppress(redis.RedisError):
        if holder := live.client().hget(SLOTS, number):
            return str(holder)
        if number.startswith(PICK_UP) and (extension := number.removeprefix(PICK_UP)):
            for call in live.live_calls():
                if any(leg["extension"] == extension and leg["state"] in RINGING for leg in call["legs"]):
                    return str(call["node"])
    return ""


def others(name: str) -> list[str]:
    """The nodes that live, but for this one."""
    keys = live.client().scan_iter(match=NODE.format(name="*"))
    found = sorted(key.removeprefix(NODE.format(name="")) for key in keys)
    return [other for other in found if other != name]


def gone() -> set[str]:
    """The nodes that have left calls or lamps behind and do not live. Raises redis.RedisError."""
    client: Any = live.client()
    left: set[str] = set()
    for prefix in (live.CALLS.format(node=""), live.ENDED.format(node="")):
        left |= {key.removeprefix(prefix) for key in client.scan_iter(match=f"{prefix}*")}
    left |= {field.partition(" ")[2] for field in client.hkeys(live.LAMPS)}
    return left - {"", *others("")}


def neighbours(name: str) -> dict[str, str]:
    """The other nodes that live, with their addresses. Raises redis.RedisError."""
    return {other: address for other in others(name) if (address := address_of(other))}


def talks(among: Mapping[str, str]) -> dict[str, str]:
    """Extension -> address of the node among these where it is on a call. Raises redis.RedisError."""
    kept: Any = live.client().hgetall(live.LAMPS)
    shown = ((*field.partition(" ")[::2], text) for field, text in kept.items())
    return {
        extension: among[node]
        for extension, node, text in shown
        if node in among and json.loads(text)["state"] == "busy"
    }


def calls_of(node: str) -> list[dict[str, Any]]:
    """The live calls of a node. Raises redis.RedisError."""
    texts: Any = live.client().hvals(live.CALLS.format(node=node))
    return [json.loads(text) for text in texts]
