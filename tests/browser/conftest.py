"""A browser for each test process, a window of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.rig.browser.webclient import WebClients, start_web
from tests.rig.browser.webphone import JSSIP, Chromium, ChromiumProcess
from tests.rig.exchange import Exchange
from tests.rig.servers import Server


@pytest.fixture(scope="session")
def chromium_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromiumProcess]:
    """A real browser."""
    assert JSSIP.exists(), "JsSIP is not there: run script/bootstrap --test"
    with ChromiumProcess(tmp_path_factory.mktemp("chromium")) as process:
        yield process


@pytest.fixture
async def chromium(chromium_process: ChromiumProcess) -> AsyncIterator[Chromium]:
    """A window in it; it is closed after the test."""
    async with Chromium(chromium_process) as window:
        yield window


@pytest.fixture(scope="session")
def web(running_exchange: Exchange) -> Server:
    """The web process of this test process's exchange."""
    return start_web(running_exchange)


@pytest.fixture
async def clients(
    chromium_process: ChromiumProcess, exchange: Exchange, web: Server
) -> AsyncIterator[WebClients]:
    """Web clients, one for each who signs in; none may have met an error of its own."""
    async with WebClients(chromium_process, exchange, web) as people:
        yield people
        assert {one.extension: one.problems for one in people.clients if one.problems} == {}
