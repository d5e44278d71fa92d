"""Real user agents for tests: pjsua2 telephones, baresip and SIPp, and ears to judge what they hear."""

from tests.sip.phones.call import Call, Ended
from tests.sip.phones.hearing import Sound, Span
from tests.sip.phones.message import Identity, SipMessage
from tests.sip.phones.phone import Lamp, Phone, Phones
from tests.sip.phones.process import PhoneError

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
