"""Writes calls to the database's log, on a thread of its own: a database that hangs holds up nothing else.

What the database does not take is kept and tried again. Calls that have ended stay in Redis until the database has
them (`live.ENDED`), and those that it refuses are also written to a file, so that none is missing from the log when
this process ends before the database is back.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, cast

import redis
from django.db import InterfaceError, OperationalError, close_old_connections

import live
from telephony.calls.events import call_logged
from telephony.calls.log_rows import Snapshot, as_json, event_text, write_calls
from telephony.calls.snapshot import CallSnapshot

log = logging.getLogger(__name__)

RETRY = 1.0  # seconds
AT_ONCE = 1000  # calls in one transaction

# The database is not there, or not now; other errors are about what is to be written.
AWAY = (OperationalError, InterfaceError)


class CallLog:
    """Takes calls from any thread, writes them on its own."""

    def __init__(self, spill: Path, node: str = "") -> None:
        self.spill = Spill(spill)
        self.node = node
        self._left: set[str] = (
            set()
        )  # what Redis kept of an earlier life: whether it is in the log is not certain
        self._given: deque[Snapshot] = deque()
        self._unlogged: dict[str, Snapshot] = {}
        self._wake = threading.Event()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="call-log", daemon=True)

    def start(self) -> None:
        """Write what an earlier life could not, then begin."""
        left = self.spill.read()
        with contextlib.suppress(redis.RedisError):
            left += live.ended_calls(self.node)
        self._left = {snapshot["id"] for snapshot in left}
        for snapshot in left:
            self._unlogged[snapshot["id"]] = snapshot
        self._write()
        self._thread.start()

    def add(self, snapshots: Iterable[Snapshot]) -> None:
        """These calls are to be written, the newest state of each."""
        self._given.extend(snapshots)
        self._wake.set()

    def stop(self, seconds: float) -> None:
        """Write what is left, to the database or, when it does not take it within `seconds`, to the file."""
        self._stop = True
        self._wake.set()
        self._thread.join(seconds)
        self.spill.add([*self._unlogged.copy().values(), *self._given])

    def _run(self) -> None:
        while True:
            self._wake.wait(RETRY if self._unlogged else None)
            self._wake.clear()
            try:
                self._write()
            except Exception:
                # Without this thread no call would be logged any more.
                log.exception("calls are logged later")
            if self._stop and not self._given:
                return

    def _write(self) -> None:
        """One upsert for all calls that are due, one insert for the legs of those that ended."""
        while self._given:
            snapshot = self._given.popleft()
            self._unlogged[snapshot["id"]] = snapshot
        while self._unlogged:
            batch = list(islice(self._unlogged.values(), AT_ONCE))
            done = self._write_batch(batch)
            for snapshot in done:
                del self._unlogged[snapshot["id"]]
            tell_logged(done)
            if len(done) < len(batch):
                self.spill.add(self._unlogged.values())
                return
        self.spill.clear()
        self._left.clear()

    def _write_batch(self, batch: list[Snapshot]) -> list[Snapshot]:
        """Those that need not be tried again."""
        try:
            close_old_connections()
            write_calls(batch, self.spill.known | self._left)
        except AWAY as error:
            log.warning("%d calls wait for the database: %s", len(self._unlogged), error)
            return []
        except Exception:
            log.exception("%d calls were not logged together", len(batch))
            return self._write_one_by_one(batch)
        return batch

    def _write_one_by_one(self, batch: list[Snapshot]) -> list[Snapshot]:
        """Something in one call must not keep the others out of the log."""
        for number, snapshot in enumerate(batch):
            try:
                write_calls([snapshot], self.spill.known | self._left)
            except AWAY:
                return batch[:number]
            except Exception:
                log.exception("this call can't be logged: %s", json.dumps(snapshot))
        return batch


class Spill:
    """A file of calls that have ended and that the database has not taken: a line of JSON for each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: set[str] = (
            set()
        )  # calls in the file: whether the database has them after all is not certain

    def read(self) -> list[Snapshot]:
        """What an earlier life left; a line that was cut off is left out."""
        found: list[Snapshot] = []
        with contextlib.suppress(FileNotFoundError):
            for line in self.path.read_text().splitlines():
                try:
                    found.append(json.loads(line))
                except ValueError:
                    log.warning("a call in %s can't be read: %.200s", self.path, line)
        self.known = {snapshot["id"] for snapshot in found}
        return found

    def add(self, snapshots: Iterable[Snapshot]) -> None:
        """Keep those that have ended and are not in the file yet, through a failure of power too."""
        new = [one for one in list(snapshots) if one["ended"] is not None and one["id"] not in self.known]
        if not new:
            return
        try:
            with self.path.open("a") as file:
                file.writelines(as_json(snapshot) + "\n" for snapshot in new)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            log.warning("%d calls are only in memory: %s", len(new), error)
            return
        self.known.update(snapshot["id"] for snapshot in new)

    def clear(self) -> None:
        """All of them are in the database."""
        if self.known:
            self.path.unlink(missing_ok=True)
            self.known.clear()


def tell_logged(snapshots: Iterable[Mapping[str, Any]]) -> None:
    """Have web clients hear of the calls that ended and are in the log now, where Redis need not keep them any more.

    Without Redis nobody hears, and what it kept is written once more by the next life of the node.
    """
    with contextlib.suppress(redis.RedisError):
        pipe = live.client().pipeline(transaction=False)
        for snapshot in snapshots:
            if snapshot["ended"] is not None:
                live.append(pipe, event_text(call_logged(cast(CallSnapshot, snapshot))))
                pipe.hdel(live.ENDED.format(node=snapshot["node"]), snapshot["id"])
        pipe.execute()
