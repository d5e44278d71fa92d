"""What the exchange knows: extensions that can be called, their devices, and the calls there were."""

from telephony.calls.models import Call, CallLeg, HiddenCall
from telephony.edge.models import Ban, Registration
from telephony.extensions.models import Department, Device, Extension, RingGroup, RingGroupMember
from telephony.hours.models import OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday
from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.recordings.models import Recording, RecordingParty, RecordingRule
from telephony.sound.models import Prompt
from telephony.trunks.models import InboundNumber, Trunk, TrunkEvent, TrunkState
from telephony.trunks.rules import CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights

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
