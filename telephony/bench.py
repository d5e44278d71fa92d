"""Extensions for load tests. Their secrets can be guessed, so they exist on a loopback address only."""

from __future__ import annotations

import ipaddress

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from live import changes
from pbxsite.instance import instance
from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan
from telephony.bench_rules import ALL_DAY, CALLEE, CALLER, FIRST, NAME, rules_of
from telephony.extensions.models import Department, Device, Extension, RingGroup
from telephony.hours.models import OfficeHours, OfficeSpan
from telephony.routing.entries import PresenceEntry
from voicemail.models import Mailbox

RECORDED = "1003"
MOST = 20_000


class BenchError(Exception):
    """The extensions cannot be made; the text says why."""


def do_create_bench_extensions(count: int) -> int:
    """Make `count` extensions from 2000, and 1001 (caller), 1002 (callee), 1003 (callee, recorded).

    A device is called like its extension and has the secret pw<extension>; the PIN is the extension in at least
    four digits. Returns how many were not there yet. Raises BenchError.
    """
    if not ipaddress.ip_address(instance.bind).is_loopback:
        raise BenchError(
            f"these secrets can be guessed, and KIESTOON_BIND={instance.bind} can be reached by others"
        )
    if not 0 <= count <= MOST:
        raise BenchError(f"from 0 to {MOST} extensions, not {count}")
    numbers = [CALLER, CALLEE, RECORDED, *(str(FIRST + index) for index in range(count))]
    with transaction.atomic():
        there = dict(Extension.objects.filter(number__in=numbers).values_list("number", "name"))
        foreign = sorted(number for number, name in there.items() if name != NAME)
        foreign += RingGroup.objects.filter(number__in=numbers).values_list("number", flat=True)
        if foreign:
            raise BenchError(f"{foreign[0]} is somebody's number")
        missing = [number for number in numbers if number not in there]
        extensions = Extension.objects.bulk_create(
            Extension(number=number, name=NAME, record_calls=number == RECORDED) for number in missing
        )
        Device.objects.bulk_create(_device(extension) for extension in extensions)
        Mailbox.objects.bulk_create(_mailbox(extension) for extension in extensions)
        transaction.on_commit(changes.announce_change)
    return len(missing)


def _device(extension: Extension) -> Device:
    device = Device(extension=extension, username=extension.number, kind=Device.Kind.SOFT)
    device.set_secret(f"pw{extension.number}")
    return device


def _mailbox(extension: Extension) -> Mailbox:
    # One round instead of many: thousands of PINs that everybody knows need no slow hash.
    pin = PBKDF2PasswordHasher().encode(extension.number.zfill(4), "bench", iterations=1)
    return Mailbox(extension=extension, pin=pin)


def do_switch_on_everything() -> int:
    """Give every user for load (from 2000) rules of every kind; how many of them there are."""
    people = list(Extension.objects.filter(name=NAME).exclude(number__in=[CALLER, CALLEE, RECORDED]))
    with transaction.atomic():
        department = Department.objects.get_or_create(name=NAME)[0]
        hours = OfficeHours.objects.get_or_create(department=None, defaults={"country": "NL"})[0]
        hours.spans.all().delete()
        OfficeSpan.objects.bulk_create(
            OfficeSpan(hours=hours, weekday=day, start=ALL_DAY, end=ALL_DAY) for day in range(7)
        )
        Extension.objects.filter(name=NAME).update(department=department)
        for model in (Presence, Forwarding, ForwardingException, WorkingSpan):
            model.objects.filter(extension__name=NAME).delete()
        for person in people:
            _store_rules(person, rules_of(person.number))
        transaction.on_commit(changes.announce_change)
    return len(people)


def _store_rules(person: Extension, rules: PresenceEntry) -> None:
    Presence.objects.bulk_create(
        [
            Presence(
                extension=person,
                status=rules.status,
                own_hours=True,
                mobile=rules.mobile,
                ring_mobile=rules.ring_mobile,
                accept_multiple=rules.accept_multiple,
            )
        ]
    )
    WorkingSpan.objects.bulk_create(
        WorkingSpan(extension=person, weekday=span.weekday, start=span.start, end=span.end)
        for span in rules.spans or ()
    )
    Forwarding.objects.bulk_create(
        Forwarding(extension=person, status=status, source=source, case=case, kind=to.kind, target=to.target)
        for (status, source, case), to in rules.forwardings.items()
    )
    ForwardingException.objects.bulk_create(
        ForwardingException(
            extension=person,
            position=place,
            caller=rule.caller,
            weekdays=rule.weekdays,
            start=rule.start,
            end=rule.end,
            kind=rule.destination.kind,
            target=rule.destination.target,
        )
        for place, rule in enumerate(rules.exceptions)
    )
