"""All that comes over the socket of a web client: its own two events, and those of every room.

`EVENTS` is where they come together: TypeScript is generated from it.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from accounts.events import FavouritesEvent, PersonEvent, ProfileEvent
from live.events import AnyEvent
from presence.events import PresenceEvent
from telephony.calls.events import CallEvent, HiddenEvent, LineEvent, LoggedEvent, ParkingEvent, SeenEvent
from telephony.edge.events import RegistrationEvent
from telephony.recordings.events import RecordingEvent
from voicemail.events import MailboxEvent


class ReloadEvent(TypedDict):
    """Too much was missed: load a fresh snapshot."""

    kind: Literal["reload"]


class ByeEvent(TypedDict):
    """The session is over: sign in again."""

    kind: Literal["bye"]


def reload() -> ReloadEvent:
    """For a client that missed too much."""
    return {"kind": "reload"}


def bye() -> ByeEvent:
    """For a client whose session is over."""
    return {"kind": "bye"}


# What a web client may read, of every kind.
EVENTS: tuple[type[AnyEvent], ...] = (
    PresenceEvent,
    LineEvent,
    PersonEvent,
    FavouritesEvent,
    CallEvent,
    LoggedEvent,
    SeenEvent,
    HiddenEvent,
    MailboxEvent,
    RegistrationEvent,
    ProfileEvent,
    ParkingEvent,
    RecordingEvent,
    ReloadEvent,
    ByeEvent,
)
