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
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pbxsite.instance import instance

RATE = 8000  # Hz
RECORDED = Path("/usr/share/asterisk/sounds/en")
MUSIC = Path("/usr/share/asterisk/moh")
SPEECH_TIMEOUT = 20  # seconds
KEPT_DAYS = 7
SPOKEN = re.compile(r"[0-9a-f]{24}\.wav")
LEVEL = "-3"  # dBFS of the loudest sample of a spoken prompt

# prompt -> (Dutch, English, recorded English file or nothing)
PROMPTS: dict[str, tuple[str, str, str]] = {
    "unknown_number": ("Dit nummer is niet in gebruik.", "This number is not in use.", "ss-noservice"),
    "nobody_answers": (
        "Er is op dit moment niemand bereikbaar. Probeert u het later nog eens.",
        "Nobody is available at the moment. Please try again later.",
        "",
    ),
    "not_registered": (
        "Het toestel dat u belt is op dit moment niet aangesloten. Probeert u het later nog eens.",
        "The phone you are calling is not connected at the moment. Please try again later.",
        "",
    ),
    "no_line": (
        "Er is geen verbinding met dit nummer mogelijk. Probeert u het later nog eens.",
        "Your call cannot be completed. Please try again later.",
        "",
    ),
    "no_message": (
        "Er kan op dit moment geen bericht worden achtergelaten.",
        "No message can be left at the moment.",
        "",
    ),
    "after_beep": (
        "Spreek na de toon een bericht in. Sluit af met een hekje.",
        "Please leave a message after the tone. Press hash when you are done.",
        "",
    ),
    "goodbye": ("Tot ziens.", "Goodbye.", "vm-goodbye"),
    "enter_extension": (
        "Voicemail. Toets uw toestelnummer, en sluit af met een hekje.",
        "Voicemail. Enter your extension, then press hash.",
        "",
    ),
    "enter_pin": (
        "Toets uw pincode, en sluit af met een hekje.",
        "Enter your PIN, then press hash.",
        "",
    ),
    "wrong_pin": ("Dat is niet juist.", "That is not correct.", ""),
    "locked": (
        "Dit menu is een uur gesloten na te veel onjuiste pincodes.",
        "This menu is closed for an hour after too many wrong PINs.",
        "",
    ),
    "menu": (
        "Toets sterretje om uw berichten te beluisteren, of negen voor de opties.",
        "Press star to listen to your messages, or nine for options.",
        "",
    ),
    "message_keys": (
        "Toets vijf om te herhalen, zes voor het volgende bericht, zeven om te wissen, "
        "acht om terug te bellen, of sterretje voor het menu.",
        "Press five to repeat, six for the next message, seven to delete, "
        "eight to call back, or star for the menu.",
        "",
    ),
    "no_more_messages": ("U heeft geen berichten meer.", "You have no more messages.", ""),
    "deleted": ("Gewist.", "Deleted.", ""),
    "options": (
        "Toets acht voor uw begroeting, of sterretje voor het menu.",
        "Press eight for your greeting, or star for the menu.",
        "",
    ),
    "greeting_options": (
        "Toets nul om uw begroeting in te spreken, één om terug te gaan naar de standaardbegroeting, "
        "of sterretje voor het menu.",
        "Press zero to record your greeting, one to return to the standard greeting, or star for the menu.",
        "",
    ),
    "record_greeting": (
        "Spreek na de toon uw begroeting in. Sluit af met een hekje.",
        "Record your greeting after the tone. Press hash when you are done.",
        "",
    ),
    "save_greeting": (
        "Toets nul om op te slaan, één om te beluisteren, of twee om opnieuw op te nemen.",
        "Press zero to save, one to listen, or two to record again.",
        "",
    ),
    "nothing_recorded": ("Er is niets opgenomen.", "Nothing was recorded.", ""),
    "greeting_saved": ("Uw begroeting is opgeslagen.", "Your greeting is saved.", ""),
    "greeting_reset": (
        "De standaardbegroeting is weer actief.",
        "The standard greeting is active again.",
        "",
    ),
    "press_1": (
        "U heeft een gesprek. Toets één om het aan te nemen.",
        "You have a call. Press one to accept it.",
        "",
    ),
    "status_available": ("U bent nu beschikbaar.", "You are available now.", ""),
    "status_away": ("Uw status is nu: afwezig.", "Your status is now: away.", ""),
    "status_dnd": ("Uw status is nu: niet storen.", "Your status is now: do not disturb.", ""),
    "status_lunch": ("Uw status is nu: lunch.", "Your status is now: lunch.", ""),
    "status_holiday": ("Uw status is nu: vakantie.", "Your status is now: holiday.", ""),
    "status_not_set": (
        "Uw status kan op dit moment niet worden gewijzigd.",
        "Your status cannot be changed at the moment.",
        "",
    ),
    "nobody_parked": (
        "Op dit nummer staat niemand geparkeerd.",
        "Nobody is parked at this number.",
        "",
    ),
    "nothing_rings": (
        "Er gaat geen telefoon over.",
        "There is no telephone ringing.",
        "",
    ),
    "echo": (
        "Alles wat u zegt, hoort u terug.",
        "Everything you say will be played back to you.",
        "",
    ),
    "recorded": ("Dit gesprek wordt opgenomen.", "This call is being recorded.", ""),
    "wrong_choice": ("Dat is geen geldige keuze.", "That is not a valid choice.", ""),
    "spell_name": (
        "Toets de eerste drie letters van de voornaam of achternaam. Voor de q toetst u zeven, voor de z negen.",
        "Enter the first three letters of the first or last name. Use seven for q, and nine for z.",
        "",
    ),
    "no_such_name": ("Die naam is niet gevonden.", "That name was not found.", ""),
    "record_prompt": (
        "Spreek na de toon de tekst in. Sluit af met een hekje.",
        "Speak after the tone. Press hash when you are done.",
        "",
    ),
    "prompt_saved": ("De tekst is opgeslagen.", "The prompt is saved.", ""),
    "country_blocked": (
        "Naar dit land kan niet worden gebeld.",
        "This country cannot be called.",
        "",
    ),
    "number_blocked": (
        "Dit nummer mag niet worden gebeld.",
        "This number may not be called.",
        "",
    ),
    "limit_reached": (
        "Er kan nu niet meer naar buiten worden gebeld. De grens is bereikt.",
        "No more outside calls can be made now. The limit has been reached.",
        "",
    ),
    "not_allowed": ("U mag dit niet.", "You are not allowed to do this.", ""),
}


def parked_at(slot: str, language: str) -> str:
    """In which slot somebody is parked, as text; said twice, for nobody listens from the first word."""
    digits = " ".join(slot)
    text = f"Geparkeerd op {digits}." if language.startswith("nl") else f"Parked at {digits}."
    return f"{text} {text}"


def greeting(name: str, language: str) -> str:
    """The standard greeting of somebody's mailbox, as text."""
    if language.startswith("nl"):
        return f"U bent verbonden met de voicemail van {name}."
    return f"You have reached the voicemail of {name}."


def message_count(new: int, old: int, language: str) -> str:
    """How many messages there are, as text."""
    if language.startswith("nl"):
        new_text = f"{new} nieuw bericht" if new == 1 else f"{new} nieuwe berichten"
        old_text = f"{old} bewaard bericht" if old == 1 else f"{old} bewaarde berichten"
        return f"U heeft {new_text} en {old_text}."
    new_text = f"{new} new message" if new == 1 else f"{new} new messages"
    old_text = f"{old} saved message" if old == 1 else f"{old} saved messages"
    return f"You have {new_text} and {old_text}."


def envelope(caller: str, when: str, language: str) -> str:
    """Who left a message and when, as text; a number is read digit by digit."""
    who = " ".join(caller) if caller.lstrip("+").isdecimal() else caller
    if language.startswith("nl"):
        return f"Van {who}, {when}."
    return f"From {who}, {when}."


def name_choice(names: Iterable[str], language: str) -> str:
    """Which key is for whom, as text; the first name has key 1."""
    if language.startswith("nl"):
        return " ".join(f"Voor {name}, toets {key}." for key, name in enumerate(names, 1))
    return " ".join(f"For {name}, press {key}." for key, name in enumerate(names, 1))


def prompt(key: str, language: str) -> Path:
    """The file of a prompt of `PROMPTS`; made if it is not there yet. Raises OSError or SpeechError."""
    dutch, english, recorded = PROMPTS[key]
    if language.startswith("nl"):
        return say(dutch, language)
    file = RECORDED / f"{recorded}.wav"
    return file if recorded and file.exists() else say(english, language)


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


def _voice(language: str) -> str:
    return "nl" if language.startswith("nl") else "en-gb"


def _path(text: str, language: str) -> Path:
    digest = hashlib.sha256(f"{_voice(language)}:{LEVEL}:{text}".encode()).hexdigest()[:24]
    return instance.speech / f"{digest}.wav"


def sweep() -> int:
    """Remove what was spoken and has not been used for `KEPT_DAYS`, such as who left a message and when; how many
    files. What is always needed stays: the prompts, and the tones, whose names are words."""
    fixed = {
        _path(text, language)
        for dutch, english, _file in PROMPTS.values()
        for text, language in ((dutch, "nl"), (english, "en"))
    }
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
    """Music for who waits: Debian's, or a gentle tone where that package is missing."""
    files = sorted(MUSIC.glob("*.wav"))
    return (
        files[0] if files else _tone_file("hold.wav", [(523, 0.4), (0, 0.2), (659, 0.4), (0, 3)], level=0.05)
    )


def make_all() -> int:
    """Make every prompt in both languages and the tones; how many files there are then."""
    for key in PROMPTS:
        for language in ("nl", "en"):
            prompt(key, language)
    beep(), ringback(), silence(), hold_music()
    return len(list(instance.speech.glob("*.wav")))
