"""The note beside a recording: who is heard in it, should its media node not live to keep it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict, cast

NOTE = ".json"


class NotedParty(TypedDict):
    """Somebody who is heard."""

    number: str
    name: str
    extension: str  # "" outside


class RecordingNote(TypedDict):
    """What a recording's row is made of, beside its sound."""

    call: str
    node: str  # the media node that records
    started: float  # Unix seconds
    asked_by: str  # extension, "" when a rule did
    announced: bool
    trunk: int | None
    inbound: str  # the number of ours that was called, or ""
    parties: list[NotedParty]


def write_note(recording: Path, note: RecordingNote) -> None:
    """Put the note beside the recording, in place of the one that is there. Raises OSError."""
    path = recording.with_suffix(NOTE)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(note))
    temporary.replace(path)


def read_note(path: Path) -> RecordingNote:
    """The note in this file. Raises OSError, and ValueError for a file that holds no whole note."""
    found = json.loads(path.read_text())
    if not isinstance(found, dict) or not found.keys() >= RecordingNote.__required_keys__:
        raise ValueError("this is no whole note")
    return cast(RecordingNote, found)
