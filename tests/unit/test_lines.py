"""What a provider's answer means for a call, and who it says is calling."""

from __future__ import annotations

import pytest

from telephony.directory import Directory
from telephony.engine.lines import is_silent, is_trunks_fault, readable_invitation
from telephony.engine.sip import Invitation
from telephony.entries import TrunkEntry


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
