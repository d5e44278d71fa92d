"""Keeps the lamps on desk phones right: what should be lit is remembered here and published until Kamailio has it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass

from pbxsite.instance import Instance
from telephony.edge import config, payloads
from telephony.edge.payloads import LampState
from telephony.edge.publish import EXPIRES, Publisher, PublishError, PublishTimeoutError

log = logging.getLogger(__name__)

AT_ONCE = 50  # PUBLISHes under way
LONGEST_PAUSE = 5.0  # seconds between attempts while Kamailio is away
Key = tuple[str, str]  # extension, event


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Messages in a mailbox."""

    new: int
    old: int


@dataclass(frozen=True, slots=True)
class Lamp:
    """What an extension does; the optional fields as in `payloads.dialog_info`."""

    state: LampState
    call: str = ""
    peer: str = ""
    peer_name: str = ""
    incoming: bool = True


class Lamps:
    """Wanted state of every lamp, and the task that publishes it."""

    def __init__(self, instance: Instance, publisher: Publisher) -> None:
        self.instance, self.publisher = instance, publisher
        self.watched: set[str] = set()
        self._wanted: dict[Key, Mailbox | Lamp] = {}
        self._versions: dict[str, int] = {}
        # A dict for its order: the change that came first is published first.
        self._dirty: dict[Key, None] = {}
        self._news = asyncio.Event()

    def watch(self, extension: str, lamp: Lamp) -> None:
        """A phone looks at this extension from now on; publish its state."""
        self.watched.add(extension)
        self._want((extension, "dialog"), lamp, always=True)

    def keep(self, known: Callable[[str], bool]) -> None:
        """Forget what is gone; the document about it runs out."""
        self.watched = {name for name in self.watched if known(name)}
        self._wanted = {key: wanted for key, wanted in self._wanted.items() if known(key[0])}

    def set_lamp(self, extension: str, lamp: Lamp) -> None:
        """The extension does something else now; of no interest when nobody looks."""
        if extension in self.watched:
            self._want((extension, "dialog"), lamp)

    def set_mailbox(self, extension: str, mailbox: Mailbox, *, always: bool = False) -> None:
        """There are so many messages; `always` publishes the same count again."""
        self._want((extension, "message-summary"), mailbox, always=always)

    def mailbox(self, extension: str) -> Mailbox | None:
        """The count that was set last."""
        found = self._wanted.get((extension, "message-summary"))
        return found if isinstance(found, Mailbox) else None

    def everything_again(self) -> None:
        """Kamailio may have forgotten everything."""
        self._dirty.update(dict.fromkeys(self._wanted))
        self._news.set()

    async def run(self) -> None:
        """Publish what changes, for ever."""
        asyncio.get_running_loop().call_later(EXPIRES / 2, self._prolong)
        away, pause = False, 0.1
        while True:
            await self._news.wait()
            keys = list(self._dirty)[:AT_ONCE]
            for key in keys:
                del self._dirty[key]
            if not self._dirty:
                self._news.clear()
            results = await asyncio.gather(*(self._publish(key) for key in keys))
            if all(results):
                if away:
                    log.info("the edge takes lamps again")
                away, pause = False, 0.1
                continue
            if not away:
                log.warning(
                    "the edge does not answer: %d lamps wait", results.count(False) + len(self._dirty)
                )
            away = True
            failed = [key for key, good in zip(keys, results, strict=True) if not good]
            self._dirty = dict.fromkeys(failed) | self._dirty
            self._news.set()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _publish(self, key: Key) -> bool:
        """False when it has to be tried again."""
        extension, event = key
        wanted, realm = self._wanted.get(key), self.instance.realm
        if wanted is None:
            return True
        if isinstance(wanted, Mailbox):
            kind = payloads.MESSAGE_SUMMARY
            body = payloads.message_summary(extension, realm, wanted.new, wanted.old)
        else:
            kind = payloads.DIALOG_INFO
            self._versions[extension] = version = self._versions.get(extension, -1) + 1
            body = payloads.dialog_info(
                # A phone asked for "*31" and is to find that, not whose status it is.
                extension.partition("-")[0] if extension.startswith("*") else extension,
                realm,
                wanted.state,
                version=version,
                call=wanted.call,
                peer=wanted.peer,
                peer_name=wanted.peer_name,
                incoming=wanted.incoming,
            )
        try:
            await self.publisher.publish(extension, event, kind, body)
        except PublishTimeoutError:
            return False
        except PublishError as error:
            # Said once; the same document would be refused again.
            log.error("%s", error)
        return True

    def _want(self, key: Key, wanted: Mailbox | Lamp, *, always: bool = False) -> None:
        if not always and self._wanted.get(key) == wanted:
            return
        self._wanted[key] = wanted
        self._dirty[key] = None
        self._news.set()

    def _prolong(self) -> None:
        """Documents are published for an hour."""
        self._dirty.update(dict.fromkeys(self._wanted))
        self._news.set()
        asyncio.get_running_loop().call_later(EXPIRES / 2, self._prolong)


def watched_extensions(instance: Instance) -> set[str]:
    """Extensions whose dialogs phones are subscribed to, from Kamailio's own file; none before there is an edge.

    Raises sqlite3.Error.
    """
    path = config.databases(instance) / "presence.db"
    if not path.exists():
        return set()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=2)) as db:
        rows: Iterable[tuple[str]] = db.execute(
            "SELECT DISTINCT presentity_uri FROM active_watchers WHERE event = 'dialog'"
        )
        return {uri.partition(":")[2].partition("@")[0] for (uri,) in rows}
