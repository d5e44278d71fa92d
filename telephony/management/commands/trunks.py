"""`manage.py trunks`: how the lines to the outside world are doing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from telephony.trunks.models import Trunk


class Command(BaseCommand):
    help = "List the trunks with their state, since when, and the last error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [_row(trunk) for trunk in Trunk.objects.select_related("state")]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        if not rows:
            self.stdout.write("No trunks.")
        for row in rows:
            since = row["since"] or "-"
            self.stdout.write(
                f"{row['order']:>3}  {row['name']:<20} {row['state']:<10} {since:<20} "
                f"{row['place']} ({row['kind']})  {row['error']}".rstrip()
            )


def _row(trunk: Trunk) -> dict[str, Any]:
    state = getattr(trunk, "state", None)
    since = timezone.localtime(state.since).strftime("%Y-%m-%d %H:%M:%S") if state else ""
    return {
        "id": trunk.pk,
        "name": trunk.name,
        "order": trunk.position,
        "kind": trunk.kind,
        "host": trunk.host,
        "port": trunk.port,
        "transport": trunk.transport,
        "place": trunk.place,
        "state": "off" if not trunk.enabled else state.state if state else "unknown",
        "since": since,
        "error": state.error if state else "",
    }
