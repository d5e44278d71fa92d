"""A browser for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.webphone import JSSIP, Chromium


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[Chromium]:
    """A real browser; it is gone after the test."""
    assert JSSIP.exists(), "JsSIP is not there: run script/bootstrap --test"
    async with Chromium(tmp_path) as browser:
        yield browser
