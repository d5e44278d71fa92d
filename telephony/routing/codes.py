"""Codes that an extension dials for a service of the exchange itself."""

from __future__ import annotations

import re

from telephony.routing.steps import Deposit, Plan, Reason, Refuse, Service
from telephony.routing.trail import Trail

VOICEMAIL_MENU = "999"
ECHO_TEST = "*43"
LEAVE_MESSAGE = re.compile(r"\*4([1-9][0-9]{1,5})")
RECORD_PROMPT = re.compile(r"\*5([1-9][0-9]{0,3})")
PICK_UP = re.compile(r"\*8([1-9][0-9]{1,5})?")
STATUS_CODES = {"*30": "available", "*31": "away", "*32": "dnd", "*33": "lunch", "*34": "holiday"}


def dialled(trail: Trail, number: str) -> Plan | None:
    """The plan for a code, or None when `number` is none.

    A code is for who dials it: whoever is transferred by somebody else can leave a message, hear their own with a
    PIN, or get who is parked. Otherwise *31 would set the status of who is transferred, or of who transfers them.
    """
    directory = trail.directory
    if number == VOICEMAIL_MENU:
        return Plan((Service("menu", Reason("voicemail_menu")),))
    if number in directory.parking and number not in directory.extensions:
        return Plan((Service("park", Reason("park", {"slot": number}), number),))
    if found := LEAVE_MESSAGE.fullmatch(number):
        return _leave_message(trail, found[1])
    if trail.request.by:
        return None
    if number == ECHO_TEST:
        return Plan((Service("echo", Reason("echo_test")),))
    if (status := STATUS_CODES.get(number)) and trail.request.own in directory.extensions:
        about = {"extension": trail.request.own, "status": status}
        return Plan((Service("status", Reason("status_code", about), status),))
    if found := PICK_UP.fullmatch(number):
        return _pick_up(trail, found[1] or "")
    if (found := RECORD_PROMPT.fullmatch(number)) and trail.request.own in directory.extensions:
        return Plan((Service("prompt", Reason("prompt", {"number": found[1]}), found[1]),))
    return None


def _pick_up(trail: Trail, extension: str) -> Plan:
    if not extension:
        return Plan((Service("pickup", Reason("pickup_group")),))
    if extension not in trail.directory.extensions:
        return _unknown(Reason("unknown_number", {"number": f"*8{extension}"}))
    if trail.directory.extensions[extension].private:
        # Whether it rings there is nobody's business: it is as if nothing did.
        return Plan((Refuse(404, "nothing_rings", Reason("nothing_rings", {"extension": extension})),))
    return Plan((Service("pickup", Reason("pickup", {"extension": extension}), extension),))


def _leave_message(trail: Trail, extension: str) -> Plan | None:
    entry = trail.directory.extensions.get(extension)
    if entry is None:
        return None
    if not entry.voicemail:
        return _unknown(Reason("no_mailbox", {"extension": extension}))
    return Plan((Deposit(extension, Reason("message_asked", {"extension": extension})),))


def _unknown(reason: Reason) -> Plan:
    return Plan((Refuse(404, "unknown_number", reason),))
