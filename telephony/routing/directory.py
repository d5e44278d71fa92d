"""A frozen picture of everything that can be called: routing decides every call from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telephony.routing.entries import (
    DepartmentEntry,
    ExtensionEntry,
    GroupEntry,
    InboundEntry,
    PresenceEntry,
    ReceptionistEntry,
    ServiceEntry,
    TrunkEntry,
)
from telephony.routing.opening import Hours
from telephony.routing.outbound_rules import Outbound

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
    # What is always recorded, beside extensions: departments and trunks by id, numbers of ours; and whether that is
    # said first.
    recorded_departments: Mapping[int, bool] = field(default_factory=dict)
    recorded_trunks: Mapping[int, bool] = field(default_factory=dict)
    recorded_inbound: Mapping[str, bool] = field(default_factory=dict)

    # What a room of a feature has loaded for its own codes and flows: room -> whatever it is.
    rooms: Mapping[str, Any] = field(default_factory=dict)
    # Numbers that a flow answers, beside receptionists.
    services: Mapping[str, ServiceEntry] = field(default_factory=dict)

    def name_of(self, number: str) -> str:
        """The name that belongs to an internal number, or nothing."""
        entry = (
            self.extensions.get(number)
            or self.groups.get(number)
            or self.departments.get(number)
            or self.receptionists.get(number)
            or self.services.get(number)
        )
        return entry.name if entry else ""
