"""Codes that an extension dials for a service: those of the exchange itself, and those of its features."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from telephony.routing.directory import Directory
from telephony.routing.phone_numbers import clean
from telephony.routing.steps import Plan, Reason, Refuse, Service
from telephony.routing.trail import Trail

VOICEMAIL_MENU = "999"
ECHO_TEST = "*43"
PICK_UP = "*8"
PICK_UP_FROM = re.compile(rf"{re.escape(PICK_UP)}([1-9][0-9]{{1,5}})?")  # one's own group, or this extension


@dataclass(frozen=True, slots=True)
class Code:
    """What is dialled, as a pattern for all of it, and the plan for it; None: here it is no code.

    With `own` it is for the person who dials it: it does nothing for somebody who is transferred to it. `number` is
    for one that stands for a number: which one, "" for none, when this extension dials it.
    """

    pattern: re.Pattern[str]
    plan: Callable[[Trail, re.Match[str]], Plan | None]
    own: bool = True
    number: Callable[[Directory, str, re.Match[str]], str] | None = None


_codes: list[Code] = []


def add(*codes: Code) -> None:
    """Have these dialled, too; at the start of the process, by `telephony.features`."""
    _codes.extend(codes)


def dialled(trail: Trail, number: str) -> Plan | None:
    """The plan for a code, or None when `number` is none.

    A caller who is transferred by somebody else can leave a message, hear their own with a PIN, or get a parked call
    back. Every other code is `own`: or *31 would set the status of the caller, or of the extension that transfers.
    """
    directory = trail.directory
    if number in directory.parking and number not in directory.extensions:
        return Plan((Service("park", Reason("park", {"slot": number}), number),))
    for code in _codes:
        if code.own and trail.request.by:
            continue
        if (found := code.pattern.fullmatch(number)) and (plan := code.plan(trail, found)):
            return plan
    return None


def meant(directory: Directory, extension: str, dialled: str) -> str:
    """The number that an extension means by what it dials: that of a code which stands for one, or what it dials."""
    for code in _codes:
        if code.number and (found := code.pattern.fullmatch(clean(dialled))):
            return code.number(directory, extension, found) or dialled
    return dialled


def _echo(_trail: Trail, _found: re.Match[str]) -> Plan:
    return Plan((Service("echo", Reason("echo_test")),))


def _pick_up(trail: Trail, found: re.Match[str]) -> Plan:
    extension = found[1]
    if not extension:
        return Plan((Service("pickup", Reason("pickup_group")),))
    if extension not in trail.directory.extensions:
        return unknown(Reason("unknown_number", {"number": f"{PICK_UP}{extension}"}))
    if trail.directory.extensions[extension].private:
        # Whether it rings there is nobody's business: it is as if nothing did.
        return Plan((Refuse(404, "nothing_rings", Reason("nothing_rings", {"extension": extension})),))
    return Plan((Service("pickup", Reason("pickup", {"extension": extension}), extension),))


def unknown(reason: Reason) -> Plan:
    """The plan for a code that leads nowhere."""
    return Plan((Refuse(404, "unknown_number", reason),))


add(
    Code(re.compile(re.escape(ECHO_TEST)), _echo),
    Code(PICK_UP_FROM, _pick_up),
)
