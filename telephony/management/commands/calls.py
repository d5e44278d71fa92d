"""`manage.py calls`: the live calls and their parties."""

import json
import time
from typing import Any

import redis
from django.core.management.base import BaseCommand, CommandError, CommandParser

import live
from telephony.calls import story


class Command(BaseCommand):
    help = "List the live calls of every media node."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument("--steps", action="store_true", help="with the steps so far")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            calls = live.live_calls()
        except redis.RedisError as error:
            raise CommandError(f"Redis cannot be reached: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(calls))
            return
        if not calls:
            self.stdout.write("No live calls.")
            return
        for call in calls:
            seconds = round(time.time() - call["started"])
            legs = ", ".join(
                f"{leg['number']} {leg['state']}" for leg in call["legs"] if leg["state"] != "ended"
            )
            self.stdout.write(
                f"{call['id']}  {call['state']:<8} {seconds // 60:>3}:{seconds % 60:02}  "
                f"{call['caller']} → {call['dialled']}  [{legs}]  {call['node']}"
            )
            if options["steps"]:
                for line in story.tell(call["steps"], "en"):
                    self.stdout.write(f"    {line}")
