"""A browser for each test process, a window of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.browser.webphone import JSSIP, Chromium, ChromiumProcess


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
