"""One reader of the event stream for each web process, and every socket of that process behind it.

The first event of a quiet moment goes out at once; what follows on its heels goes together, so that a busy exchange
costs its web process a bounded share of its time, however many sockets there are.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio
from channels.db import database_sync_to_async

import live
from accounts.middleware import lacking_second_factor
from accounts.models import User
from api.events import bye, reload
from api.live.audience import news
from live.audience import Key, News
from live.events import as_text
from pbxsite.http.sockets import frame_of
from pbxsite.instance import instance
from telephony.extensions.selectors import number_of, private_extensions

log = logging.getLogger(__name__)

BATCH = 500  # events that are read together
REPLAY = 2000  # events that are told again; a client that missed more loads a fresh snapshot
PAUSE = 0.02  # seconds between two deliveries at least
SHARE = 2  # or so many times as long as the last one took
SWEEP = 30.0  # seconds between two looks at whether the sessions are still there
RETRY = 1.0  # seconds, while Redis is away
EVENT_ID = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
RELOAD = as_text(reload())
BYE = as_text(bye())

Told = tuple[str, News]  # an event's id, and who may read what of it


@dataclass(eq=False, slots=True)
class Member:
    """A socket and its user. `waiting` holds what comes while it is told what it missed."""

    user: int
    extension: str
    session: str  # `session_mark` of its key
    proof: str  # what changes with the password
    send: Callable[[str], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    write: Callable[[bytes], None] | None = None  # `send` for a frame that is ready, if the server can
    waiting: list[Told] | None = field(default_factory=list)
    told: tuple[int, int] = (0, 0)  # up to which event, when that is further than the reader is

    @property
    def keys(self) -> tuple[Key, ...]:
        """What its own events are found by."""
        return (("user", str(self.user)), ("extension", self.extension))


def message(last: str, events: Iterable[str]) -> str:
    """What goes over a socket: the id to come back with, and events in their order."""
    return f'{{"id":"{last}","events":[{",".join(events)}]}}'


def order(event_id: str) -> tuple[int, int]:
    """Ids of a stream as numbers that can be compared."""
    moment, _dash, place = event_id.partition("-")
    return int(moment), int(place)


def own(batch: Iterable[Told], member: Member) -> list[str]:
    """Of these events, those that one member may read, in order."""
    found = []
    for _id, told in batch:
        text = told.everybody
        if told.some:
            text = next((told.some[key] for key in member.keys if key in told.some), text)
        if text:
            found.append(text)
    return found


class Hub:
    """Use `hub()`: there is one for each event loop."""

    def __init__(self) -> None:
        self.members: set[Member] = set()
        self.last = ""
        self.private: frozenset[str] = frozenset()
        self._tasks: list[asyncio.Task[None]] = []
        self._redis: redis.asyncio.Redis | None = None
        self._started = asyncio.Lock()

    async def join(self, member: Member, since: str | None) -> None:
        """Tell `member` what happened since that event (None: nothing), then everything that happens.

        Raises redis.RedisError when Redis is away.
        """
        self.members.add(member)
        async with self._started:
            if not self._tasks:
                await self._start()
        last = self.last
        missed: list[str] = []
        if since is not None:
            found = await self._missed(since)
            if found is None:
                missed = [RELOAD]
            else:
                last, missed = (found[-1][0] if found else since), own(found, member)
        later = [told for told in member.waiting or [] if order(told[0]) > order(last)]
        member.waiting = None
        last = later[-1][0] if later else last
        member.told = order(last)
        await member.send(message(last, [*missed, *own(later, member)]))

    async def leave(self, member: Member) -> None:
        """The socket is gone."""
        self.members.discard(member)
        if not self.members:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            if self._redis is not None:
                await self._redis.aclose()

    async def _start(self) -> None:
        # No time-out on answers: the reader waits for the next event as long as it takes.
        self._redis = redis.asyncio.Redis.from_url(
            instance.redis_url, decode_responses=True, socket_connect_timeout=2, socket_timeout=None
        )
        self.last = await self._newest()
        self.private = await database_sync_to_async(private_extensions)()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._sweep())]

    # --- the stream

    @property
    def _client(self) -> redis.asyncio.Redis:
        assert self._redis is not None
        return self._redis

    async def _newest(self) -> str:
        found: Any = await self._client.xrevrange(live.EVENTS, count=1)
        return str(found[0][0]) if found else "0-0"

    async def _known(self, event_id: str) -> bool:
        """Whether everything after that event is still there."""
        if event_id == "0-0":
            return await self._client.xlen(live.EVENTS) < live.KEPT
        return bool(await self._client.xrange(live.EVENTS, event_id, event_id))

    async def _missed(self, since: str) -> list[Told] | None:
        """What came after that event; None when it is too long ago, or no event at all."""
        if not EVENT_ID.fullmatch(since) or not await self._known(since):
            return None
        found: Any = await self._client.xrange(live.EVENTS, f"({since}", "+", count=REPLAY + 1)
        return None if len(found) > REPLAY else [self._told(*entry) for entry in found]

    def _told(self, event_id: str, fields: Mapping[str, str]) -> Told:
        return event_id, news(fields.get("event", ""), fields.get("user", ""), self.private)

    async def _read(self) -> None:
        """Read and tell until nobody listens any more."""
        lost = False
        while True:
            try:
                if lost and not await self._known(self.last):
                    self.last = await self._newest()
                    await self._tell_all(RELOAD)
                lost = False
                found: Any = await self._client.xread({live.EVENTS: self.last}, count=BATCH, block=5000)
                if found:
                    began = time.monotonic()
                    await self._deliver(found[0][1] if isinstance(found, list) else found[live.EVENTS][0])
                    await asyncio.sleep(max(PAUSE, SHARE * (time.monotonic() - began)))
            except redis.RedisError:
                lost = True
                await asyncio.sleep(RETRY)
            except Exception:
                log.exception("events were not told")
                await asyncio.sleep(RETRY)

    async def _deliver(self, entries: list[tuple[str, Mapping[str, str]]]) -> None:
        batch = [self._told(*entry) for entry in entries]
        self.last = batch[-1][0]
        special = {key for _id, told in batch for key in told.some}
        everybody = [told.everybody for _id, told in batch if told.everybody]
        shared = message(self.last, everybody) if everybody else ""
        frame = frame_of(shared)
        first = order(batch[0][0])
        for member in list(self.members):
            if member.waiting is not None:
                member.waiting += batch
                continue
            text = shared
            if member.told >= first:
                new = own((told for told in batch if order(told[0]) > member.told), member)
                text = message(self.last, new) if new else ""
            elif not special.isdisjoint(member.keys):
                text = message(self.last, own(batch, member))
            elif shared and member.write is not None:
                member.write(frame)  # what nearly all of them get: made once
                continue
            if text:
                await self._send(member, text)
        for _id, told in batch:
            if told.session:
                await self._end(member for member in list(self.members) if member.session == told.session)
            if told.who:
                self.private = await database_sync_to_async(private_extensions)()

    async def _send(self, member: Member, text: str) -> None:
        try:
            await member.send(text)
        except Exception as error:  # a socket that is just closing raises many kinds
            log.debug("a socket is gone: %s", error)
            self.members.discard(member)

    async def _tell_all(self, *events: str) -> None:
        for member in list(self.members):
            await self._send(member, message(self.last, events))

    # --- sessions

    async def _end(self, members: Iterable[Member]) -> None:
        for member in members:
            self.members.discard(member)
            await self._send(member, message(self.last, [BYE]))
            with contextlib.suppress(Exception):
                await member.close()

    async def _sweep(self) -> None:
        """End sockets of users who may no longer listen: after a new password, a new policy, or being shut out."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                members = list(self.members)
                people = await database_sync_to_async(_people)({member.user for member in members})
                await self._end(
                    member
                    for member in members
                    if people.get(member.user) != (member.proof, member.extension)
                )
            except Exception:
                log.exception("sessions were not looked at")


def _people(users: set[int]) -> dict[int, tuple[str, str]]:
    """What the sessions of these users prove, and their extension; only of users who may still sign in."""
    rows = list(User.objects.filter(pk__in=users, is_active=True).select_related("extension"))
    lacking = lacking_second_factor(rows)
    return {row.pk: (row.get_session_auth_hash(), number_of(row)) for row in rows if row.pk not in lacking}


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
