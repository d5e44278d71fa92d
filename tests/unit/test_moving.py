"""Which calls another media node may have: only what is looked for there costs a question to Redis."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from telephony.engine.exchange import Exchange
from telephony.engine.redirect import search_for
from telephony.engine.sip import Invitation
from telephony.routing.directory import Directory
from tests.rig.directories import COMPANY

HERE, THERE = "0a1b2c3d4e5f6", "9a1b2c3d4e5f6"


def search(
    dialled: str, extension: str = "100", directory: Directory = COMPANY, *, empty: bool = False
) -> Any:
    """What another node is asked for by a node with a call and a parked one, or one that is `empty`."""
    calls, parking = ({}, {}) if empty else ({HERE: SimpleNamespace(ended=1.0)}, {"701": None})
    exchange = SimpleNamespace(name="media1", calls=calls, parking=parking)
    exchange.directory = directory
    invitation = Invitation(dialled, "x@y", extension, 1, None, "udp:192.0.2.1:5060", extension, "")
    return search_for(cast(Exchange, exchange), invitation)


@pytest.mark.parametrize(
    "dialled", ["101", "600", "999", "*43", "*31", "0201234567", "+31201234567", "112", "*4101", "710", ""]
)
def test_an_ordinary_call_is_looked_for_nowhere(dialled: str) -> None:
    assert search(dialled) is None


@pytest.mark.parametrize("dialled", ["701", f"resume-{HERE}"])
def test_nor_is_what_is_here(dialled: str) -> None:
    assert (search(dialled) is None, search(dialled, empty=True) is None) == (True, False)


@pytest.mark.parametrize("dialled", ["700", "*8", "*8101", f"resume-{THERE}"])
def test_what_another_node_may_have_is_looked_for_when_an_extension_dials_it(dialled: str) -> None:
    assert search(dialled) is not None
    assert search(dialled, extension="") is None
