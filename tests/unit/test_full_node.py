"""A media node that is full, or about to leave: it takes nobody but who calls for help."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import cast

import pytest

from telephony.engine.exchange import FREE_LEGS_KEPT, MAX_LEGS, Exchange
from telephony.engine.leg import Leg
from telephony.engine.sip import Invitation
from telephony.routing import codes
from tests.rig.directories import COMPANY


def outcome(dialled: str, legs: int, *, draining: bool = False, trunk: int | None = None) -> str:
    """What becomes of a call when there are so many legs, its own among them."""
    told: list[str] = []
    endpoint = SimpleNamespace(legs=range(legs))
    exchange = SimpleNamespace(draining=draining, endpoint=endpoint, directory=COMPANY)
    exchange._meant = lambda invitation: Exchange._meant(cast(Exchange, exchange), invitation)
    exchange._takes = lambda invitation, free: Exchange._takes(cast(Exchange, exchange), invitation, free)
    exchange._begin = lambda leg, invitation: told.append("taken")
    leg = SimpleNamespace(hang_up=lambda status: told.append(str(status)))
    extension = "" if trunk else "100"
    invitation = Invitation(
        dialled, "x@y", extension, 1, trunk, "udp:192.0.2.1:5060", extension, "", moved=True
    )
    Exchange.invited(cast(Exchange, exchange), cast(Leg, leg), invitation)
    return told[0]


def test_the_last_legs_are_kept_for_calls_that_run_and_for_who_calls_for_help() -> None:
    assert outcome("101", MAX_LEGS - FREE_LEGS_KEPT) == "taken"
    assert outcome("101", MAX_LEGS - FREE_LEGS_KEPT + 1) == "503"
    assert outcome("112", MAX_LEGS) == "taken"
    assert outcome("112", MAX_LEGS + 1) == "503"


@pytest.mark.parametrize("number", ["112", "911", "+31112"])
def test_a_node_that_leaves_takes_calls_for_help_to_the_end(number: str) -> None:
    assert outcome(number, 2, draining=True) == "taken"
    assert outcome("101", 2, draining=True) == "503"


def test_whoever_calls_from_outside_does_not_call_for_help_here() -> None:
    assert outcome("112", 2, draining=True, trunk=1) == "503"


def test_a_code_that_stands_for_112_calls_for_help(monkeypatch: pytest.MonkeyPatch) -> None:
    help_codes = {"100": "112"}
    code = codes.Code(
        re.compile(r"\*00"),
        lambda _trail, _found: None,
        number=lambda _all, who, _found: help_codes.get(who, ""),
    )
    monkeypatch.setattr(codes, "_codes", [code])
    assert codes.meant(COMPANY, "100", "*00") == "112"
    assert codes.meant(COMPANY, "101", "*00") == "*00"
    assert codes.meant(COMPANY, "100", "*01") == "*01"
    assert outcome("*00", MAX_LEGS) == "taken"
    assert outcome("*01", MAX_LEGS) == "503"
