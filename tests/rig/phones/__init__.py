"""Real user agents for tests: pjsua2 telephones, baresip and SIPp, and ears to judge what they hear."""

from tests.rig.phones.call import Call, Ended
from tests.rig.phones.hearing import Sound, Span
from tests.rig.phones.message import Identity, SipMessage
from tests.rig.phones.phone import Lamp, Phone, Phones
from tests.rig.phones.process import PhoneError

__all__ = [
    "Call",
    "Ended",
    "Identity",
    "Lamp",
    "Phone",
    "PhoneError",
    "Phones",
    "SipMessage",
    "Sound",
    "Span",
]
