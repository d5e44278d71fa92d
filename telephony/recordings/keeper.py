"""Has finished recordings kept in the database, again and again until it takes them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from telephony.engine.media import settle
from telephony.recordings.keep import keep_recordings

RETRY = 5.0  # seconds
Result = TypeVar("Result")


class Threads(Protocol):
    """Runs database or file work on another thread."""

    async def __call__(self, function: Callable[..., Result], *args: Any) -> Result: ...


class RecordingKeeper:
    """The recordings of one media node: which are being written, and which wait to be kept."""

    def __init__(self, node: str, loop: asyncio.AbstractEventLoop, in_thread: Threads) -> None:
        self.running: set[str] = set()  # names of files without their ending
        self._node, self._loop, self._in_thread = node, loop, in_thread
        self._task: asyncio.Task[None] | None = None
        self._more = asyncio.Event()
        self._finished: list[Path] = []

    def keep(self, path: Path | None = None) -> None:
        """Keep the recording that has just ended; without `path`, whatever an earlier life left."""
        if path is not None:
            self._finished.append(path)
        self._more.set()
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._work())

    async def _work(self) -> None:
        done = True
        while self._more.is_set() or not done:
            self._more.clear()
            finished, self._finished = self._finished, []
            for path in finished:
                await self._in_thread(_settle, path)
                self.running.discard(path.stem)
            done = await self._in_thread(keep_recordings, self._node, self.running.__contains__)
            if not done:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._more.wait(), RETRY)


def _settle(path: Path) -> None:
    """Wait until pjmedia has finished the file; what can't be mended is for `keep_recordings` to judge."""
    with contextlib.suppress(OSError, ValueError):
        settle(path)
