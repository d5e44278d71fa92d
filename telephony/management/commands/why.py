"""`manage.py why CALL`: the story of a call, ended or live, in plain words."""

from __future__ import annotations

from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

import live
from telephony.calls import story
from telephony.calls.models import Call

SHORTEST = 3  # letters of an id


class Command(BaseCommand):
    help = "Tell why a call went where it went."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("call", help="its id; the beginning or the end will do")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=dict(settings.LANGUAGES))

    def handle(self, *args: Any, **options: Any) -> None:
        call = _find(options["call"])
        self.stdout.write(f"{call['id']}  {call['caller']} → {call['dialled']}  {call['outcome']}")
        for line in story.tell(call["steps"], options["language"]):
            self.stdout.write(f"    {line}")


def _find(part: str) -> dict[str, Any]:
    """The one call whose id begins or ends like this. Raises CommandError."""
    if len(part) < SHORTEST:
        raise CommandError(f"{part!r} is too short for a call's id", returncode=2)
    fields = ("id", "caller", "dialled", "outcome", "steps")
    rows = Call.objects.filter(Q(id__startswith=part) | Q(id__endswith=part))
    found = {row["id"]: row for row in rows.values(*fields)[:2]}
    try:
        for call in live.live_calls():
            if call["id"].startswith(part) or call["id"].endswith(part):
                found[call["id"]] = call
    except redis.RedisError:
        pass  # what has ended is in the log
    if len(found) != 1:
        problem = "More than one call has such an id." if found else "There is no such call."
        raise CommandError(problem, returncode=2)
    return next(iter(found.values()))
