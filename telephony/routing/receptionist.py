"""A digital receptionist as far as it can be known beforehand: whether it is open, and where its callers may go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from telephony.routing import opening
from telephony.routing.destination import Destination
from telephony.routing.directory import Directory
from telephony.routing.entries import ReceptionistEntry
from telephony.routing.forwarding import spell
from telephony.routing.steps import Note, Reason


def closed(
    directory: Directory, desk: ReceptionistEntry, at: datetime
) -> tuple[tuple[Note, ...], Destination] | None:
    """Why it is closed at that moment and where its callers go then; None when it takes the call."""
    verdict = opening.look(desk.hours or directory.hours, at)
    if desk.closed is None or verdict.open:
        return None
    about = {"receptionist": desk.number, "rule": spell(desk.closed)}
    notes = (Note(Reason(verdict.code, dict(verdict.args))), Note(Reason("reception_closed", about)))
    return notes, desk.closed


def ways(desk: ReceptionistEntry) -> Iterator[tuple[Reason, Destination | None]]:
    """What a caller may do and where that leads; None: the receptionist says goodbye."""
    for key, destination in sorted(desk.keys.items()):
        yield Reason("if_key", {"key": key}), destination
    if desk.wrong is None:
        yield Reason("if_no_key"), desk.silent
    else:
        yield Reason("if_silent"), desk.silent
        yield Reason("if_wrong_keys"), desk.wrong
