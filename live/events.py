"""What the exchange tells its web clients, typed once: sender, socket and (generated) the TypeScript client share it.

Every event says how things are now, not what to add: hearing one twice changes nothing, so a snapshot that is a
little newer than the id it carries, and every event after that id, are together a fresh snapshot.

Moments are ISO 8601 in UTC; those in live calls are Unix seconds, as the media nodes keep them.
"""

from __future__ import annotations

from typing import Literal

# pydantic reads these for OpenAPI, and wants this one until Python 3.12.
from typing_extensions import TypedDict

StatusName = Literal["available", "away", "dnd", "lunch", "holiday"]
LineState = Literal["idle", "ringing", "busy"]
Arrow = Literal["in", "out", "missed"]
Theme = Literal["light", "dark", "system"]
Language = Literal["nl", "en"]


# --- what snapshots and events are made of


class Person(TypedDict):
    """A colleague as everybody sees them."""

    extension: str
    name: str
    department: str
    picture: str  # address of the picture, "" without one
    status: StatusName
    until: str | None  # when the status ends by itself
    message: str
    line: LineState


class LiveParty(TypedDict):
    """Somebody in a call, or rung for it."""

    leg: str
    call: str  # the call that the leg belongs to; another one while it consults there
    number: str
    name: str
    extension: str  # "" outside
    state: (
        str  # calling, ringing, talking, muted, holding, held, parked, away, listening, whispering, service
    )
    since: float
    device: int | None  # of one's own legs only
    sip_call_id: str  # of one's own legs only: RFC 3261 §8.1.1.4


class LiveCall(TypedDict):
    """A call that goes on."""

    id: str
    direction: Literal["internal", "inbound", "outbound"]
    state: str  # routing, ringing, talking, held, parked, service
    caller: str
    caller_name: str
    dialled: str
    answered_by: str
    started: float
    answered: float | None
    recording: Literal["off", "on", "paused"]
    holder: str  # the leg that put the call on hold
    slot: str  # parking slot
    conference: bool
    home: str  # the call for whose sake this one is
    purpose: str  # and why: consult, add, move, listen, whisper, barge
    consult: str  # the call on which somebody consults before a transfer
    parties: list[LiveParty]


class LogEntry(TypedDict):
    """A call that is over, as one person saw it."""

    id: str
    arrow: Arrow
    number: str  # of the other side
    name: str
    extension: str  # of the other side, "" outside
    dialled: str
    outcome: str
    answered_by: str
    started: str
    seconds: int | None  # of conversation
    recordings: list[int]  # ids of those that the person may hear, oldest first


class VoicemailCount(TypedDict):
    """How many messages there are in one's mailbox."""

    new: int
    old: int


class Slot(TypedDict):
    """A parking slot in use."""

    slot: str
    call: str
    number: str
    name: str


# --- events: `kind` tells them apart


class PresenceEvent(TypedDict):
    """Somebody's status."""

    kind: Literal["presence"]
    extension: str
    status: StatusName
    until: str | None
    message: str


class LineEvent(TypedDict):
    """Somebody's telephone began to ring, is busy or idle."""

    kind: Literal["extension"]
    extension: str
    state: LineState


class PersonEvent(TypedDict):
    """Somebody is new, or their name, department or picture is; None when they are gone."""

    kind: Literal["person"]
    extension: str
    person: Person | None


class FavouritesEvent(TypedDict):
    """All of one's favourites, in the order in which they were made."""

    kind: Literal["favourites"]
    favourites: list[str]


class CallEvent(TypedDict):
    """One of my calls as it is now; None when it is over for me."""

    kind: Literal["call"]
    id: str
    call: LiveCall | None


class LoggedEvent(TypedDict):
    """A call of mine is in the log."""

    kind: Literal["logged"]
    entry: LogEntry


class SeenEvent(TypedDict):
    """I looked at my calls (here or elsewhere): none is missed any more."""

    kind: Literal["seen"]


class HiddenEvent(TypedDict):
    """I took a call off my list."""

    kind: Literal["hidden"]
    id: str


class MailboxEvent(TypedDict):
    """How many messages there are in my mailbox."""

    kind: Literal["mailbox"]
    extension: str
    new: int
    old: int


class RegistrationEvent(TypedDict):
    """My devices that are registered."""

    kind: Literal["registration"]
    extension: str
    devices: list[int]


class ProfileEvent(TypedDict):
    """My own settings."""

    kind: Literal["profile"]
    name: str
    language: Language
    theme: Theme
    picture: str
    mobile: str


class ParkingEvent(TypedDict):
    """A parking slot: its call, or all empty when it is free."""

    kind: Literal["parking"]
    slot: str
    call: str
    number: str
    name: str


class RecordingEvent(TypedDict):
    """A recording that I may hear was made, compressed, lost or deleted."""

    kind: Literal["recording"]
    id: int
    call: str
    state: Literal["raw", "compressed", "lost", "deleted"]


class ReloadEvent(TypedDict):
    """Too much was missed: load a fresh snapshot."""

    kind: Literal["reload"]


class ByeEvent(TypedDict):
    """The session is over: sign in again."""

    kind: Literal["bye"]


Event = (
    PresenceEvent
    | LineEvent
    | PersonEvent
    | FavouritesEvent
    | CallEvent
    | LoggedEvent
    | SeenEvent
    | HiddenEvent
    | MailboxEvent
    | RegistrationEvent
    | ProfileEvent
    | ParkingEvent
    | RecordingEvent
    | ReloadEvent
    | ByeEvent
)


class SocketMessage(TypedDict):
    """What comes over the socket: events in their order, and the id to come back with."""

    id: str
    events: list[Event]


# Told on the same channels, but for other ears than web clients': the edge agent's and the administration's.
INSIDE = frozenset({"ban", "trunk", "directory", "session"})
