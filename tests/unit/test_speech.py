"""Spoken files: made once, kept while they are used, gone some days later."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pbxsite.instance import instance
from telephony import tasks
from telephony.sound import speech

DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of spoken files of its own."""
    monkeypatch.setitem(instance.__dict__, "speech", tmp_path)
    return tmp_path


def test_what_nobody_has_asked_for_in_a_week_goes_and_prompts_and_tones_stay(folder: Path) -> None:
    fixed = [speech.prompt("deleted", "nl"), speech.prompt("menu", "en"), speech.beep()]
    used, unused = speech.say("Van Bram, 12:30.", "nl"), speech.say("Van Bram, 12:31.", "nl")
    old = time.time() - (speech.KEPT_DAYS * DAY + 60)
    for path in (*fixed, used, unused):
        os.utime(path, (old, old))
    assert speech.say("Van Bram, 12:30.", "nl") == used
    tasks.sweep_speech()
    assert sorted(folder.glob("*.wav")) == sorted([*fixed, used])
    assert speech.say("Van Bram, 12:31.", "nl") == unused
    assert unused.exists()
