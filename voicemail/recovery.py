"""Sound files that a dead process left unfinished: mend them, and make messages of them."""

from __future__ import annotations

import datetime
import json
import logging
import struct
import wave
from pathlib import Path

from pbxsite.instance import instance
from voicemail import actions
from voicemail.models import Mailbox

log = logging.getLogger(__name__)

PART = ".part.wav"
SIDECAR = ".part.json"
HEADER = 44  # bytes before the samples in the files that we write
SHORTEST_MS = 1000


def mend_wav(path: Path) -> float:
    """Put the true sizes into the header of a WAV whose writer died; its length in seconds.

    Such a header says 0 bytes (pjmedia fills the sizes in at the end). Raises ValueError for what is no such file.
    """
    size = path.stat().st_size
    with path.open("r+b") as file:
        head = file.read(HEADER)
        if len(head) < HEADER or head[:4] != b"RIFF" or head[8:12] != b"WAVE" or head[36:40] != b"data":
            raise ValueError(f"{path.name} is no unfinished recording")
        rate, block = struct.unpack("<I", head[24:28])[0], struct.unpack("<H", head[32:34])[0]
        samples = (size - HEADER) // block * block
        file.seek(4)
        file.write(struct.pack("<I", HEADER - 8 + samples))
        file.seek(40)
        file.write(struct.pack("<I", samples))
        file.truncate(HEADER + samples)
    return float(samples / block / rate)


def trim_silence(path: Path, seconds: float) -> None:
    """Cut the last `seconds` off a finished WAV file."""
    with wave.open(str(path)) as file:
        parameters = file.getparams()
        keep = max(0, file.getnframes() - round(seconds * file.getframerate()))
        frames = file.readframes(keep)
    temporary = path.with_suffix(".trim")
    with wave.open(str(temporary), "wb") as file:
        file.setparams(parameters)
        file.writeframes(frames)
    temporary.replace(path)


def recover_recordings() -> int:
    """Turn every interrupted recording into a message; how many there were. For the start of a media node."""
    kept = 0
    for sidecar in instance.voicemail.glob(f"*/*{SIDECAR}"):
        part = sidecar.with_name(sidecar.name.removesuffix(SIDECAR) + PART)
        try:
            kept += _recover(sidecar, part)
        except (ValueError, OSError, Mailbox.DoesNotExist) as error:
            log.warning("%s could not be saved: %s", part.name, error)
            continue
        sidecar.unlink(missing_ok=True)
    for path in instance.recordings.glob("*.wav"):
        with path.open("rb") as file:
            unfinished = file.read(HEADER)[40:44] == b"\0\0\0\0"
        if unfinished and path.stat().st_size > HEADER:
            mend_wav(path)
    return kept


def _recover(sidecar: Path, part: Path) -> int:
    note = json.loads(sidecar.read_text())
    if not part.exists():
        return 0
    duration = round(mend_wav(part) * 1000)
    if duration < SHORTEST_MS:
        part.unlink()
        return 0
    final = part.with_name(f"{note['call']}.wav")
    part.replace(final)
    actions.do_store_message(
        Mailbox.objects.select_related("extension").get(pk=note["mailbox"]),
        final,
        duration=duration,
        caller=note["caller"],
        caller_name=note["caller_name"],
        call_id=note["call"],
        created=datetime.datetime.fromtimestamp(note["started"], datetime.UTC),
    )
    log.info("an interrupted message of %d ms is kept: %s", duration, final.name)
    return 1
