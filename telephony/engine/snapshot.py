"""What other processes see of a live call, written from the call itself. Times are Unix seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from telephony.calls.snapshot import CallSnapshot, LegSnapshot, Party, PartyState

if TYPE_CHECKING:
    from telephony.engine.call import Call
    from telephony.engine.leg import Leg


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
