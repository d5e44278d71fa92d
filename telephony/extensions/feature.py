"""Extensions, their devices, ring groups and departments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from telephony.extensions.directory import load_departments, load_devices, load_extensions, load_groups
from telephony.extensions.models import Department, Device, Extension, RingGroup, RingGroupMember
from telephony.features import Feature, Loading, MenuEntry, NumberKind


def _directory(loading: Loading) -> Mapping[str, Any]:
    return {
        "extensions": load_extensions(loading.own_hours),
        "groups": load_groups(),
        "devices": load_devices(),
        "departments": load_departments(loading.own_hours),
    }


FEATURE = Feature(
    "extensions",
    numbers=(
        NumberKind("extension", Extension, _("%(number)s is the extension of %(name)s."), person=True),
        NumberKind("group", RingGroup, _("%(number)s is the ring group %(name)s.")),
        NumberKind("department", Department, _("%(number)s is the department %(name)s.")),
    ),
    directory=_directory,
    watched=(Device, Extension, RingGroup, RingGroupMember, Department),
    tasks=("telephony.extensions.tasks",),
    beat={"purge-browsers": {"task": "telephony.purge_browsers", "schedule": 600.0}},
    menu=(
        MenuEntry("telephony", _("Extensions"), "dialpad", "telephony", "extension", 10),
        MenuEntry("telephony", _("Devices"), "deskphone", "telephony", "device", 20),
        MenuEntry("telephony", _("Ring groups"), "groups", "telephony", "ringgroup", 30),
        MenuEntry("telephony", _("Departments"), "corporate_fare", "telephony", "department", 60),
    ),
    client=("dial",),
)
