"""What other processes see of a live call: the hash `kiestoon:calls:<node>`, the API, the web client.

No pjsua2 in here: the types are read by processes that have none, and TypeScript is generated from them. Times are
Unix seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg

PartyState = Literal[
    "calling",  # a caller while others are being rung, or during an announcement
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
HIDDEN: frozenset[PartyState] = frozenset({"listening", "whispering"})  # no parties to the others
RecordingState = Literal["off", "on", "paused"]
Purpose = Literal["", "consult", "add", "move", "listen", "whisper", "barge"]


class Party(TypedDict):
    """A party that is in the call now, or is being rung for it."""

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
    holder: str  # leg that put the call on hold, "" when none did
    slot: str  # parking slot, "" when it is not parked
    parked_by: str  # extension
    conference: bool  # three or more talk
    home: str  # the call for whose sake this one is: the party that it reaches joins that one
    purpose: Purpose  # why, when `home` is set
    consult: str  # the call on which somebody consults before a transfer, "" when nobody does
    started: float
    answered: float | None
    ended: float | None
    steps: list[Step]
    legs: list[LegSnapshot]
    parties: list[Party]


def call_snapshot(call: Call) -> CallSnapshot:
    """What other processes see of the call."""
    return {
        "id": call.id,
        "node": call.exchange.name,
        "direction": call.direction,  # type: ignore[typeddict-item]
        "state": str(call.state),  # type: ignore[typeddict-item]
        "outcome": call.outcome,
        "reason": call.reason,
        "caller": call.caller,
        "caller_name": call.caller_name,
        "dialled": call.dialled,
        "answered_by": call.answered_by,
        "recording": call.recording,
        "recording_state": call.recording_state,
        "holder": call.holder,
        "slot": call.slot,
        "parked_by": call.parked_by,
        "conference": call.conference,
        "home": call.home.id if call.home is not None else "",
        "purpose": call.purpose,
        "consult": next((side.id for side in call.sides if side.purpose == "consult"), ""),
        "started": call.started,
        "answered": call.answered,
        "ended": call.ended,
        "steps": list(call.steps),  # type: ignore[arg-type]
        "legs": call.departed + [leg_snapshot(leg, call.role(leg)) for leg in call.legs],
        "parties": [
            *(party(leg) for leg in call.legs if leg.ended_at is None),
            *(party(leg, away=True) for leg in call.away),
            *(
                party(leg)
                for side in call.sides
                for leg in side.legs
                if side.purpose != "consult" and leg.ended_at is None
            ),
        ],
    }


def leg_snapshot(leg: Leg, role: Literal["caller", "target"]) -> LegSnapshot:
    """What other processes see of a leg."""
    return {
        "id": leg.id,
        "role": role,
        "number": leg.number,
        "name": leg.name,
        "extension": leg.extension,
        "device": leg.device,
        "state": str(leg.state),
        "held": leg.held,
        "status": leg.status,
        "codec": leg.codec,
        "trunk": leg.trunk,
        "payer": leg.payer,
        "sip_call_id": leg.sip_call_id,
        "started": leg.started,
        "answered": leg.answered_at,
        "ended": leg.ended_at,
    }


def party(leg: Leg, *, away: bool = False) -> Party:
    """The party at the other end of a leg, and what it does."""
    state, since = _doing(leg)
    return {
        "leg": leg.id,
        "call": leg.call.id if leg.call is not None else "",
        "number": leg.number,
        "name": leg.name,
        "extension": leg.extension,
        "device": leg.device,
        "state": "away" if away else state,
        "since": since,
    }


def _doing(leg: Leg) -> tuple[PartyState, float]:
    if leg.doing:
        return leg.doing, leg.doing_since
    state: Any = str(leg.state)
    if state in ("calling", "ringing", "early") and leg.outgoing:
        return "ringing", leg.started
    if state == "answered" and leg.call is not None and str(leg.call.state) == "service":
        return "service", leg.answered_at or leg.started
    return "calling", leg.started
