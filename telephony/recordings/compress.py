"""WAV to MP3, proved before the WAV is let go.

MP3 because every browser and telephone plays it, and jumps in it; Opus in Ogg is no smaller at a telephone's 8 kHz,
costs four times the CPU, and Safari before 18.4 does not play it. Variable bit rate: about 24 kbit/s, a fifth of WAV.
What MP3 can't keep (it leaves out what nobody hears) becomes FLAC, which every browser plays too.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from telephony.recordings import actions
from telephony.recordings.models import Recording

log = logging.getLogger(__name__)

BLOCK = 8000  # samples: a second
FRAME = 576  # samples of an MP3 frame at 8 kHz (MPEG 2.5)
LOUD = 10 ** (-45 / 20)  # of full scale; what is quieter is not compared
TOLERANCE = 3.0  # dB between a second of the original and of the copy
QUALITY = 0.5  # libsndfile's compression level


class NotWhole(RuntimeError):
    """The copy is not the original; the text says in what."""


def compress(recording: Recording) -> bool:
    """Replace the recording's WAV by an MP3. False when there was nothing to do.

    Whenever this stops, the row names a file that is whole: first the copy is written beside and proved, then the row
    changes, then the original goes. Raises OSError (a full disk), soundfile.LibsndfileError or NotWhole; the
    original is there then, and a later attempt begins anew.
    """
    if recording.state != Recording.State.RAW:
        return False
    original = recording.path
    if not original.is_file():
        actions.do_mark_lost(recording)
        return False
    try:
        final = _write_beside(original, ".mp3")
    except NotWhole as error:
        log.info("recording %s becomes FLAC: as MP3, %s", recording.pk, error)
        final = _write_beside(original, ".flac")
    checksum = digest(final)
    if actions.do_replace_sound(recording, final, checksum):
        original.unlink(missing_ok=True)
        return True
    if not Recording.objects.filter(pk=recording.pk).exists():
        # Deleted meanwhile: nothing of it may stay.
        final.unlink(missing_ok=True)
        original.unlink(missing_ok=True)
    return False


def _write_beside(original: Path, suffix: str) -> Path:
    """The proved copy of `original` with this ending, on the disk."""
    final = original.with_suffix(suffix)
    temporary = original.with_suffix(f"{suffix}.{os.getpid()}")
    try:
        encode(original, temporary, suffix)
        prove(original, temporary)
        _flush(temporary)
        temporary.replace(final)
        _flush(final.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return final


def compress_or_wait(recording: Recording) -> bool:
    """The same; what goes wrong is logged, and the recording stays as it is until the next time."""
    try:
        return compress(recording)
    except (OSError, soundfile.LibsndfileError, NotWhole) as error:
        log.warning("recording %s stays uncompressed for now: %s", recording.pk, error)
        # Those that were tried longest ago are next: one that never succeeds does not keep the others waiting.
        actions.do_note_attempt(recording)
        return False


FORMATS: dict[str, dict[str, Any]] = {
    ".mp3": {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "compression_level": QUALITY,
        "bitrate_mode": "VARIABLE",
    },
    ".flac": {"format": "FLAC", "subtype": "PCM_16"},
}


def encode(source: Path, target: Path, suffix: str = ".mp3") -> None:
    """Write the sound of `source` in another format. Raises OSError or soundfile.LibsndfileError."""
    with (
        soundfile.SoundFile(str(source)) as sound,
        soundfile.SoundFile(
            str(target), "w", samplerate=sound.samplerate, channels=1, **FORMATS[suffix]
        ) as copy,
    ):
        for block in sound.blocks(BLOCK, dtype="int16"):
            copy.write(block)


def prove(original: Path, copy: Path) -> None:
    """Decode the copy and hold it beside the original: as long to within a frame, and as loud in every second.

    Raises NotWhole.
    """
    with soundfile.SoundFile(str(original)) as one:
        try:
            _hold_beside(one, copy)
        except soundfile.LibsndfileError as error:
            raise NotWhole(f"it can't be decoded: {error}") from error


def _hold_beside(one: soundfile.SoundFile, copy: Path) -> None:
    with soundfile.SoundFile(str(copy)) as other:
        # soundfile seeks after each read, and an MP3 decoder that is made to seek leaves a hole.
        other.seekable = lambda: False
        if one.samplerate != other.samplerate:
            raise NotWhole(f"{other.samplerate} Hz instead of {one.samplerate}")
        length = decoded = 0
        while True:
            first, second = one.read(BLOCK), other.read(BLOCK)
            length, decoded = length + len(first), decoded + len(second)
            if not len(first) and not len(second):
                break
            if len(first) == len(second) == BLOCK:
                _compare(first, second, length // BLOCK)
        if abs(length - decoded) > FRAME:
            raise NotWhole(f"{decoded} samples instead of {length}")


def _compare(first: np.ndarray, second: np.ndarray, number: int) -> None:
    # A constant offset is no sound, and no codec keeps it.
    loudness, copied = float(np.std(first)), float(np.std(second))
    if max(loudness, copied) < LOUD:
        return
    if abs(20 * np.log10(max(loudness, 1e-9) / max(copied, 1e-9))) > TOLERANCE:
        raise NotWhole(f"second {number} is not what it was")


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Have it on the disk before the original goes: a power cut must not find neither."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep() -> int:
    """Remove originals that a crash left beside the file that replaced them; how many."""
    count = 0
    compressed = Recording.objects.filter(state=Recording.State.COMPRESSED)
    for row in compressed.order_by("-id")[:1000]:
        original = row.path.with_suffix(".wav")
        if row.path.is_file() and original.exists():
            with contextlib.suppress(OSError):
                original.unlink()
                count += 1
    return count
