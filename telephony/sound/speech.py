"""Spoken prompts: text to WAV files (16-bit mono, 8 kHz), made once and kept.

English comes from Debian's recorded prompts where there is a fitting one; all else is spoken by espeak-ng.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import npgettext, pgettext

from pbxsite.instance import instance
from pbxsite.translate import FALLBACK, merge, reading, supported
from telephony import features

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RATE = 8000  # Hz
RECORDED = Path("/usr/share/asterisk/sounds/en")
MUSIC = Path("/usr/share/asterisk/moh")
SPEECH_TIMEOUT = 20  # seconds
KEPT_DAYS = 7
SPOKEN = re.compile(r"[0-9a-f]{24}\.wav")
LEVEL = "-3"  # dBFS of the loudest sample of a spoken prompt

# Prompt -> Debian's file of it, in English.
RECORDED_AS = {"unknown_number": "ss-noservice", "goodbye": "vm-goodbye"}
LANGUAGES = ("nl", "en")


@cache
def prompts() -> Mapping[str, str | _StrPromise]:
    """Prompt -> English text, which gettext translates, of all features. Raises ImproperlyConfigured for a double."""
    return merge(*(feature.prompts for feature in features.every()))


def parked_at(slot: str, language: str) -> str:
    """In which slot somebody is parked, as text; said twice, for nobody listens from the first word."""
    with reading(language):
        text = pgettext("spoken", "Parked at {digits}.").format(digits=" ".join(slot))
    return f"{text} {text}"


def greeting(name: str, language: str) -> str:
    """The standard greeting of somebody's mailbox, as text."""
    with reading(language):
        return pgettext("spoken", "You have reached the voicemail of {name}.").format(name=name)


def message_count(new: int, old: int, language: str) -> str:
    """How many messages there are, as text."""
    with reading(language):
        new_text = npgettext("spoken", "{count} new message", "{count} new messages", new).format(count=new)
        old_text = npgettext("spoken", "{count} saved message", "{count} saved messages", old)
        return pgettext("spoken", "You have {new} and {old}.").format(
            new=new_text, old=old_text.format(count=old)
        )


def envelope(caller: str, when: str, language: str) -> str:
    """The caller and time of a message, as text; a number is read digit by digit."""
    who = " ".join(caller) if caller.lstrip("+").isdecimal() else caller
    with reading(language):
        return pgettext("spoken", "From {who}, {when}.").format(who=who, when=when)


def name_choice(names: Iterable[str], language: str) -> str:
    """The key of each name, as text; the first name has key 1."""
    with reading(language):
        choice = pgettext("spoken", "For {name}, press {key}.")
    return " ".join(choice.format(name=name, key=key) for key, name in enumerate(names, 1))


def prompt_text(key: str, language: str) -> str:
    """What one of the `prompts` says."""
    with reading(language):
        return str(prompts()[key])


def prompt(key: str, language: str) -> Path:
    """The file of one of the `prompts`; made if it is not there yet. Raises OSError or SpeechError."""
    file = RECORDED / f"{RECORDED_AS.get(key)}.wav"
    if key in RECORDED_AS and supported(language) == FALLBACK and file.exists():
        return file
    return say(prompt_text(key, language), language)


class SpeechError(RuntimeError):
    """A text could not be spoken."""


def say(text: str, language: str) -> Path:
    """A WAV file in which `text` is spoken; the same text gives the same file.

    Takes some 30 ms of another process the first time: not for the engine's thread.
    """
    path = _path(text, language)
    with contextlib.suppress(OSError):
        os.utime(path)  # used today: see `sweep`
        return path
    voice = _voice(language)
    instance.speech.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=instance.speech) as folder:
        spoken, converted = Path(folder) / "spoken.wav", Path(folder) / "converted.wav"
        _run("espeak-ng", "-v", voice, "-s", "150", "-w", str(spoken), "--", text)
        _run(
            *("sox", str(spoken), "-r", str(RATE), "-b", "16", "-c", "1", str(converted)),
            *("silence", "1", "0.02", "0.5%", "norm", LEVEL),
        )
        converted.replace(path)
    return path


def speak(text: Callable[..., str], *args: Any) -> Path:
    """A WAV file of what `text` makes of `args`, the last of which is the language; see `say`."""
    return say(text(*args), args[-1])


def _voice(language: str) -> str:
    return "nl" if language.startswith("nl") else "en-gb"


def _path(text: str, language: str) -> Path:
    digest = hashlib.sha256(f"{_voice(language)}:{LEVEL}:{text}".encode()).hexdigest()[:24]
    return instance.speech / f"{digest}.wav"


def sweep() -> int:
    """Remove what was spoken and has not been used for `KEPT_DAYS`, such as callers and times of messages; how many
    files. What is always needed stays: the prompts, and the tones, whose names are words."""
    fixed = {_path(prompt_text(key, language), language) for key in prompts() for language in LANGUAGES}
    border = time.time() - KEPT_DAYS * 86_400
    old = [
        path for path in instance.speech.glob("*.wav") if SPOKEN.fullmatch(path.name) and path not in fixed
    ]
    removed = 0
    for path in old:
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < border:
                path.unlink()
                removed += 1
    return removed


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SPEECH_TIMEOUT)
    except FileNotFoundError as error:
        raise SpeechError(f"{command[0]} is not installed (script/bootstrap does that)") from error
    except subprocess.CalledProcessError as error:
        raise SpeechError(f"{command[0]}: {error.stderr.decode(errors='replace').strip()}") from error


def _tone_file(name: str, parts: Iterable[tuple[float, float]], level: float = 0.2) -> Path:
    """A WAV of tones: (frequency in Hz, seconds) in a row; 0 Hz is silence."""
    path = instance.speech / name
    if path.exists():
        return path
    sound = []
    for frequency, seconds in parts:
        moments = np.arange(round(seconds * RATE)) / RATE
        part = level * np.sin(2 * np.pi * frequency * moments)
        if frequency:
            edge = min(80, len(part) // 2)  # 10 ms: no clicks
            part[:edge] *= np.linspace(0, 1, edge)
            part[-edge:] *= np.linspace(1, 0, edge)
        sound.append(part)
    instance.speech.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    with wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.concatenate(sound) * 32767).astype("<i2").tobytes())
    temporary.replace(path)
    return path


def beep() -> Path:
    """The tone after which one speaks."""
    return _tone_file("beep.wav", [(1000, 0.3), (0, 0.02)])


def join_tone() -> Path:
    """What all hear when somebody joins a conference."""
    return _tone_file("joined.wav", [(660, 0.1), (0, 0.02), (880, 0.15), (0, 0.02)], level=0.1)


def ringback() -> Path:
    """The European ringing tone, to be looped: 425 Hz, 1 s on, 4 s off."""
    return _tone_file("ringback.wav", [(425, 1), (0, 4)], level=0.1)


def silence() -> Path:
    """A second of nothing, to be looped."""
    return _tone_file("silence.wav", [(0, 1)])


def hold_music() -> Path:
    """Music for waiting parties: Debian's, or a gentle tone where that package is missing."""
    files = sorted(MUSIC.glob("*.wav"))
    return (
        files[0] if files else _tone_file("hold.wav", [(523, 0.4), (0, 0.2), (659, 0.4), (0, 3)], level=0.05)
    )


def make_all() -> int:
    """Make every prompt in both languages and the tones; how many files there are then. Raises SpeechError."""
    for language in LANGUAGES:
        # Without its catalogue a Dutch voice would read English.
        if language != FALLBACK and all(
            prompt_text(key, language) == prompt_text(key, FALLBACK) for key in prompts()
        ):
            raise SpeechError(f"the catalogue of {language!r} is not compiled (script/bootstrap does that)")
    for key in prompts():
        for language in LANGUAGES:
            prompt(key, language)
    beep(), ringback(), silence(), hold_music()
    return len(list(instance.speech.glob("*.wav")))
