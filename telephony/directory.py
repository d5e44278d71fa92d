"""A frozen picture of who can be called, read from the database in a few queries.

The media node holds one in memory and decides every call from it; `announce_change` tells it to read again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import redis

from telephony import live
from telephony.destination import Destination
from telephony.entries import (
    DepartmentEntry,
    ExceptionEntry,
    ExtensionEntry,
    GroupEntry,
    InboundEntry,
    PresenceEntry,
    ReceptionistEntry,
    TrunkEntry,
)
from telephony.hours import Hours, Span
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
    # What is always recorded, beside extensions: trunks by id, numbers of ours; and whether that is said first.
    recorded_trunks: Mapping[int, bool] = field(default_factory=dict)
    recorded_inbound: Mapping[str, bool] = field(default_factory=dict)

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
    """Read the directory: the same number of queries (some 25), whatever the size."""
    from django.conf import settings

    from telephony import office, outside, reception
    from telephony.recordings import rules

    organisation, own_hours = office.load_hours()
    recorded = rules.load()
    extensions = _load_extensions(own_hours, recorded.departments)
    trunks = outside.load_trunks()
    return Directory(
        extensions=extensions,
        groups=_load_groups(),
        trunks=trunks,
        inbound=outside.load_inbound(),
        devices=_load_devices(),
        country=settings.COUNTRY,
        outbound=outside.load_outbound(trunks),
        presence=_load_presence(),
        hours=organisation,
        departments=_load_departments(own_hours),
        receptionists=reception.load(own_hours.get),
        recorded_trunks=recorded.trunks,
        recorded_inbound=recorded.inbound,
    )


def _load_extensions(
    own_hours: Mapping[int, Hours], recorded: Mapping[int, bool]
) -> dict[str, ExtensionEntry]:
    from telephony.models import Extension

    columns = ("pk", "number", "name", "language", "ring_seconds", "mailbox__enabled")
    wishes = ("record_calls", "announce_recording", "lamp_private", "department_id", "department__name")
    rows = Extension.objects.filter(enabled=True).order_by("number")
    return {
        number: ExtensionEntry(
            number=number,
            name=name,
            language=language,
            ring_seconds=ring_seconds,
            voicemail=bool(voicemail),
            record=record or department_id in recorded,
            announce=announce if record else recorded.get(department_id, announce),
            id=key,
            private=private,
            department=department or "",
            hours=own_hours.get(department_id) if department_id else None,
        )
        for (
            key,
            number,
            name,
            language,
            ring_seconds,
            voicemail,
            record,
            announce,
            private,
            department_id,
            department,
        ) in (rows.values_list(*columns, *wishes))
    }


def _load_groups() -> dict[str, GroupEntry]:
    from telephony.models import RingGroup, RingGroupMember

    members: dict[int, list[str]] = {}
    for group_id, number in (
        RingGroupMember.objects.filter(extension__enabled=True)
        .order_by("position", "id")
        .values_list("group_id", "extension__number")
    ):
        members.setdefault(group_id, []).append(number)
    return {
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


def _load_departments(own_hours: Mapping[int, Hours]) -> dict[str, DepartmentEntry]:
    from telephony.models import Department, Extension

    members: dict[int, list[str]] = {}
    rows = Extension.objects.filter(enabled=True, department__number__isnull=False).order_by("number")
    for department_id, number in rows.values_list("department_id", "number"):
        members.setdefault(department_id, []).append(number)
    return {
        str(row.number): DepartmentEntry(
            number=str(row.number),
            name=row.name,
            members=tuple(members.get(row.pk, ())),
            ring_seconds=row.ring_seconds,
            closed=Destination(row.closed_kind, row.closed_target),
            hours=own_hours.get(row.pk),
        )
        for row in Department.objects.filter(number__isnull=False)
    }


def _load_devices() -> dict[int, str]:
    from telephony.models import Device

    return dict(Device.objects.filter(enabled=True).values_list("pk", "extension__number"))


def _load_presence() -> dict[str, PresenceEntry]:
    """Only those for whom something is not as usual; four queries."""
    from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan

    in_use = {"extension__enabled": True}
    forwardings: dict[str, dict[tuple[str, str, str], Destination]] = {}
    for number, status, source, case, kind, target in Forwarding.objects.filter(**in_use).values_list(
        "extension__number", "status", "source", "case", "kind", "target"
    ):
        forwardings.setdefault(number, {})[status, source, case] = Destination(kind, target)
    exceptions: dict[str, list[ExceptionEntry]] = {}
    for number, kind, target, caller, weekdays, start, end in (
        ForwardingException.objects.filter(enabled=True, **in_use)
        .order_by("position", "id")
        .values_list("extension__number", "kind", "target", "caller", "weekdays", "start", "end")
    ):
        entry = ExceptionEntry(Destination(kind, target), caller, weekdays, start, end)
        exceptions.setdefault(number, []).append(entry)
    spans: dict[str, list[Span]] = {}
    for number, weekday, start, end in (
        WorkingSpan.objects.filter(extension__presence__own_hours=True, **in_use)
        .order_by("weekday", "start")
        .values_list("extension__number", "weekday", "start", "end")
    ):
        spans.setdefault(number, []).append(Span(weekday, start, end))
    columns = ("status", "until", "mobile", "ring_mobile", "accept_multiple", "closed_to_voicemail")
    rows = Presence.objects.filter(**in_use).values_list("extension__number", *columns)
    settings = {number: dict(zip(columns, values, strict=True)) for number, *values in rows}
    return {
        number: PresenceEntry(
            **settings.get(number, {}),
            spans=tuple(spans[number]) if number in spans else None,
            forwardings=MappingProxyType(forwardings.get(number, {})),
            exceptions=tuple(exceptions.get(number, ())),
        )
        for number in {*settings, *forwardings, *exceptions}
    }


def announce_change() -> None:
    """Tell every media node and the edge to read the directory again."""
    try:
        live.client().publish(live.DIRECTORY_CHANGED, "changed")
    except redis.RedisError as error:
        # They read it again as soon as Redis is back.
        log.warning("nobody could be told that the directory changed: %s", error)
