"""One exchange for each test process (of the tests that ask for one), fresh phones for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

# What the rig asserts is told in as much detail as what a test does.
pytest.register_assert_rewrite("tests.rig")

from tests.rig import catalogues
from tests.rig.exchange import Exchange
from tests.rig.phones import Phones


def pytest_configure() -> None:
    """No test reads sentences of yesterday."""
    catalogues.compile_stale()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Two browsers, or two exchanges that are killed, would meet if pytest-xdist did not keep groups together."""
    if not getattr(session.config.option, "loadgroup", False):
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
            raise pytest.UsageError("This pytest does not let pytest-xdist keep groups of tests together.")


@pytest.fixture(scope="session")
def running_exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """The exchange of this test process."""
    with Exchange(tmp_path_factory.mktemp("exchange")) as exchange:
        yield exchange


@pytest.fixture
def exchange(running_exchange: Exchange) -> Exchange:
    """The exchange, all of it running, with empty mailboxes and no phone registered."""
    running_exchange.servers.revive()
    running_exchange.clear_messages()
    running_exchange.forget_phones()
    return running_exchange


@pytest.fixture
async def phones(tmp_path: Path) -> AsyncIterator[Phones]:
    """A drawer of phones; all are gone after the test."""
    async with Phones(tmp_path) as drawer:
        yield drawer
