"""Writes what happens to calls: Redis for other processes, the database for the call log.

The engine's thread only notes which call changed; a thread of its own shows them, in batches, and gives those that
are due to `call_log`, which has another. When Redis is away it keeps what is not yet shown and tries again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import redis

import live
from telephony.calls.blf import EMPTY, NOTHING, close_leftovers, show_lamps
from telephony.calls.events import Doing, Parked, call_changed, parking_changed, whole_call_text
from telephony.calls.log_rows import as_json, event_text
from telephony.calls.log_writer import CallLog
from telephony.calls.snapshot import CallSnapshot

if TYPE_CHECKING:
    from telephony.engine.call import Call

log = logging.getLogger(__name__)

BATCH = 0.1  # seconds that changes are collected before they are written
LOG_AFTER = 1.0  # a call that lasts longer than this many seconds is in the database while it lives
RETRY = 1.0


class Ledger:
    """Collects changed calls on the engine's thread, shows them on its own."""

    def __init__(self, node: str, folder: Path) -> None:
        self.node = node
        self._key, self._ended_key = live.CALLS.format(node=node), live.ENDED.format(node=node)
        self._changed: dict[str, Call] = {}
        self._ended: deque[CallSnapshot] = deque()
        self._wake = threading.Event()
        self._stop = False
        self._unshown: dict[str, CallSnapshot] = {}
        self._living: dict[str, CallSnapshot] = {}
        self._due: list[CallSnapshot] = []
        self._logged: set[str] = set()  # those that live and were given to the log
        self._lamps: dict[str, Doing] = {}
        self._slots: dict[str, Parked] = {}
        self.neighbours: tuple[str, ...] = ()  # the other nodes that live
        self._redis_down = False
        self._again = threading.Event()
        self._call_log = CallLog(folder / f"unlogged-{node}.jsonl", node)
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def start(self) -> None:
        """First close what an earlier life of this node left open, then begin."""
        self._call_log.start()
        self._call_log.add(close_leftovers(self.node))
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and end; waits at most 10 seconds."""
        self._stop = True
        self._wake.set()
        self._thread.join(5)
        self._call_log.add([*self._due, *self._ended])  # with a Redis that hangs
        self._call_log.stop(5)

    def note(self, call: Call) -> None:
        """`call` is different from what others see. Cheap: called on the engine's thread."""
        self._changed[call.id] = call
        if not self._wake.is_set():  # which costs a tenth of setting it, a dozen times a call
            self._wake.set()

    def note_end(self, call: Call) -> None:
        """`call` has ended; this is what will be remembered of it."""
        self._ended.append(call.snapshot())
        self._changed.pop(call.id, None)
        self._wake.set()

    def meet(self, neighbours: tuple[str, ...]) -> None:
        """These other nodes live. From any thread."""
        self.neighbours = neighbours

    def show_again(self) -> None:
        """Redis was away and may have forgotten everything. From any thread."""
        self._again.set()
        self._wake.set()

    # --- the writing thread

    def _run(self) -> None:
        while True:
            waiting = self._unshown or self._living or self._redis_down
            self._wake.wait(RETRY if waiting else None)
            if not self._stop:
                time.sleep(BATCH)
            self._wake.clear()
            try:
                self._collect()
                self._show()
            except Exception:
                # Without this thread no call would be shown or logged any more.
                log.exception("calls are shown later")
                time.sleep(RETRY)
            self._give_to_log()
            if self._stop and not (self._changed or self._ended):
                return

    def _collect(self) -> None:
        while self._changed:
            try:
                _id, call = self._changed.popitem()
            except KeyError:
                break  # it has just ended
            try:
                snapshot = call.snapshot()
            except RuntimeError:
                # The engine's thread changed the call while it was copied: take it again.
                self._changed[call.id] = call
                continue
            self._unshown[call.id] = self._living[call.id] = snapshot
        # After the living: a call that ended meanwhile must not come back to life.
        while self._ended:
            snapshot = self._ended.popleft()
            self._living.pop(snapshot["id"], None)
            self._logged.discard(snapshot["id"])
            self._unshown[snapshot["id"]] = snapshot
            self._due.append(snapshot)
        border = time.time() - LOG_AFTER
        for snapshot in self._living.values():
            if snapshot["id"] not in self._logged and snapshot["started"] < border:
                self._logged.add(snapshot["id"])
                self._due.append(snapshot)

    def _give_to_log(self) -> None:
        due, self._due = self._due, []
        if due:
            self._call_log.add(due)

    def _show(self) -> None:
        """Redis: the hash of live calls, the lamps, and the news."""
        again = self._redis_down or self._again.is_set()
        if not (self._unshown or again):
            return
        self._again.clear()
        if again:
            # What was shown may be lost with Redis, and what it kept may be old: show every living call anew.
            self._unshown = {**self._living, **self._unshown}
        lamps = self._lamps_now()
        # An extension that became idle while Redis was away is in what was shown last.
        changed = {*lamps, *self._lamps}
        if not again:
            changed = {
                extension for extension in changed if lamps.get(extension) != self._lamps.get(extension)
            }
        try:
            pipe = live.client().pipeline(transaction=False)
            if again:
                pipe.delete(self._key)
            unlogged = {snapshot["id"] for snapshot in self._due}
            for snapshot in self._unshown.values():
                text = as_json(snapshot)
                if snapshot["ended"] is None:
                    pipe.hset(self._key, snapshot["id"], text)
                else:
                    if snapshot["id"] in unlogged:
                        # Before it is taken out: whoever finds a call in both, since this node died here, knows
                        # that it has ended.
                        pipe.hset(self._ended_key, snapshot["id"], text)
                    pipe.hdel(self._key, snapshot["id"])
                live.broadcast(pipe, event_text(call_changed(snapshot)))
                live.append(pipe, whole_call_text(text))  # for web clients
            shown: dict[str, Doing] = {extension: lamps.get(extension, NOTHING) for extension in changed}
            show_lamps(pipe, shown, self.node, self.neighbours)
            slots = self._slots_now()
            for slot in {*slots, *self._slots}:
                if again or slots.get(slot) != self._slots.get(slot):
                    parked = event_text(parking_changed(slot, slots.get(slot, EMPTY)))
                    if slot in slots:
                        pipe.hset(live.SLOTS, slot, parked)
                    else:
                        pipe.hdel(live.SLOTS, slot)
                    live.broadcast(pipe, parked)
                    live.append(pipe, parked)
            pipe.execute()
        except redis.RedisError as error:
            if not self._redis_down:
                log.warning("live calls are not shown while Redis is away: %s", error)
            self._redis_down = True
            return
        self._redis_down = False
        self._lamps, self._slots = lamps, slots
        self._unshown.clear()

    def _slots_now(self) -> dict[str, Parked]:
        """Parking slot -> the call in it and the waiting party."""
        now: dict[str, Parked] = {}
        for snapshot in self._living.values():
            if slot := snapshot.get("slot"):
                waits = [one for one in snapshot["parties"] if one["state"] == "parked"]
                number, name = (
                    (waits[0]["number"], waits[0]["name"])
                    if waits
                    else (snapshot["caller"], snapshot["caller_name"])
                )
                now[slot] = {"call": snapshot["id"], "number": number, "name": name}
        return now

    def _lamps_now(self) -> dict[str, Doing]:
        """What extensions that are not idle do: busy, or ringing with the caller."""
        now: dict[str, Doing] = {}
        busy: Doing = {"state": "busy"}
        for snapshot in self._living.values():
            for leg in snapshot["legs"]:
                extension = leg["extension"]
                if not extension or leg["state"] == "ended":
                    continue
                if leg["state"] == "answered" or leg["role"] == "caller":
                    now[extension] = busy
                elif extension not in now:
                    peer, name = snapshot["caller"], snapshot["caller_name"]
                    call = snapshot["id"]
                    now[extension] = {"state": "ringing", "call": call, "peer": peer, "peer_name": name}
        return now
