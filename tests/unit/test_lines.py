"""What a provider's answer means for a call, and who it says is calling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from telephony.engine.sip import Invitation
from telephony.engine.trunk_responses import end_in_time, is_silent, is_trunks_fault, readable_invitation
from telephony.routing.directory import Directory
from telephony.routing.entries import TrunkEntry


@pytest.mark.parametrize(
    ("status", "rang", "emergency", "another"),
    [
        (408, False, False, True),
        (403, False, False, True),
        (401, False, False, True),
        (500, False, False, True),
        (503, False, False, True),
        (486, False, False, False),
        (404, False, False, False),
        (480, False, False, False),
        (603, False, False, False),
        (503, True, False, False),
        (404, False, True, True),
        (503, True, True, True),
        (486, True, True, False),
    ],
)
def test_another_trunk_is_tried_when_it_may_do_better(
    status: int, rang: bool, emergency: bool, another: bool
) -> None:
    assert is_trunks_fault(status, rang=rang, emergency=emergency) is another


def test_silence_is_no_answer_or_no_service() -> None:
    assert [status for status in (403, 408, 486, 500, 503) if is_silent(status)] == [408, 503]


@pytest.mark.parametrize(
    ("said", "caller"),
    [
        ("0612345678", "+31612345678"),
        ("0031612345678", "+31612345678"),
        ("+31612345678", "+31612345678"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_a_caller_can_be_called_back(said: str, caller: str) -> None:
    trunk = TrunkEntry(3, "Lijn", "sip.example", 5060, "+31207654321", "account", "")
    directory = Directory(trunks=(trunk,))
    invitation = Invitation("account", "c", "", None, 3, "", said, "")
    assert readable_invitation(invitation, directory).caller == caller
    assert readable_invitation(invitation, directory).dialled == "+31207654321"


class Party:
    """A leg of a call, as far as its end goes."""

    def __init__(self) -> None:
        self.number = "+31201112222"
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.call = SimpleNamespace(step=lambda code, **args: self.told.append((code, args)))

    def hang_up(self) -> None:
        self.gone.set_result(None)


async def test_a_call_to_outside_is_ended_when_it_has_lasted_as_long_as_it_may() -> None:
    party: Any = Party()
    end_in_time(asyncio.get_running_loop(), party, 0.001)
    await asyncio.wait_for(party.gone, 5)
    assert party.told == [("longest_call", {"who": "+31201112222", "minutes": 0})]


async def test_who_hangs_up_before_is_left_alone() -> None:
    party: Any = Party()
    endless: Any = Party()
    loop = asyncio.get_running_loop()
    before, timers = loop.time(), []

    def call_later(seconds: float, over: Callable[[], None]) -> asyncio.TimerHandle:
        timers.append(loop.call_later(seconds, over))
        return timers[-1]

    clock: Any = SimpleNamespace(call_later=call_later)
    end_in_time(clock, party, 240)
    end_in_time(clock, endless, None)
    (timer,) = timers
    assert 0 <= timer.when() - before - 240 * 60 < 5
    party.hang_up()
    await asyncio.sleep(0)
    assert timer.cancelled() and not party.told
