"""Changes what people have set in a running exchange, through the same actions as its pages.

Run as a process of its own, `python -m tests.rig.change_settings`, that takes one JSON object a line: the settings
of a moment, which replace those of the moment before. `Desk` is its other end.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import os
import subprocess
import sys
from typing import Any, Self

import live
from pbxsite.instance import ROOT
from tests.rig.exchange import Exchange, eventually

PERSON = "101"


class Desk:
    """Somebody who changes settings. A context manager."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.change_settings"],
            cwd=ROOT,
            env={**self.exchange.servers.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_error: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)

    async def set(self, **settings: Any) -> None:
        """Have these settings and no others; returns once the media node decides by them."""
        before = self._times_read()
        await asyncio.to_thread(self._tell, settings)
        await eventually(lambda: self._times_read() > before, 10, "the directory to be read")

    def _times_read(self) -> int:
        key = live.DIRECTORY_READ.format(node=self.exchange.instance.node)
        return int(self.exchange.redis("GET", key) or 0)

    def _tell(self, settings: dict[str, Any]) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(settings) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer == "done", answer


def apply(settings: dict[str, Any]) -> None:
    """Put everything back as it was, then have these settings, in one transaction."""
    from presence import actions
    from presence.models import Forwarding, ForwardingException, Presence
    from telephony.extensions.models import Extension
    from telephony.trunks.rules import CallingLimits

    extension = Extension.objects.get(number=PERSON)
    Extension.objects.update(department=None, ring_seconds=settings.get("ring_seconds", 5))
    for model in (Forwarding, ForwardingException, Presence):
        model.objects.all().delete()
    CallingLimits(**settings.get("limits", {})).save()
    set_hours(settings)
    set_receptionist(settings.get("receptionist", ""))
    chain(settings.get("chain", 0))
    if options := settings.get("options"):
        actions.do_save_settings(extension, **options)
    for number, rules in settings.get("forwardings", {}).items():
        for status, source, case, kind, target in rules:
            actions.do_set_forwarding(
                Extension.objects.get(number=number), status, source, case, kind, target
            )
    for status, source, case, kind, target in settings.get("broken", ()):
        # What was right when it was entered, and no longer is.
        Forwarding.objects.create(
            extension=extension, status=status, source=source, case=case, kind=kind, target=target
        )
    if exceptions := settings.get("exceptions"):
        actions.do_set_exceptions(extension, exceptions)
    for number, status in settings.get("statuses", {}).items():
        actions.do_set_status(Extension.objects.get(number=number), status)
    if until := settings.get("until"):
        moment = datetime.datetime.fromisoformat(until)
        actions.do_set_status(extension, "away", until=moment)
    if spans := settings.get("own_hours"):
        actions.do_set_working_hours(
            extension, True, [(day, datetime.time(), datetime.time()) for day in spans]
        )
    actions.tell_settings()


def chain(length: int) -> None:
    """So many extensions without a phone, 200 and on, each of which forwards to the next; the last to 102."""
    from presence.models import Forwarding, Presence
    from telephony.extensions.models import Extension

    Extension.objects.filter(number__regex="^2..$").delete()
    rows = [
        Extension.objects.create(number=str(200 + place), name=f"Chain {place}") for place in range(length)
    ]
    for place, row in enumerate(rows, start=1):
        following = str(200 + place) if place < length else "102"
        Presence.objects.create(extension=row, status="away")
        for source in ("internal", "external"):
            Forwarding.objects.create(
                extension=row, status="away", source=source, case="always", kind="extension", target=following
            )


def set_receptionist(number: str) -> None:
    """One receptionist that has this number, or none at all."""
    from telephony.receptionist.models import Receptionist
    from telephony.sound.models import Prompt

    Receptionist.objects.all().delete()
    Prompt.objects.all().delete()
    if number:
        welcome = Prompt.objects.create(number=1, name="Welkom", text="Welkom.")
        Receptionist.objects.create(number=number, name="Receptie", welcome=welcome)


def set_hours(settings: dict[str, Any]) -> None:
    """Office hours, a department, and where our number leads."""
    from django.utils import timezone

    from telephony.extensions.models import Department, Extension
    from telephony.hours.models import OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday
    from telephony.trunks.models import InboundNumber

    OfficeHours.objects.all().delete()
    Department.objects.all().delete()
    InboundNumber.objects.update(kind="extension", target=PERSON, closed_kind="", closed_target="")
    if inbound := settings.get("inbound"):
        InboundNumber.objects.update(**inbound)
    now = timezone.localtime()
    if department := settings.get("department"):
        row = Department.objects.create(name="Verkoop", number="800", ring_seconds=2, **department)
        Extension.objects.filter(number__in=["102", "103"]).update(department=row)
    if closed := settings.get("closed"):
        hours = OfficeHours.objects.create()
        days = {"hours": [(now.weekday() + 3) % 7]}.get(closed, range(7))
        OfficeSpan.objects.bulk_create(
            OfficeSpan(hours=hours, weekday=day, start=datetime.time(), end=datetime.time()) for day in days
        )
        if closed == "break":
            OfficeBreak.objects.create(
                hours=hours, weekday=now.weekday(), start=datetime.time(), end=datetime.time()
            )
        elif closed == "holiday":
            OwnHoliday.objects.create(hours=hours, day=now.date(), name="Bedrijfsuitje")
        elif closed == "override":
            hours.closed_until = now + datetime.timedelta(hours=1)
            hours.save()


def main() -> None:
    """Read settings until there are no more."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbxsite.settings")
    django.setup()
    from django.db import transaction

    for line in sys.stdin:
        try:
            with transaction.atomic():
                apply(json.loads(line))
        except Exception as error:
            print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)
        else:
            print("done", flush=True)


if __name__ == "__main__":
    main()
