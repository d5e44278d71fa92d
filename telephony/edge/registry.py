"""The rows that mirror the edge: live registrations and bans. Only the edge agent writes them.

Ordinary Django, called from a thread. Everything may be repeated without harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from telephony.edge import rpc
from telephony.edge.models import Ban, Registration
from telephony.edge.stream import BanEvent, RegistrationEvent
from telephony.extensions.models import Device

# Expiry times nearer to each other than this are the same: clocks, and the time that an answer takes.
TOLERANCE = timedelta(seconds=5)
CHUNK = 200
CROWD = 20
Key = tuple[str, str]


def apply_registrations(events: Sequence[RegistrationEvent]) -> set[str]:
    """Bring the rows to where the events, in their order, lead; the extensions for which a contact came or went."""
    last: dict[Key, RegistrationEvent] = {}
    begun: dict[Key, datetime] = {}
    for event in events:
        key = (event.extension, event.contact)
        last[key] = event
        if event.kind == "registered":
            begun[key] = event.at
    present = {key: event for key, event in last.items() if event.kind in ("registered", "refreshed")}
    gone = [key for key in last if key not in present]
    known = set(
        Device.objects.filter(pk__in={event.device for event in present.values()}).values_list(
            "pk", flat=True
        )
    )
    fresh: list[Registration] = []
    prolonged: list[Registration] = []
    for key, event in present.items():
        row = Registration(
            device_id=event.device if event.device in known else None,
            extension=event.extension,
            contact=event.contact,
            source=event.source,
            user_agent=event.user_agent,
            since=begun.get(key, event.at),
            expires=event.expires,
        )
        (fresh if key in begun else prolonged).append(row)
    with transaction.atomic():
        _upsert(fresh, ["device", "source", "user_agent", "expires", "since"])
        _upsert(prolonged, ["device", "source", "user_agent", "expires"])
        _delete(gone)
    return {extension for extension, _contact in (*gone, *begun)}


def reconcile_registrations(contacts: Iterable[rpc.Contact]) -> set[str]:
    """Make the rows say what the registrar itself says now; the extensions for which that changed something."""
    now = timezone.now()
    wanted = {(contact.extension[:6], contact.contact[:255]): contact for contact in contacts}
    rows = {(row.extension, row.contact): row for row in Registration.objects.all()}
    gone = [key for key in rows if key not in wanted]
    missing = {key: contact for key, contact in wanted.items() if key not in rows}
    moved: list[Registration] = []
    for key, contact in wanted.items():
        row = rows.get(key)
        expires = now + timedelta(seconds=contact.expires)
        if row is not None and (abs(row.expires - expires) > TOLERANCE or row.source != contact.source[:80]):
            row.expires, row.source = expires, contact.source[:80]
            moved.append(row)
    devices = _devices_of({extension for extension, _contact in missing})
    fresh = [
        Registration(
            device_id=_device_of(contact, devices.get(extension, {})),
            extension=extension,
            contact=uri,
            source=contact.source[:80],
            user_agent=contact.user_agent,
            since=now,
            expires=now + timedelta(seconds=contact.expires),
        )
        for (extension, uri), contact in missing.items()
    ]
    with transaction.atomic():
        _upsert(fresh, ["source", "user_agent", "expires"])
        Registration.objects.bulk_update(moved, ["expires", "source"], batch_size=CHUNK)
        _delete(gone)
    return {extension for extension, _contact in (*gone, *missing)}


def apply_bans(events: Iterable[BanEvent]) -> int:
    """Note the addresses that were shut out; how many of them still are."""
    now = timezone.now()
    last = {event.address: event for event in events if event.until > now}
    rows = [
        Ban(address=each.address, reason=each.reason, username=each.username, since=each.at, until=each.until)
        for each in last.values()
    ]
    Ban.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["address"],
        update_fields=["reason", "username", "since", "until"],
    )
    return len(rows)


def active_bans() -> list[Ban]:
    """Bans that have not run out, for an edge that has forgotten them."""
    return list(Ban.objects.filter(until__gt=timezone.now()))


def reconcile_bans(bans: Iterable[rpc.Ban]) -> int:
    """Make the rows match the addresses that the edge shuts out now; how many came or went."""
    now = timezone.now()
    wanted = {ban.address: ban for ban in bans}
    known = set(Ban.objects.values_list("address", flat=True))
    gone, _by_model = Ban.objects.exclude(address__in=wanted).delete()
    fresh = [
        Ban(address=ban.address, reason=ban.reason, since=now, until=ban.until)
        for ban in wanted.values()
        if ban.address not in known
    ]
    Ban.objects.bulk_create(fresh, ignore_conflicts=True)
    return gone + len(fresh)


def crowded_addresses() -> set[str]:
    """Addresses with so many devices behind them that their coming back at once looks like a flood."""
    addresses: Counter[str] = Counter()
    for source in Registration.objects.filter(expires__gt=timezone.now()).values_list("source", flat=True):
        addresses[source.partition(":")[2].rpartition(":")[0].strip("[]")] += 1
    return {address for address, devices in addresses.items() if address and devices >= CROWD}


def _upsert(rows: list[Registration], fields: list[str]) -> None:
    Registration.objects.bulk_create(
        rows,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["extension", "contact"],
        update_fields=fields,
    )


def _delete(keys: Sequence[Key]) -> None:
    for begin in range(0, len(keys), CHUNK):
        condition = Q()
        for extension, contact in keys[begin : begin + CHUNK]:
            condition |= Q(extension=extension, contact=contact)
        Registration.objects.filter(condition).delete()


def _devices_of(extensions: set[str]) -> dict[str, dict[str, int]]:
    """Extension -> device username -> device id."""
    found: dict[str, dict[str, int]] = {}
    rows = Device.objects.filter(extension__number__in=extensions)
    for number, username, key in rows.values_list("extension__number", "username", "pk"):
        found.setdefault(number, {})[username] = key
    return found


def _device_of(contact: rpc.Contact, devices: dict[str, int]) -> int | None:
    """Which device a contact belongs to when its event was missed: phones write their username into it."""
    user = contact.contact.partition(":")[2].partition("@")[0]
    if user in devices:
        return devices[user]
    return next(iter(devices.values())) if len(devices) == 1 else None
