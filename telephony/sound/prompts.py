"""The sounds of prompts: taken in from an upload or a recording, spoken from text, always under `instance.prompts`.

What is kept is WAV, 16-bit mono at 8 kHz: the bridge's own rate, so that playing it costs no resampling.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import BinaryIO

import soundfile
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from live import changes
from pbxsite.instance import instance
from telephony.routing.entries import PromptEntry
from telephony.sound import speech
from telephony.sound.models import Prompt

LARGEST = 20_000_000  # bytes of an upload
LONGEST = 300.0  # seconds
SHORTEST = 0.2  # seconds
LEVEL = "-3"  # dBFS of the loudest sample
CONVERT_SECONDS = 30


def take_in(upload: BinaryIO, size: int) -> Path:
    """Convert an uploaded sound (WAV, MP3, FLAC, Ogg, AIFF …) to a file under `instance.prompts`, and return that.

    Raises ValidationError with a sentence for the uploading person. Takes a second for a long prompt.
    """
    if size > LARGEST:
        raise ValidationError(_("The file is larger than %(size)d MB.") % {"size": LARGEST // 1_000_000})
    try:
        # Opened by its content; a name from outside never becomes a path here.
        with soundfile.SoundFile(upload) as sound:
            seconds = sound.frames / sound.samplerate
            if not SHORTEST <= seconds <= LONGEST:
                raise ValidationError(
                    _("The sound lasts %(seconds).1f seconds; it must last between %(least).1f and %(most)d.")
                    % {"seconds": seconds, "least": SHORTEST, "most": round(LONGEST)}
                )
            samples = sound.read(dtype="float32", always_2d=True).mean(axis=1)
            rate = sound.samplerate
    except (soundfile.LibsndfileError, RuntimeError, ValueError, OSError) as error:
        raise ValidationError(_("This is no sound that can be read: use WAV, MP3, FLAC or Ogg.")) from error
    if not len(samples) or not float(abs(samples).max()) > 0.001:
        raise ValidationError(_("The sound is silent."))
    instance.prompts.mkdir(parents=True, exist_ok=True)
    final = instance.prompts / f"{uuid.uuid4().hex}.wav"
    with tempfile.TemporaryDirectory(dir=instance.prompts) as folder:
        raw, converted = Path(folder) / "raw.wav", Path(folder) / "converted.wav"
        soundfile.write(str(raw), samples, rate, subtype="PCM_16")
        _convert(raw, converted)
        converted.replace(final)
    return final


def _convert(source: Path, target: Path) -> None:
    """To 8 kHz, with the loudest sample at LEVEL. Raises ValidationError."""
    command = [
        *("sox", "-G", str(source), "-r", str(speech.RATE), "-b", "16", "-c", "1", str(target)),
        *("norm", LEVEL),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=CONVERT_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        raise ValidationError(_("The sound could not be converted.")) from error


def sound_of(prompt: PromptEntry) -> Path:
    """The file to play; spoken now where it has none that can be played. Raises SpeechError or OSError."""
    path = instance.prompts / prompt.file
    if prompt.file and path.is_file():
        with contextlib.suppress(soundfile.LibsndfileError):
            if soundfile.info(str(path)).format == "WAV":
                return path
    return speech.say(prompt.text, prompt.language)


def do_save_prompt(prompt: Prompt, path: Path | None = None, source: str = Prompt.Source.UPLOAD) -> Prompt:
    """Save a prompt, with this sound (from `take_in`, or a recording) or, without `path`, as it was.

    An earlier sound of its own goes when the new one is in the database.
    """
    old = Prompt.objects.filter(pk=prompt.pk).values_list("file", flat=True).first() or ""
    if path is not None:
        prompt.file, prompt.source = path.name, source
        prompt.seconds = round(soundfile.info(str(path)).duration, 2)
    with transaction.atomic():
        prompt.save()
        if old and old != prompt.file:
            transaction.on_commit(lambda: _remove(old), robust=True)
        transaction.on_commit(changes.announce_change, robust=True)
    return prompt


def do_speak_prompt(prompt: Prompt) -> Prompt:
    """Save a prompt that is spoken from its text. Raises SpeechError when nothing speaks here."""
    spoken = speech.say(prompt.text, prompt.language)
    prompt.file, prompt.source = "", Prompt.Source.TEXT
    prompt.seconds = round(soundfile.info(str(spoken)).duration, 2)
    return do_save_prompt(prompt)


def do_delete_prompt(prompt: Prompt) -> None:
    """Remove a prompt with its sound. Raises ProtectedError while a receptionist says it."""
    file = prompt.file
    with transaction.atomic():
        prompt.delete()
        transaction.on_commit(lambda: _remove(file), robust=True)


def _remove(file: str) -> None:
    path = instance.prompts / file
    if file and path.parent == instance.prompts:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
