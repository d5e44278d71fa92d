"""What is dialled for voicemail: the menu, and a message for somebody without ringing them."""

from __future__ import annotations

import re

from telephony.routing.codes import VOICEMAIL_MENU, Code, unknown
from telephony.routing.steps import Plan, Reason, Service, Voicemail
from telephony.routing.trail import Trail


def _menu(_trail: Trail, _found: re.Match[str]) -> Plan:
    return Plan((Service("menu", Reason("voicemail_menu")),))


def _leave_message(trail: Trail, found: re.Match[str]) -> Plan | None:
    extension = found[1]
    entry = trail.directory.extensions.get(extension)
    if entry is None:
        return None
    if not entry.voicemail:
        return unknown(Reason("no_mailbox", {"extension": extension}))
    return Plan((Voicemail(extension, Reason("message_asked", {"extension": extension})),))


CODES = (
    Code(re.compile(VOICEMAIL_MENU), _menu, own=False),
    Code(re.compile(r"\*4([1-9][0-9]{1,5})"), _leave_message, own=False),
)
