"""The note beside a message that is being recorded: whose it is, should its media node not live to store it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict, cast

PART = ".part.wav"
SIDECAR = ".part.json"


class Sidecar(TypedDict):
    """What a message is made of, beside its sound."""

    mailbox: int  # primary key
    call: str
    node: str  # the media node that records
    caller: str
    caller_name: str
    started: float  # Unix seconds


def sidecar_of(part: Path) -> Path:
    """The file of the note beside this recording."""
    return part.with_name(part.name.removesuffix(PART) + SIDECAR)


def part_of(sidecar: Path) -> Path:
    """The recording beside this note."""
    return sidecar.with_name(sidecar.name.removesuffix(SIDECAR) + PART)


def write_sidecar(part: Path, note: Sidecar) -> None:
    """Put the note beside the recording, whole or not at all. Raises OSError."""
    sidecar = sidecar_of(part)
    try:
        sidecar.write_text(json.dumps(note))
    except OSError:
        sidecar.unlink(missing_ok=True)
        raise


def read_sidecar(sidecar: Path) -> Sidecar:
    """The note in this file. Raises OSError, and ValueError for a file that holds no whole note."""
    found = json.loads(sidecar.read_text())
    if not isinstance(found, dict) or not found.keys() >= Sidecar.__required_keys__:
        raise ValueError("this is no whole note")
    return cast(Sidecar, found)
