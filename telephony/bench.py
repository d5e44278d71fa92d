"""Extensions for load tests. Their secrets can be guessed, so they exist on a loopback address only."""

from __future__ import annotations

import ipaddress

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from pbxsite.instance import instance
from telephony import directory
from telephony.models import Device, Extension, RingGroup
from voicemail.models import Mailbox

NAME = "Load test"
CALLER, CALLEE, RECORDED = "1001", "1002", "1003"
FIRST = 2000
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
        transaction.on_commit(directory.announce_change)
    return len(missing)


def _device(extension: Extension) -> Device:
    device = Device(extension=extension, username=extension.number, kind=Device.Kind.SOFT)
    device.set_secret(f"pw{extension.number}")
    return device


def _mailbox(extension: Extension) -> Mailbox:
    # One round instead of many: thousands of PINs that everybody knows need no slow hash.
    pin = PBKDF2PasswordHasher().encode(extension.number.zfill(4), "bench", iterations=1)
    return Mailbox(extension=extension, pin=pin)
