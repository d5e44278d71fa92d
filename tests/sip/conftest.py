"""Who commands calls, and who changes settings, for the tests of calls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.rig.call_control import Hand
from tests.rig.change_settings import Desk
from tests.rig.exchange import Exchange


@pytest.fixture
def hand(exchange: Exchange) -> Hand:
    return Hand(exchange)


@pytest.fixture(scope="module")
def desk(running_exchange: Exchange) -> Iterator[Desk]:
    """Somebody who changes settings; afterwards they are as they were."""
    with Desk(running_exchange) as somebody:
        yield somebody
        asyncio.run(somebody.set())
