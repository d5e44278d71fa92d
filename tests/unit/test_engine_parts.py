"""The engine's tables and names: states that only move where they may, ids that sort by time."""

from __future__ import annotations

import itertools
import time

import pytest

from telephony.calls import control
from telephony.calls.errors import CommandError
from telephony.engine import call as calls
from telephony.engine.state import (
    CALL_MOVES,
    LEG_MOVES,
    CallState,
    IllegalMove,
    LegState,
    check_call,
    check_leg,
)


@pytest.mark.parametrize(
    ("old", "new"),
    [pair for pair in itertools.product(LegState, repeat=2) if pair[1] not in LEG_MOVES[pair[0]]],
)
def test_a_leg_does_not_go_where_it_may_not(old: LegState, new: LegState) -> None:
    with pytest.raises(IllegalMove, match=f"from {old} to {new}"):
        check_leg(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [pair for pair in itertools.product(CallState, repeat=2) if pair[1] not in CALL_MOVES[pair[0]]],
)
def test_a_call_does_not_go_where_it_may_not(old: CallState, new: CallState) -> None:
    with pytest.raises(IllegalMove, match=f"from {old} to {new}"):
        check_call(old, new)


def test_every_state_is_in_the_tables_and_leads_to_the_end() -> None:
    assert set(LEG_MOVES) == set(LegState)
    assert set(CALL_MOVES) == set(CallState)
    for leg_state in set(LegState) - {LegState.ENDED}:
        check_leg(leg_state, LegState.ENDED)
    for call_state in set(CallState) - {CallState.ENDED}:
        check_call(call_state, CallState.ENDED)
    assert not LEG_MOVES[LegState.ENDED]
    assert not CALL_MOVES[CallState.ENDED]


def test_nobody_is_asked_twice_to_answer() -> None:
    for state in (LegState.INVITED, LegState.CALLING, LegState.RINGING, LegState.EARLY):
        check_leg(state, LegState.ANSWERED)
    with pytest.raises(IllegalMove):
        check_leg(LegState.ANSWERED, LegState.RINGING)


def test_ids_of_calls_sort_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [1_790_000_000.0 + step for step in (0.0, 0.001, 0.1, 1, 60, 86_400, 31_536_000, 1_000_000_000)]
    ids = []
    for moment in moments:
        monkeypatch.setattr(calls.time, "time", lambda moment=moment: moment)
        ids.append(calls.new_call_id())
    assert ids == sorted(ids)


def test_ids_of_calls_are_short_and_do_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls.time, "time", lambda: 1_790_000_000.0)
    ids = {calls.new_call_id() for _call in range(50)}
    assert len(ids) == 50
    assert all(len(name) == 13 and set(name) <= set(calls.ALPHABET) for name in ids)


def test_a_command_without_redis_fails_at_once_with_a_sentence() -> None:
    began = time.monotonic()
    with pytest.raises(CommandError, match="Redis cannot be reached"):
        control.originate("100", "101")
    with pytest.raises(CommandError, match="Redis cannot be reached"):
        control.command("hangup", "0000000000abc")
    assert time.monotonic() - began < 2
