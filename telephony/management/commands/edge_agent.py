"""`manage.py edge_agent`: carries the edge's events into the database and the exchange's state to the lamps."""

import asyncio
import contextlib
import signal
from typing import Any

from django.core.management.base import BaseCommand

from pbxsite.instance import instance
from telephony.edge.agent import Agent


class Command(BaseCommand):
    help = "Run the edge agent until SIGTERM or SIGINT."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._run())

    async def _run(self) -> None:
        work = asyncio.ensure_future(Agent(instance).run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        await work
