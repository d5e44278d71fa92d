"""Messages that a dead process or an absent database left unfinished: mend their sound, and store them."""

from __future__ import annotations

import datetime
import logging
import wave
from collections.abc import Callable
from pathlib import Path

from django.db import DatabaseError

from pbxsite.instance import instance
from telephony.calls.log_rows import add_step
from telephony.sound.wav import mend_wav
from voicemail import actions
from voicemail.models import Mailbox, Message
from voicemail.sidecar import SIDECAR, Sidecar, part_of, read_sidecar

log = logging.getLogger(__name__)

SHORTEST_MS = 1000


def recover_recordings(node: str, is_live: Callable[[str], bool] = lambda call_id: False) -> bool:
    """Turn what this node recorded and could not store into messages. False when some are left for later.

    `is_live` says of a call's id whether it is still going on: its recording is not touched.
    """
    done = True
    for sidecar in instance.voicemail.glob(f"*/*{SIDECAR}"):
        try:
            note = read_sidecar(sidecar)
            # Another node on this machine may be recording right now.
            if note["node"] != node:
                continue
            if is_live(note["call"]):
                done = False
            else:
                _recover(sidecar, note)
        except DatabaseError as error:
            log.warning("the message of %s waits for the database: %s", sidecar.name, error)
            done = False
        except (ValueError, OSError, Mailbox.DoesNotExist) as error:
            log.warning("the message of %s could not be saved: %s", sidecar.name, error)
    return done


def _recover(sidecar: Path, note: Sidecar) -> None:
    """Store one message; every part of this may have been done before and is not done twice."""
    part = part_of(sidecar)
    final = part.with_name(f"{note['call']}.wav")
    cut_off = part.exists()
    if cut_off and round(mend_wav(part) * 1000) < SHORTEST_MS:
        part.unlink()
    elif cut_off:
        part.replace(final)
    if final.exists() and not Message.objects.filter(call_id=note["call"]).exists():
        with wave.open(str(final)) as file:
            duration = round(file.getnframes() * 1000 / file.getframerate())
        actions.do_store_message(
            Mailbox.objects.select_related("extension").get(pk=note["mailbox"]),
            final,
            duration=duration,
            caller=note["caller"],
            caller_name=note["caller_name"],
            call_id=note["call"],
            created=datetime.datetime.fromtimestamp(note["started"], datetime.UTC),
        )
        log.info("a message of %d ms is kept: %s", duration, final.name)
        seconds = round(duration / 1000)
        add_step(note["call"], "message_recovered" if cut_off else "message_stored", seconds=seconds)
    sidecar.unlink()
