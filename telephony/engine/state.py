"""The states a leg and a call go through. An illegal move raises."""

from __future__ import annotations

from enum import StrEnum


class LegState(StrEnum):
    """A leg, from our side of the SIP dialog (RFC 3261 §12)."""

    NEW = "new"
    INVITED = "invited"  # they called us; nothing said yet
    CALLING = "calling"  # we called them; nothing heard yet
    RINGING = "ringing"  # 180, in either direction
    EARLY = "early"  # 183: sound before the answer
    ANSWERED = "answered"
    ENDED = "ended"


LEG_MOVES: dict[LegState, frozenset[LegState]] = {
    LegState.NEW: frozenset({LegState.INVITED, LegState.CALLING, LegState.ENDED}),
    LegState.INVITED: frozenset({LegState.RINGING, LegState.EARLY, LegState.ANSWERED, LegState.ENDED}),
    LegState.CALLING: frozenset({LegState.RINGING, LegState.EARLY, LegState.ANSWERED, LegState.ENDED}),
    LegState.RINGING: frozenset({LegState.EARLY, LegState.ANSWERED, LegState.ENDED}),
    LegState.EARLY: frozenset({LegState.RINGING, LegState.ANSWERED, LegState.ENDED}),
    LegState.ANSWERED: frozenset({LegState.ENDED}),
    LegState.ENDED: frozenset(),
}


class CallState(StrEnum):
    """A call as the rest of the exchange sees it."""

    ROUTING = "routing"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    PARKED = "parked"
    SERVICE = "service"
    ENDED = "ended"


CALL_MOVES: dict[CallState, frozenset[CallState]] = {
    CallState.ROUTING: frozenset({CallState.RINGING, CallState.SERVICE, CallState.TALKING, CallState.ENDED}),
    CallState.RINGING: frozenset({CallState.TALKING, CallState.SERVICE, CallState.ROUTING, CallState.ENDED}),
    CallState.TALKING: frozenset({CallState.HELD, CallState.PARKED, CallState.ROUTING, CallState.ENDED}),
    CallState.HELD: frozenset({CallState.TALKING, CallState.PARKED, CallState.ROUTING, CallState.ENDED}),
    CallState.PARKED: frozenset({CallState.TALKING, CallState.ROUTING, CallState.ENDED}),
    CallState.SERVICE: frozenset({CallState.ROUTING, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}


class IllegalMove(RuntimeError):
    """A state change that the table does not allow: a fault in the engine."""


def check_leg(old: LegState, new: LegState) -> None:
    """Raise IllegalMove unless a leg may go from `old` to `new`."""
    if new not in LEG_MOVES[old]:
        raise IllegalMove(f"a leg cannot go from {old} to {new}")


def check_call(old: CallState, new: CallState) -> None:
    """Raise IllegalMove unless a call may go from `old` to `new`."""
    if new not in CALL_MOVES[old]:
        raise IllegalMove(f"a call cannot go from {old} to {new}")
