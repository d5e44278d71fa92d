"""What is told of calls: what telephones do, live calls, parking slots, the log.

An `…Event` is what a web client reads. `…News` is the same as it is sent, when that is more (`api.live.audience` then
makes of it what each client may know) or less (for pages that only look again).
"""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from live.events import EventText, LineState, LiveCall, LogEntry
from telephony.calls.snapshot import CallSnapshot

# --- lines


class LineEvent(TypedDict):
    """Somebody's telephone began to ring, is busy or idle."""

    kind: Literal["extension"]
    extension: str
    state: LineState


class Doing(TypedDict):
    """What an extension does; of one that rings also the call and who calls."""

    state: LineState
    call: NotRequired[str]
    peer: NotRequired[str]
    peer_name: NotRequired[str]


class LampNews(Doing):
    """The same for lamps, which show who calls; web clients are not told that."""

    kind: Literal["extension"]
    extension: str


def line_changed(extension: str, state: LineState) -> LineEvent:
    """What the telephone does now."""
    return {"kind": "extension", "extension": extension, "state": state}


def lamp_changed(extension: str, doing: Doing) -> LampNews:
    """What the extension's lamp shows now."""
    return {"kind": "extension", "extension": extension, **doing}


# --- live calls


class CallEvent(TypedDict):
    """One of my calls as it is now; None when it is over for me."""

    kind: Literal["call"]
    id: str
    call: LiveCall | None


class WholeCallNews(TypedDict):
    """A call as its media node knows it: what web clients are told is made of this."""

    kind: Literal["call"]
    call: CallSnapshot


class CallNews(TypedDict):
    """For the administration's pages: a call changed."""

    kind: Literal["call"]
    id: str
    state: str


def call_changed(call: CallSnapshot) -> CallNews:
    """Which call, and what it does now."""
    return {"kind": "call", "id": call["id"], "state": call["state"]}


def whole_call(call: CallSnapshot) -> WholeCallNews:
    """All of the call."""
    return {"kind": "call", "call": call}


def whole_call_text(snapshot: str) -> EventText:
    """`whole_call` of a snapshot that is JSON already: to make JSON of it once more would double the cost."""
    return EventText(f'{{"kind":"call","call":{snapshot}}}')


def call_for_party(call_id: str, call: LiveCall | None) -> CallEvent:
    """The call as one party sees it."""
    return {"kind": "call", "id": call_id, "call": call}


# --- parking


class Parked(TypedDict):
    """The call in a parking slot, and who waits there; all empty when nobody does."""

    call: str
    number: str
    name: str


class ParkingEvent(TypedDict):
    """A parking slot: its call, or all empty when it is free."""

    kind: Literal["parking"]
    slot: str
    call: str
    number: str
    name: str


def parking_changed(slot: str, parked: Parked) -> ParkingEvent:
    """The party that waits there now."""
    return {"kind": "parking", "slot": slot, **parked}


# --- the log


class LoggedEvent(TypedDict):
    """A call of mine is in the log."""

    kind: Literal["logged"]
    entry: LogEntry


class LoggedLeg(TypedDict):
    """Of a leg what an entry in somebody's log is made of."""

    role: str
    extension: str
    answered: float | None


class LoggedCall(TypedDict):
    """Of a call that is over what an entry in somebody's log is made of."""

    id: str
    outcome: str
    caller: str
    caller_name: str
    dialled: str
    answered_by: str
    started: float
    answered: float | None
    ended: float | None
    legs: list[LoggedLeg]


class LoggedNews(TypedDict):
    """A call is in the log: the users that are told of it, and the entry that each of them is told."""

    kind: Literal["logged"]
    extensions: list[str]
    names: dict[str, str]  # of internal numbers
    call: LoggedCall


class SeenEvent(TypedDict):
    """I looked at my calls (here or elsewhere): none is missed any more."""

    kind: Literal["seen"]


class HiddenEvent(TypedDict):
    """I took a call off my list."""

    kind: Literal["hidden"]
    id: str


def call_logged(call: CallSnapshot) -> LoggedNews:
    """For everybody who had to do with the call."""
    legs = call["legs"]
    extensions = {*(leg["extension"] for leg in legs), call["dialled"]} - {""}
    return {
        "kind": "logged",
        "extensions": sorted(extensions),
        "names": {leg["number"]: leg.get("name", "") for leg in legs if leg["extension"] == leg["number"]},
        "call": {
            "id": call["id"],
            "outcome": call["outcome"],
            "caller": call["caller"],
            "caller_name": call["caller_name"],
            "dialled": call["dialled"],
            "answered_by": call["answered_by"],
            "started": call["started"],
            "answered": call["answered"],
            "ended": call["ended"],
            "legs": [
                {"role": leg["role"], "extension": leg["extension"], "answered": leg["answered"]}
                for leg in legs
            ],
        },
    }


def entry_logged(entry: LogEntry) -> LoggedEvent:
    """The call as one party finds it in their log."""
    return {"kind": "logged", "entry": entry}


def calls_seen() -> SeenEvent:
    """For the user who looked."""
    return {"kind": "seen"}


def call_hidden(call_id: str) -> HiddenEvent:
    """For the user who hides it."""
    return {"kind": "hidden", "id": call_id}
