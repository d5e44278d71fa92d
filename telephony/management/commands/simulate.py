"""`manage.py simulate`: what would happen to a call, step by step, without ringing anybody.

manage.py simulate --from +31612345678 --to 101 --at "Fri 18:05" --language nl
"""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation
from django.utils.formats import date_format

from telephony import directory as directories
from telephony.calls.simulate import SimulationError, read_moment, simulate
from telephony.calls.usage import used_now

WRONG = 2  # the exit code when what was asked makes no sense
INDENT = "    "


class Command(BaseCommand):
    help = "Tell what would happen to a call, step by step, without ringing anybody."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="caller", required=True, help="an extension, a number, anonymous")
        parser.add_argument("--to", dest="called", required=True, help="the number that is called")
        parser.add_argument("--at", default="now", help="18:05, Fri 18:05 or 2026-03-06 18:05; default: now")
        parser.add_argument(
            "--busy",
            action="append",
            default=[],
            metavar="EXTENSION",
            help="is in a call then; may be repeated",
        )
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=dict(settings.LANGUAGES))

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                self._tell(options)
            except SimulationError as error:
                self.stderr.write(str(error))
                sys.exit(WRONG)

    def _tell(self, options: dict[str, Any]) -> None:
        directory = directories.load()
        now = timezone.now()
        at = read_moment(options["at"], directory.hours.zone, now)
        usage = used_now() if at == now else None
        busy = frozenset(options["busy"])
        steps = simulate(options["caller"], options["called"], at, directory, busy, usage)
        moment = f"{date_format(at, 'l j F Y')} {at:%H:%M} ({directory.hours.zone})"
        self.stdout.write(f"{options['caller']} → {options['called']}, {moment}")
        for step in steps:
            self.stdout.write(f"{INDENT * (step.depth + 1)}{step.text(options['language'])}")
