"""Spoken files: made once, kept while they are used, gone some days later."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pbxsite.instance import ROOT, instance
from telephony.sound import speech, tasks
from tests.rig import catalogues

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


@pytest.mark.parametrize("key", sorted(speech.prompts()))
def test_every_prompt_is_spoken_in_the_words_of_the_catalogue(key: str) -> None:
    dutch = {
        catalogues.identity(entry): entry.get("msgstr", "")
        for entry in catalogues.entries(ROOT / catalogues.DUTCH)
    }
    english = speech.prompt_text(key, "en")
    assert speech.prompt_text(key, "nl") == speech.prompt_text(key, "nl-be") == dutch["spoken", english]
    assert english not in ("", dutch["spoken", english])


def test_prompts_are_not_made_without_their_translation(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "prompt_text", lambda key, _language: key)
    with pytest.raises(speech.SpeechError, match="'nl' is not compiled"):
        speech.make_all()
    assert list(folder.glob("*.wav")) == []


def test_a_recorded_prompt_is_one_that_is_also_written() -> None:
    assert set(speech.RECORDED_AS) <= set(speech.prompts())


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "nl",
            [
                "U heeft 1 nieuw bericht en 0 bewaarde berichten.",
                "U heeft 2 nieuwe berichten en 1 bewaard bericht.",
            ],
        ),
        (
            "en",
            ["You have 1 new message and 0 saved messages.", "You have 2 new messages and 1 saved message."],
        ),
    ],
)
def test_messages_are_counted_as_one_says_it(language: str, told: list[str]) -> None:
    assert [speech.message_count(1, 0, language), speech.message_count(2, 1, language)] == told


def test_what_is_spoken_of_names_and_numbers() -> None:
    assert speech.parked_at("701", "nl") == "Geparkeerd op 7 0 1. Geparkeerd op 7 0 1."
    assert speech.greeting("{Anna}", "nl") == "U bent verbonden met de voicemail van {Anna}."
    assert speech.envelope("+316", "12:30", "en") == "From + 3 1 6, 12:30."
    assert speech.name_choice(["Anna", "Bram"], "nl") == "Voor Anna, toets 1. Voor Bram, toets 2."
