"""What a provider's messages mean: the caller they name, and whether a failed call is tried on the next trunk."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING

from telephony.engine.sip import Invitation
from telephony.routing import phone_numbers
from telephony.routing.directory import Directory

if TYPE_CHECKING:
    from telephony.engine.leg import Leg

# Our password refused, not paid, not allowed, nobody there, too much, no connection.
TROUBLE = frozenset({401, 402, 403, 407, 408, 429, 477, 478})
BUSY = frozenset({486, 600})
SILENT = frozenset({408, 503})


def is_trunks_fault(status: int, *, rang: bool, emergency: bool = False) -> bool:
    """Whether another trunk may do better after this final status (RFC 3261 §21).

    Once it rang, or the caller heard the provider's own announcement, the number has been reached. A call for help
    goes on as long as there is a way, unless they are busy there.
    """
    if emergency:
        return status not in BUSY
    return not rang and (status in TROUBLE or 500 <= status < 600)


def is_silent(status: int) -> bool:
    """Whether this status says that the provider itself is not there."""
    return status in SILENT


def end_in_time(loop: asyncio.AbstractEventLoop, leg: Leg, minutes: float | None) -> None:
    """Have a call to outside ended after so many minutes from being dialled; None: never."""
    if minutes is None:
        return

    def over() -> None:
        if leg.call is not None:
            leg.call.step("longest_call", who=leg.number, minutes=round(minutes))
        leg.hang_up()

    timer = loop.call_later(minutes * 60, over)
    leg.gone.add_done_callback(lambda _gone: timer.cancel())


def readable_invitation(invitation: Invitation, directory: Directory) -> Invitation:
    """A call from a provider with the caller's number in the form in which it can be called back.

    A provider that names our account with it instead of a number means the trunk's own number.
    """
    trunk = next((trunk for trunk in directory.trunks if trunk.id == invitation.trunk), None)
    dialled = invitation.dialled
    if trunk is not None and trunk.caller_id and dialled == trunk.username:
        dialled = trunk.caller_id
    caller = phone_numbers.international(invitation.caller, directory.country)
    diverted = tuple(phone_numbers.international(number, directory.country) for number in invitation.diverted)
    return dataclasses.replace(invitation, caller=caller, dialled=dialled, diverted=diverted)
