"""What all live events share: what they are made of, and how one becomes text.

The events themselves are in the `events.py` of the room that sends them, each with the function that builds it.

Every event says how things are now, not what to add: hearing one twice changes nothing, so a snapshot that is a
little newer than the id it carries, and every event after that id, are together a fresh snapshot.

Moments are ISO 8601 in UTC; those in live calls are Unix seconds, as the media nodes keep them.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal, NewType, TypeVar, cast, get_args, get_type_hints

# pydantic reads these for OpenAPI, and wants this one until Python 3.12.
from typing_extensions import ReadOnly, TypedDict, TypeIs

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


# --- events


class AnyEvent(TypedDict):
    """What every event has: `kind` tells them apart. Only a `TypedDict` of one kind fits, and no `dict`."""

    kind: ReadOnly[str]


class Owned(AnyEvent):
    """An event about one extension."""

    extension: ReadOnly[str]


E = TypeVar("E", bound=AnyEvent)
EventText = NewType("EventText", str)  # an event as JSON

PresenceKind = Literal["presence"]
PersonKind = Literal["person"]
# What changes how people are shown, but for their lines.
PEOPLE_KINDS: frozenset[PresenceKind | PersonKind] = frozenset({"presence", "person"})


def as_text(event: AnyEvent) -> EventText:
    """The event as JSON."""
    return EventText(json.dumps(event))


@cache
def _kind(event: Any) -> str:
    return str(get_args(get_type_hints(event)["kind"])[0])


def kind_of(event: type[AnyEvent]) -> str:
    """The kind that events of this type are of."""
    return _kind(cast(Any, event))


def is_event(event: AnyEvent, of: type[E]) -> TypeIs[E]:
    """Whether the event says that it is of this type; the sender has seen to it that it is."""
    return event.get("kind") == kind_of(of)


def read_event(text: str | bytes) -> AnyEvent:
    """An event from its JSON, as its sender made it. Raises ValueError for other text, TypeError for other JSON."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise TypeError("an event is an object")
    return cast(AnyEvent, found)
