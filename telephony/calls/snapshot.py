"""What other processes see of a live call: the hash `kiestoon:calls:<node>`, the API, the web client.

Types only; `telephony.engine.snapshot` fills them in. TypeScript is generated from them. Times are Unix seconds.
"""

from __future__ import annotations

from typing import Literal, TypedDict

PartyState = Literal[
    "calling",  # a caller for whom somebody is being rung, or who hears an announcement
    "ringing",  # is being rung
    "talking",
    "muted",  # hears the others and is not heard
    "holding",  # put the call on hold
    "held",  # alone: hears music
    "parked",  # hears music in a parking slot
    "away",  # consults somebody on another call, or comes back within half a minute (a browser that reloads)
    "listening",  # hears everybody, is heard by nobody
    "whispering",  # the same, but heard by one party
    "service",  # speaks with the exchange: voicemail, menu
]
HIDDEN: frozenset[PartyState] = frozenset({"listening", "whispering"})  # who is no party to the others
RecordingState = Literal["off", "on", "paused"]
Purpose = Literal["", "consult", "add", "move", "listen", "whisper", "barge"]


class Party(TypedDict):
    """Somebody who is in the call now, or is being rung for it."""

    leg: str  # what `drop` takes
    call: (
        str  # the call that the leg belongs to; another one while it rings for this one or consults elsewhere
    )
    number: str
    name: str
    extension: str  # "" outside
    device: int | None
    state: PartyState
    since: float  # of this state


class LegSnapshot(TypedDict):
    """A leg as the call log keeps it; also of those that have ended."""

    id: str
    role: Literal["caller", "target"]
    number: str
    name: str
    extension: str
    device: int | None
    state: str
    held: bool  # its phone put us on hold
    status: int
    codec: str
    trunk: int | None  # of a leg to outside: its trunk, and the extension that it counts for
    payer: str
    sip_call_id: str
    started: float
    answered: float | None
    ended: float | None


class Step(TypedDict):
    """What happened and why; `telephony.calls.story` tells it in words."""

    at: float  # seconds since the call began
    code: str
    args: dict[str, str | int]


class CallSnapshot(TypedDict):
    """A live call."""

    id: str
    node: str
    direction: Literal["internal", "inbound", "outbound"]
    state: Literal["routing", "ringing", "talking", "held", "parked", "service", "ended"]
    outcome: str
    reason: str
    caller: str
    caller_name: str
    dialled: str
    answered_by: str
    recording: str  # file name, "" when nothing was recorded
    recording_state: RecordingState
    holder: str  # leg of who put the call on hold, "" when nobody did
    slot: str  # parking slot, "" when it is not parked
    parked_by: str  # extension
    conference: bool  # three or more talk
    home: str  # the call for whose sake this one is: whom it reaches joins that one
    purpose: Purpose  # why, when `home` is set
    consult: str  # the call on which somebody consults before a transfer, "" when nobody does
    started: float
    answered: float | None
    ended: float | None
    steps: list[Step]
    legs: list[LegSnapshot]
    parties: list[Party]
