"""What is used of the limits of calls to outside: counted from this node's live legs, from what other nodes and
today's call log say, and without a query on the engine's thread.

The engine tells the meter of each leg that begins and ends over a trunk; a thread of its own asks Redis and the
database for the rest.
"""

from __future__ import annotations

import datetime
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import redis
from django.db import DatabaseError, close_old_connections
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

import live
from live import nodes
from telephony.calls.models import CallLeg
from telephony.routing.outbound_rules import Usage

log = logging.getLogger(__name__)

LOOK = 2.0  # seconds between two looks at the trunks
OTHERS = 10.0  # … at the live calls of other nodes
COUNT_AGAIN = 60.0  # … at the call log
LONGEST = datetime.timedelta(days=1)  # how long before midnight a call may have begun that still counts today
DOUBT = 10.0  # seconds that a trunk counts as away after it did not answer a call of ours


class Timed(Protocol):
    """A leg; times in Unix seconds, None for what has not happened."""

    answered_at: float | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What this node cannot see by itself: calls on other nodes, seconds in the log."""

    calls_of: Mapping[str, int]
    seconds_of: Mapping[str, int]


NOTHING = Elsewhere({}, {})


class Meter:
    """One a media node. `begin`, `end`, `doubt` and `usage` belong to the engine's thread."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.began = timezone.now()
        self._day = timezone.localdate()
        self._running: dict[Timed, str] = {}
        self._done: Counter[str] = Counter()
        self._elsewhere = NOTHING
        self._away: frozenset[int] = frozenset()
        self._doubted: dict[int, float] = {}
        self._usage: tuple[float, Usage] | None = None

    # --- the engine's thread

    def begin(self, leg: Timed, payer: str) -> None:
        """A leg over a trunk begins to be dialled; `payer` is the extension that it counts for."""
        self._running[leg] = payer
        self._usage = None

    def end(self, leg: Timed) -> None:
        """It is over."""
        payer = self._running.pop(leg, None)
        self._usage = None
        if payer is not None and leg.answered_at is not None:
            self._turn_page()
            begin = max(leg.answered_at, midnight().timestamp())
            self._done[payer] += max(0, round((leg.ended_at or time.time()) - begin))

    def doubt(self, trunk: int) -> None:
        """This trunk has just not answered: for a few seconds others are tried first."""
        self._doubted[trunk] = time.monotonic() + DOUBT
        self._usage = None

    def trust(self) -> None:
        """Somebody changed something: what did not answer before may be right now."""
        self._doubted.clear()
        self._usage = None

    def usage(self) -> Usage:
        """What is used now. Good for a second unless something happens."""
        now = time.time()
        if self._usage is not None and now - self._usage[0] < 1:
            return self._usage[1]
        self._turn_page()
        known = self._elsewhere
        calls, seconds = Counter(known.calls_of), Counter(known.seconds_of)
        seconds.update(self._done)
        since = midnight().timestamp() if self._running else 0
        for leg, payer in self._running.items():
            calls[payer] += 1
            if leg.answered_at is not None:
                seconds[payer] += max(0, int(now - max(leg.answered_at, since)))
        usage = Usage(calls.total(), seconds.total(), calls, seconds, self._away | self._in_doubt())
        self._usage = (now, usage)
        return usage

    def _in_doubt(self) -> frozenset[int]:
        now = time.monotonic()
        self._doubted = {trunk: until for trunk, until in self._doubted.items() if until > now}
        return frozenset(self._doubted)

    def _turn_page(self) -> None:
        if (today := timezone.localdate()) != self._day:
            self._day = today
            self._done.clear()
            self._elsewhere = Elsewhere(self._elsewhere.calls_of, {})

    # --- the other thread

    def start(self) -> None:
        """Count what the log knows, then keep looking. Not for the engine's thread: it asks the database."""
        self.look(counting=True, others=True)
        threading.Thread(target=self._run, name="meter", daemon=True).start()

    def _run(self) -> None:
        turn = 0
        while True:
            time.sleep(LOOK)
            turn += 1
            self.look(counting=turn % round(COUNT_AGAIN / LOOK) == 0, others=turn % round(OTHERS / LOOK) == 0)

    def look(self, *, counting: bool = False, others: bool = False) -> None:
        """Ask Redis and the database; what cannot be asked stays as it was. Not for the engine's thread."""
        try:
            self._away = away_trunks()
            if others:
                calls = calls_elsewhere(self.node)
                self._elsewhere = Elsewhere(calls, self._elsewhere.seconds_of)
            if counting:
                close_old_connections()
                day = timezone.localdate()
                seconds = seconds_logged(self.node, self.began)
                if day == timezone.localdate():
                    self._elsewhere = Elsewhere(self._elsewhere.calls_of, seconds)
        except (redis.RedisError, DatabaseError, ValueError) as error:
            log.debug("the use of trunks is not known exactly: %s", error)
        finally:
            self._usage = None


def midnight() -> datetime.datetime:
    """When today began, here."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def away_trunks() -> frozenset[int]:
    """The trunks that the edge agent says are away. Raises redis.RedisError."""
    found: dict[str, str] = cast("Any", live.client().hgetall(live.TRUNKS))
    return frozenset(int(trunk) for trunk, text in found.items() if json.loads(text)["state"] == "away")


def calls_elsewhere(node: str) -> dict[str, int]:
    """Live legs over trunks on the other nodes that live, by payer. Raises redis.RedisError."""
    return dict(
        Counter(
            leg.get("payer", "")
            for other in nodes.others(node)
            for call in nodes.calls_of(other)
            for leg in call["legs"]
            if leg.get("trunk") and leg["ended"] is None
        )
    )


def used_now() -> Usage | None:
    """What is used of the limits at this moment, for processes without a media node; None when Redis is away."""
    try:
        calls, away = Counter(calls_elsewhere("")), away_trunks()
    except redis.RedisError:
        return None
    seconds = Counter(seconds_logged("", timezone.now()))
    return Usage(calls.total(), seconds.total(), calls, seconds, away)


def seconds_logged(node: str, began: datetime.datetime) -> dict[str, int]:
    """Seconds of calls to outside that the log has of today, by payer, but for those that `node` counts itself.

    A leg that was moved into another call is in the log of both. Of what began before midnight the rest counts.
    """
    today = midnight()
    legs: QuerySet[CallLeg] = CallLeg.objects.filter(
        ~Q(call__node=node, started__gte=began),
        trunk__isnull=False,
        started__gte=today - LONGEST,
        answered__isnull=False,
        ended__gt=today,
    )
    rows = legs.order_by().values_list("payer", "trunk", "number", "answered").annotate(last=Max("ended"))
    seconds: Counter[str] = Counter()
    for payer, _trunk, _number, answered, last in rows:
        seconds[payer] += round((last - max(answered, today)).total_seconds())
    return dict(seconds)
