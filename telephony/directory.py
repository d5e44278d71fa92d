"""A frozen picture of who can be called, read from the database in a few queries.

The media node holds one in memory and decides every call from it; `announce_change` tells it to read again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import redis

from telephony import live
from telephony.entries import (
    DepartmentEntry,
    ExtensionEntry,
    GroupEntry,
    InboundEntry,
    PresenceEntry,
    ReceptionistEntry,
    TrunkEntry,
)
from telephony.hours import Hours
from telephony.outbound import Outbound

__all__ = ["Directory", "ExtensionEntry", "GroupEntry", "TrunkEntry", "announce_change", "load"]

log = logging.getLogger(__name__)


PARKING = frozenset(str(slot) for slot in range(700, 710))


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything that can be called."""

    extensions: Mapping[str, ExtensionEntry] = field(default_factory=dict)
    groups: Mapping[str, GroupEntry] = field(default_factory=dict)
    trunks: tuple[TrunkEntry, ...] = ()
    inbound: Mapping[str, InboundEntry] = field(default_factory=dict)
    devices: Mapping[int, str] = field(default_factory=dict)
    country: str = "NL"
    outbound: Outbound = field(default_factory=Outbound)
    presence: Mapping[str, PresenceEntry] = field(default_factory=dict)
    hours: Hours = field(default_factory=Hours)
    departments: Mapping[str, DepartmentEntry] = field(default_factory=dict)
    receptionists: Mapping[str, ReceptionistEntry] = field(default_factory=dict)
    parking: frozenset[str] = PARKING

    def name_of(self, number: str) -> str:
        """The name that belongs to an internal number, or nothing."""
        entry = (
            self.extensions.get(number)
            or self.groups.get(number)
            or self.departments.get(number)
            or self.receptionists.get(number)
        )
        return entry.name if entry else ""


def load() -> Directory:
    """Read the directory: five queries, whatever the size."""
    from django.conf import settings

    from telephony import outside
    from telephony.models import Device, Extension, RingGroup, RingGroupMember

    extensions = {
        row.number: ExtensionEntry(
            number=row.number,
            name=row.name,
            language=row.language,
            ring_seconds=row.ring_seconds,
            voicemail=hasattr(row, "mailbox") and row.mailbox.enabled,
            record=row.record_calls,
            id=row.pk,
        )
        for row in Extension.objects.filter(enabled=True).select_related("mailbox")
    }
    members: dict[int, list[str]] = {}
    for group_id, number in (
        RingGroupMember.objects.filter(extension__enabled=True)
        .order_by("position", "id")
        .values_list("group_id", "extension__number")
    ):
        members.setdefault(group_id, []).append(number)
    groups = {
        row.number: GroupEntry(
            number=row.number,
            name=row.name,
            members=tuple(members.get(row.pk, ())),
            ring_seconds=row.ring_seconds,
            in_order=row.strategy == RingGroup.Strategy.ORDER,
            voicemail_of=row.voicemail_of.number if row.voicemail_of else "",
        )
        for row in RingGroup.objects.filter(enabled=True).select_related("voicemail_of")
    }
    trunks = outside.load_trunks()
    inbound = outside.load_inbound()
    devices = dict(Device.objects.filter(enabled=True).values_list("pk", "extension__number"))
    return Directory(
        extensions, groups, trunks, inbound, devices, settings.COUNTRY, outside.load_outbound(trunks)
    )


def announce_change() -> None:
    """Tell every media node and the edge to read the directory again."""
    try:
        live.client().publish(live.DIRECTORY_CHANGED, "changed")
    except redis.RedisError as error:
        # They read it again as soon as Redis is back.
        log.warning("nobody could be told that the directory changed: %s", error)
