"""WAV files as the exchange writes them: a header of 44 bytes, then the samples."""

from __future__ import annotations

import os
import struct
import wave
from pathlib import Path

HEADER = 44  # bytes before the samples in the files that we write


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
    """Cut the last `seconds` off a finished WAV file, in place: that works on a full disk too."""
    with wave.open(str(path)) as file:
        keep = max(0, file.getnframes() - round(seconds * file.getframerate()))
        size = HEADER + keep * file.getsampwidth() * file.getnchannels()
    os.truncate(path, size)
    mend_wav(path)
