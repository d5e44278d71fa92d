"""What of the calls of one media node is shown in Redis: lamps, and the end of what a node left behind."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Collection, Mapping
from typing import Any, cast

import redis
from django.db import DatabaseError, close_old_connections

import live
from live import nodes
from telephony.calls.events import (
    Doing,
    Parked,
    lamp_changed,
    line_changed,
    parking_changed,
    whole_call,
)
from telephony.calls.log_rows import as_json, end_lost, event_text, finish_lost, write_calls
from telephony.calls.log_writer import log, tell_logged
from telephony.calls.snapshot import CallSnapshot

EMPTY: Parked = {"call": "", "number": "", "name": ""}  # a parking slot where nobody waits
NOTHING: Doing = {"state": "idle"}

# Keep what an extension does on this node, and tell what it does on all of them together: in one step, or two nodes
# that change something at the same time would each tell of what was before.
# KEYS: lamps, channel, stream. ARGV: own field, own event, event of being idle, length of the stream, and the
# fields of the other nodes. Web clients are told the event of being idle, with the state put in.
TOGETHER = """
local function busy(event) return string.find(event, '"state":"busy"', 1, true) end
local shown = ARGV[2]
if shown == ARGV[3] then
  redis.call("HDEL", KEYS[1], ARGV[1])
else
  redis.call("HSET", KEYS[1], ARGV[1], shown)
end
for number = 5, #ARGV do
  local other = redis.call("HGET", KEYS[1], ARGV[number])
  if other and (shown == ARGV[3] or (busy(other) and not busy(shown))) then
    shown = other
  end
end
redis.call("PUBLISH", KEYS[2], shown)
local state = string.match(shown, '"state":"(%a+)"')
local about = string.gsub(ARGV[3], '"state":"idle"', '"state":"' .. state .. '"')
redis.call("XADD", KEYS[3], "MAXLEN", "~", ARGV[4], "*", "event", about)
"""


def show_lamps(
    pipe: redis.client.Pipeline,
    lamps: Mapping[str, Doing],
    node: str,
    neighbours: Collection[str] = (),
) -> None:
    """Have `pipe` keep and tell what these extensions do on `node` now; their caller is shown on their lamps only."""
    for extension, shown in lamps.items():
        news, field = event_text(lamp_changed(extension, shown)), live.lamp_field(extension, node)
        if neighbours:
            idle = event_text(line_changed(extension, "idle"))
            others = [live.lamp_field(extension, other) for other in neighbours]
            keys = (live.LAMPS, live.LIVE, live.EVENTS)
            pipe.eval(TOGETHER, 3, *keys, field, news, idle, str(live.KEPT), *others)
            continue
        if shown["state"] == "idle":
            pipe.hdel(live.LAMPS, field)
        else:
            pipe.hset(live.LAMPS, field, news)
        live.broadcast(pipe, news)
        live.append(pipe, event_text(line_changed(extension, shown["state"])))


def close_leftovers(node: str) -> list[dict[str, Any]]:
    """Calls that were alive when `node` died are over: say so to all, and in the log; so do those that had ended.

    Those that the database did not take are returned; Redis keeps them too.
    """
    lost: list[dict[str, Any]] = []
    ended: list[dict[str, Any]] = []
    with contextlib.suppress(redis.RedisError):
        ended = live.ended_calls(node)
        lost = _forget_shown(node, {snapshot["id"] for snapshot in ended})
    try:
        close_old_connections()
        if ended:
            write_calls(ended, {snapshot["id"] for snapshot in ended})
        finish_lost(node, lost)
        tell_logged([*ended, *lost])
    except DatabaseError as error:
        log.warning("calls of an earlier life of %s stay open in the log: %s", node, error)
        return [*ended, *_keep_lost(node, lost)]
    return []


def _keep_lost(node: str, lost: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Have Redis keep these calls as ones that were lost, until the database takes them."""
    for snapshot in lost:
        if snapshot["ended"] is None:
            end_lost(node, snapshot, time.time())
    if lost:
        kept = {snapshot["id"]: as_json(snapshot) for snapshot in lost}
        with contextlib.suppress(redis.RedisError):
            live.client().hset(live.ENDED.format(node=node), mapping=kept)
    return lost


def _forget_shown(node: str, ended: Collection[str]) -> list[dict[str, Any]]:
    """Take out of Redis what a dead node showed; its calls but for those that had `ended`.

    Only one process gets them. Raises redis.RedisError.
    """
    client: Any = live.client()
    pipe = client.pipeline()
    pipe.hvals(live.CALLS.format(node=node))
    pipe.delete(live.CALLS.format(node=node))
    pipe.hkeys(live.LAMPS)
    texts, _deleted, fields = pipe.execute()
    lost: list[dict[str, Any]] = [json.loads(text) for text in texts]
    lit = {
        extension for extension, _space, where in (field.partition(" ") for field in fields) if where == node
    }
    lit |= {leg["extension"] for snapshot in lost for leg in snapshot["legs"]} - {""}
    pipe = client.pipeline(transaction=False)
    show_lamps(pipe, dict.fromkeys(lit, NOTHING), node, nodes.others(node))
    for slot in {str(snapshot.get("slot") or "") for snapshot in lost} - {""}:
        pipe.hdel(live.SLOTS, slot)
        free = event_text(parking_changed(slot, EMPTY))
        live.broadcast(pipe, free)
        live.append(pipe, free)
    for snapshot in lost:
        over = {**snapshot, "state": "ended", "ended": time.time(), "parties": []}
        live.append(pipe, event_text(whole_call(cast(CallSnapshot, over))))
    pipe.execute()
    return [snapshot for snapshot in lost if snapshot["id"] not in ended]
