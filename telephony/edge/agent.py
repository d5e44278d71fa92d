"""The edge agent: carries what Kamailio sees into the database, and what the exchange knows to desk phones' lamps.

Redis, Kamailio and the database may come and go; the agent says so once, tries again, and sets everything right
when they are back. Run by `manage.py edge_agent`.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import redis.asyncio
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

import live
from live import heartbeat
from live.events import AnyEvent, as_text, is_event, read_event
from pbxsite.instance import Instance
from pbxsite.translate import merge
from presence.timer import Timer
from telephony import features
from telephony.edge import events as edge_events
from telephony.edge import peers, registry, rpc, trunks
from telephony.edge.board import Board, read_people
from telephony.edge.events import MailboxEvent
from telephony.edge.lamps import Lamps, Mailbox, watched_extensions
from telephony.edge.models import Registration
from telephony.edge.publish import Publisher, PublishError
from telephony.edge.stream import BanEvent, Event, OtherEvent, RegistrationEvent, Stream, WatchedEvent
from telephony.trunks import alerts

log = logging.getLogger(__name__)
Result = TypeVar("Result")

RECONCILE = 60.0  # seconds
HEARTBEAT = 5.0  # seconds
TRUNK_LOOK = 2.0  # seconds between two looks at the trunks
TRUNK_RESOLVE = 300.0  # seconds between two looks at the addresses behind their names
TRUNK_TRUE = 30  # seconds that a look is good for
RETRY = 2.0  # seconds until what failed is tried again
READ_WAIT = 1000  # ms
LONGEST_PAUSE = 5.0  # seconds
MANY = 50  # changes that are announced one by one
RESTART_TOLERANCE = timedelta(seconds=2)
FAILURES = (redis.RedisError, DatabaseError, rpc.EdgeError, PublishError, OSError, sqlite3.Error)


class Agent:
    """One per exchange. `run` never returns by itself."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.redis = redis.asyncio.Redis.from_url(
            instance.redis_url,
            decode_responses=True,
            encoding_errors="replace",  # a phone may call itself anything
            socket_connect_timeout=2,
            health_check_interval=10,
        )
        self.stream = Stream(self.redis)
        self.board = Board(self.redis)
        self.timer = Timer(_in_database)
        self._due = 0.0  # when to reconcile, on the loop's clock
        self._edge_started: datetime | None = None
        self._trunks: list[peers.TrunkPeer] | None = None
        self._health: dict[int, trunks.Health] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        self._publisher = await Publisher.open(self.instance)
        self.lamps = Lamps(self.instance, self._publisher)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.lamps.run())
                tasks.create_task(self._patiently("events", self._events))
                tasks.create_task(self._patiently("news", self._news))
                tasks.create_task(self._patiently("trunks", self._watch_trunks))
                tasks.create_task(self._patiently("sign of life", self._live))
                tasks.create_task(self._patiently("statuses", self.timer.run))
        finally:
            self._publisher.close()
            await self.redis.aclose()

    async def _patiently(self, what: str, work: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
        """Run `work` again and again; it calls its argument when it has succeeded at something."""
        away, pause = False, 0.2

        def good() -> None:
            nonlocal away, pause
            if away:
                log.info("%s: all is well again", what)
            away, pause = False, 0.2

        while True:
            try:
                await work(good)
            except FAILURES as error:
                if not away:
                    log.warning("%s: %s; trying again", what, _one_line(error))
                away = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _live(self, good: Callable[[], None]) -> None:
        """Write the sign of life that the health page looks for."""
        while True:
            await self.redis.set(heartbeat.KEY.format(name="agent"), int(time.time()), ex=heartbeat.LASTING)
            good()
            await asyncio.sleep(HEARTBEAT)

    # --- from Kamailio to the database

    async def _events(self, good: Callable[[], None]) -> None:
        self.stream.restart()
        self._due = 0.0
        loop = asyncio.get_running_loop()
        while True:
            batch = await self.stream.read(READ_WAIT if loop.time() < self._due else 1)
            if batch:
                await self._handle([event for _identifier, event in batch])
                await self.stream.done([identifier for identifier, _event in batch])
            elif loop.time() >= self._due:
                # Only when nothing waits: what the events say happened before what the registrar says now.
                begin = loop.time()
                self._due = begin + RETRY
                await self._reconcile()
                # A second of Kamailio's time for 5,000 registrations: never more than one per cent.
                self._due = loop.time() + max(RECONCILE, 100 * (loop.time() - begin))
            good()

    async def _handle(self, events: list[Event]) -> None:
        registrations = [event for event in events if isinstance(event, RegistrationEvent)]
        bans = [event for event in events if isinstance(event, BanEvent)]
        if registrations:
            await self._announce(await _in_database(registry.apply_registrations, registrations))
        if bans:
            active: int = await _in_database(registry.apply_bans, bans)
            if active:
                await self._publish(edge_events.bans_changed())
        watched = {
            event.extension for event in events if isinstance(event, WatchedEvent) if event.event == "dialog"
        }
        if watched:
            await (self.board.read_lines() if self.board.read else self._read_board())
            for name in filter(self.board.knows, watched):
                self.lamps.watch(name, self.board.lamp(name))
        for event in events:
            if isinstance(event, WatchedEvent) and event.event == "message-summary":
                await self._light_mailbox(event.extension)
            elif isinstance(event, OtherEvent):
                await self._other(event)

    async def _other(self, event: OtherEvent) -> None:
        if event.kind == "started":
            self._edge_started, self._due = None, 0.0
        elif event.kind == "media_down":
            log.warning("media node %s does not answer", event.about)
        elif event.kind == "media_up":
            log.info("media node %s answers", event.about)

    async def _reconcile(self) -> None:
        """What Kamailio says now is right; after its restart it first gets back what it cannot know."""
        started = await asyncio.to_thread(rpc.started, to=self.instance)
        if self._edge_started is None or abs(started - self._edge_started) > RESTART_TOLERANCE:
            await self._edge_is_new()
            self._edge_started = started
        contacts = await asyncio.to_thread(rpc.registrations, to=self.instance)
        await self._announce(await _in_database(registry.reconcile_registrations, contacts))
        bans = await asyncio.to_thread(rpc.bans, to=self.instance)
        if await _in_database(registry.reconcile_bans, bans):
            await self._publish(edge_events.bans_changed())

    async def _edge_is_new(self) -> None:
        """Kamailio was started, or this agent was."""
        for ban in await _in_database(registry.active_bans):
            left = int((ban.until - timezone.now()).total_seconds())
            await asyncio.to_thread(rpc.ban, ban.address, left, to=self.instance)
        for address in await _in_database(registry.crowded_addresses):
            await asyncio.to_thread(rpc.remember, address, to=self.instance)
        await self._apply_trunks()
        await self._publisher.adopt(await asyncio.to_thread(rpc.published, to=self.instance))
        await self._read_board()
        for name in filter(self.board.knows, await asyncio.to_thread(watched_extensions, self.instance)):
            self.lamps.watch(name, self.board.lamp(name))
        await self._light_mailboxes()
        self.lamps.everything_again()

    async def _apply_trunks(self) -> None:
        """Write the trunks and let Kamailio read them, when they are not what was written last."""
        peers = await _in_database(trunks.read_peers)
        if peers != self._trunks:
            await asyncio.to_thread(trunks.apply, self.instance, peers)
            self._trunks = peers

    async def _watch_trunks(self, good: Callable[[], None]) -> None:
        """Keep the picture of how the trunks are doing, and follow providers that move to other addresses."""
        loop = asyncio.get_running_loop()
        due = loop.time() + TRUNK_RESOLVE
        while True:
            # Without any trunk there is nothing to ask; the last one that goes is still told of.
            if self._trunks is not None and (self._trunks or self._health):
                lost = trunks.withheld(self._trunks, self._health)
                if loop.time() > due - (TRUNK_RESOLVE - TRUNK_TRUE if lost else 0):
                    due = loop.time() + TRUNK_RESOLVE
                    await asyncio.to_thread(trunks.apply, self.instance, self._trunks)
                found = await asyncio.to_thread(trunks.look, self.instance, self._trunks, self._health)
                for news in await _in_database(trunks.store, found):
                    await asyncio.to_thread(_tell_of_trunk, news)
                await self._show_trunks(trunks.picture(found))
                self._health = found
                good()
            await asyncio.sleep(TRUNK_LOOK)

    async def _show_trunks(self, picture: dict[str, str]) -> None:
        """What the media nodes read; it runs out when nobody keeps it true."""
        async with self.redis.pipeline() as pipe:
            pipe.delete(live.TRUNKS)
            if picture:
                pipe.hset(live.TRUNKS, mapping=cast("Any", picture))
                pipe.expire(live.TRUNKS, TRUNK_TRUE)
            await pipe.execute()

    # --- from the exchange to the lamps

    async def _news(self, good: Callable[[], None]) -> None:
        async with self.redis.pubsub() as channel:
            await channel.subscribe(live.LIVE, live.DIRECTORY_CHANGED)
            # What was said while nobody listened.
            await self._light_all()
            await self._light_mailboxes()
            self.timer.look_again()
            good()
            async for message in channel.listen():
                if message["type"] == "message":
                    if message["channel"] == live.DIRECTORY_CHANGED:
                        self.timer.look_again()
                        await self._light_all()
                        await self._light_mailboxes()
                        await self._apply_trunks()
                    else:
                        self._hear(message["data"])

    def _hear(self, text: str) -> None:
        """One message of the live channel; most of them are for others."""
        try:
            event = read_event(text)
            if is_event(event, MailboxEvent):
                mailbox = Mailbox(int(event["new"]), int(event["old"]))
                self.lamps.set_mailbox(str(event["extension"]), mailbox)
            else:
                for name in self.board.hear(event):
                    self.lamps.set_lamp(name, self.board.lamp(name))
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("not understood on %s: %.200s", live.LIVE, text)

    async def _read_board(self) -> None:
        self.board.set_people(*await _in_database(read_people))
        await self.board.read_lines()

    async def _light_all(self) -> None:
        """Every lamp anew, for what nobody told us."""
        await self._read_board()
        for name in self.lamps.watched:
            self.lamps.set_lamp(name, self.board.lamp(name))
        self.lamps.keep(self.board.knows)
        # An extension may be new, and its key on some phone older.
        for name in filter(self.board.knows, await asyncio.to_thread(watched_extensions, self.instance)):
            if name not in self.lamps.watched:
                self.lamps.watch(name, self.board.lamp(name))

    async def _light_mailboxes(self) -> None:
        for extension, (new, old) in (await _in_database(_counts)).items():
            self.lamps.set_mailbox(extension, Mailbox(new, old))

    async def _light_mailbox(self, extension: str) -> None:
        """A phone subscribed: it is told the count even when that did not change."""
        mailbox = self.lamps.mailbox(extension)
        if mailbox is None and not self.board.knows(extension):
            return
        if mailbox is None:
            new, old = (await _in_database(_counts)).get(extension, (0, 0))
            mailbox = Mailbox(new, old)
        self.lamps.set_mailbox(extension, mailbox, always=True)

    # --- to the administration's pages

    async def _announce(self, extensions: Iterable[str]) -> None:
        """Registrations of these extensions changed."""
        changed = sorted(extensions)
        devices = await _in_database(_registered, changed)
        for extension in changed if len(changed) <= MANY else []:
            await self._publish(edge_events.registrations_changed(extension))
        await self._append(
            edge_events.devices_changed(extension, devices.get(extension, [])) for extension in changed
        )
        if len(changed) > MANY:
            await self._publish(edge_events.registrations_changed())

    async def _publish(self, event: AnyEvent) -> None:
        await self.redis.publish(live.LIVE, as_text(event))

    async def _append(self, events: Iterable[AnyEvent]) -> None:
        """Tell web clients."""
        pipe = self.redis.pipeline(transaction=False)
        for event in events:
            live.append(pipe, as_text(event))
        await pipe.execute()


def _counts() -> dict[str, tuple[int, int]]:
    """(new, heard) messages of each extension."""
    return merge(*(feature.messages() for feature in features.every() if feature.messages))


def _registered(extensions: Iterable[str]) -> dict[str, list[int]]:
    """Extension -> its devices that are registered."""
    found: dict[str, list[int]] = {}
    rows = Registration.objects.filter(extension__in=extensions, device__isnull=False).order_by("device_id")
    for extension, device in rows.values_list("extension", "device_id").distinct():
        found.setdefault(extension, []).append(device)
    return found


def _tell_of_trunk(news: edge_events.TrunkNews) -> None:
    live.publish(news)
    if news["state"] == "away":
        alerts.tell("trunk_away", {"trunk": news["name"], "error": news["error"]})


async def _in_database(work: Callable[..., Result], *arguments: Any) -> Result:
    """Run `work` on the one thread that talks to the database, with a connection that is not stale."""

    def with_connection() -> Result:
        close_old_connections()
        try:
            return work(*arguments)
        finally:
            close_old_connections()

    return await sync_to_async(with_connection, thread_sensitive=True)()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
