"""`manage.py api_types [--check]`: write the web client's TypeScript types, or only say whether they are new."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from api.typescript import api_types, event_types
from pbxsite.instance import ROOT

FOLDER = ROOT / "frontend" / "src" / "api" / "generated"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when they are old")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {"api.ts": api_types(), "events.ts": event_types()}
        old = [name for name, text in wanted.items() if _read(name) != text]
        if options["check"]:
            if old:
                raise CommandError(f"run manage.py api_types: {' and '.join(old)} are old")
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in old:
            (FOLDER / name).write_text(wanted[name])
        self.stdout.write(f"{len(old)} of {len(wanted)} files changed")


def _read(name: str) -> str:
    path = FOLDER / name
    return path.read_text() if path.exists() else ""
