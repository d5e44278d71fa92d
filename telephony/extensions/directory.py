"""What routing knows of extensions, devices, ring groups and departments."""

from __future__ import annotations

from collections.abc import Mapping

from telephony.extensions.models import Department, Device, Extension, RingGroup, RingGroupMember
from telephony.routing.destination import Destination
from telephony.routing.entries import DepartmentEntry, ExtensionEntry, GroupEntry
from telephony.routing.opening import Hours


def load_extensions(own_hours: Mapping[int, Hours]) -> dict[str, ExtensionEntry]:
    """Every extension in use, by its number; one query."""
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
            record=record,
            announce=announce,
            id=key,
            private=private,
            department=department or "",
            department_id=department_id,
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


def load_groups() -> dict[str, GroupEntry]:
    """Every ring group in use, by its number; two queries."""
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


def load_departments(own_hours: Mapping[int, Hours]) -> dict[str, DepartmentEntry]:
    """Every department with a number, by that; two queries."""
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


def load_devices() -> dict[int, str]:
    """Device -> the number of its extension."""
    return dict(Device.objects.filter(enabled=True).values_list("pk", "extension__number"))
