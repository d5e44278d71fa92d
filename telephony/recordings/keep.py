"""From a file on the disk and the note beside it to a row: at the end of a recording, or after a crash.

Every part of this may have been done before and is not done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError

from pbxsite.instance import instance
from telephony.recordings import actions
from telephony.recordings.note import NOTE, RecordingNote, read_note
from telephony.sound.wav import mend_wav

log = logging.getLogger(__name__)

SHORTEST = 0.1  # seconds; less is no recording


def keep_recordings(node: str, is_running: Callable[[str], bool] = lambda name: False) -> bool:
    """Keep what this node recorded. False when some of it has to wait for the database.

    `is_running` says of a file's name without its ending whether it is still being written.
    """
    done = True
    for note_path in sorted(instance.recordings.glob(f"*{NOTE}")):
        if is_running(note_path.stem):
            continue
        try:
            note = read_note(note_path)
            # Another node on this machine may be writing it right now.
            if note["node"] == node:
                keep(note_path, note)
        except DatabaseError as error:
            log.warning("the recording %s waits for the database: %s", note_path.stem, error)
            done = False
        except (ValueError, TypeError, OSError) as error:
            log.warning("the recording %s could not be kept: %s", note_path.stem, error)
    return done


def keep(note_path: Path, note: RecordingNote) -> None:
    """Make the row of one recording; the note goes last. Raises DatabaseError, OSError."""
    path = note_path.with_suffix(".wav")
    seconds = 0.0
    if path.exists():
        try:
            seconds = mend_wav(path)
        except ValueError:  # not even a header: it was cut off before it began
            log.warning("the recording %s is empty", path.name)
    if seconds >= SHORTEST:
        actions.do_keep_recording(path, note, seconds)
    elif path.exists():
        path.unlink()
    note_path.unlink()
