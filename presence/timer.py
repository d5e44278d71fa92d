"""Ends temporary statuses on time. Part of the edge agent, the one process that an exchange has once.

The clock alone decides which phones ring (`presence.status.effective`); this is for clients and for the rows.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable

from django.utils import timezone

from presence import actions

# Seconds between two looks: the clock of the machine may be set, and the news of a change get lost.
LONGEST = 10.0
# Clocks count in fractions; never early, so that the same end is not handled twice.
MARGIN = 0.005

Ask = Callable[[Callable[[], datetime.datetime | None]], Awaitable[datetime.datetime | None]]


class Timer:
    """Waits for the earliest end. `ask` runs a function in the database."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._changed = asyncio.Event()

    def look_again(self) -> None:
        """Somebody may have set a status."""
        self._changed.set()

    async def run(self, good: Callable[[], None]) -> None:
        """End statuses as they come due; `good` is called after each look at the database, which may raise."""
        while True:
            # Before the question: what changes while it is asked is asked again.
            self._changed.clear()
            coming = await self._ask(actions.do_end_statuses)
            good()
            wait = LONGEST
            if coming is not None:
                left = (coming - timezone.now()).total_seconds() + MARGIN
                wait = min(max(left, MARGIN), LONGEST)
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
            except TimeoutError:
                continue
