"""Browsers as telephones: devices with a secret that works for half a day, and only while the session lasts."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from telephony.extensions.models import Device, Extension
from telephony.extensions.signals import registrations_void

LASTING = datetime.timedelta(hours=12)
#: Tabs of one session that can ring at once; the one that asked longest ago makes place.
MOST = 8


def session_mark(session_key: str) -> str:
    """What a device keeps of its session: enough to know it again, useless to a reader."""
    return hashlib.sha256(f"browser of {session_key}".encode()).hexdigest()


@transaction.atomic
def do_lend_browser(
    extension: Extension, session_key: str, label: str, known: int | None
) -> tuple[Device, str]:
    """A device for a browser of this session and its secret, which is kept nowhere; `known` is the one it had."""
    mark = session_mark(session_key)
    mine = Device.objects.filter(kind=Device.Kind.BROWSER, session=mark, extension=extension)
    device = mine.filter(pk=known).first() if known else None
    if device is None:
        surplus = list(mine.order_by("-expires").values_list("pk", flat=True)[MOST - 1 :])
        _end(Device.objects.filter(pk__in=surplus))
        device = Device(extension=extension, kind=Device.Kind.BROWSER, session=mark)
        # Not to be guessed: trying names of SIP users finds no browsers.
        device.username = f"web-{secrets.token_hex(8)}"
    device.label, device.expires = label[:60], timezone.now() + LASTING
    secret = device.make_secret()
    device.save()
    return device, secret


def do_end_browser(device: Device) -> None:
    """This one rings no more, and its secret is of no use."""
    _end(Device.objects.filter(pk=device.pk, kind=Device.Kind.BROWSER))


def do_end_browsers(session_key: str) -> None:
    """The session is over: its browsers ring no more."""
    _end(Device.objects.filter(kind=Device.Kind.BROWSER, session=session_mark(session_key)))


def do_end_browsers_of(user: User) -> None:
    """All sessions of this person may be over: their browsers ask again for a secret, those that still may."""
    _end(Device.objects.filter(kind=Device.Kind.BROWSER, extension__user=user).exclude(session=""))


def do_purge_browsers() -> int:
    """Remove browsers that have expired, and those of people who may not sign in any more; how many."""
    browsers = Device.objects.filter(kind=Device.Kind.BROWSER).exclude(session="")
    over = (
        Q(expires__lte=timezone.now()) | Q(extension__user__isnull=True) | Q(extension__user__is_active=False)
    )
    return _end(browsers.filter(over))


def _end(devices: QuerySet[Device]) -> int:
    rows = list(devices.prefetch_related("registrations"))
    with transaction.atomic():
        void = [registration for row in rows for registration in row.registrations.all()]
        registrations_void.send(Device, registrations=void)
        Device.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
