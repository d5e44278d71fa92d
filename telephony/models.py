"""What the exchange knows: who can be called, by which devices, and which calls there were."""

from telephony.models.calls import Call, CallLeg, HiddenCall
from telephony.models.extensions import Device, Extension, RingGroup, RingGroupMember
from telephony.models.hours import Department, OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday
from telephony.models.live import Ban, Registration
from telephony.models.receptionist import Prompt, Receptionist, ReceptionistKey
from telephony.models.recordings import Recording, RecordingParty, RecordingRule
from telephony.models.trunks import (
    CallingLimits,
    InboundNumber,
    OutboundRule,
    OutboundRuleTrunk,
    OutsideRights,
    Trunk,
    TrunkEvent,
    TrunkState,
)

__all__ = [
    "Ban",
    "Call",
    "CallLeg",
    "CallingLimits",
    "Department",
    "Device",
    "Extension",
    "HiddenCall",
    "InboundNumber",
    "OfficeBreak",
    "OfficeHours",
    "OfficeSpan",
    "OutboundRule",
    "OutboundRuleTrunk",
    "OutsideRights",
    "OwnHoliday",
    "Prompt",
    "Receptionist",
    "ReceptionistKey",
    "Recording",
    "RecordingParty",
    "RecordingRule",
    "Registration",
    "RingGroup",
    "RingGroupMember",
    "Trunk",
    "TrunkEvent",
    "TrunkState",
]
