"""The sound of a recording goes with its row."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from telephony.recordings.models import Recording

log = logging.getLogger(__name__)


@receiver(post_delete, sender=Recording, dispatch_uid="sound-goes-with-recording")
def remove_sound(instance: Recording, **_kwargs: Any) -> None:
    """After the commit: a deletion that is rolled back must leave the sound where it was."""
    transaction.on_commit(lambda: remove_recording(instance.path), robust=True)


def remove_recording(path: Path) -> None:
    """Remove the file of a recording that is gone, and what it was compressed from."""
    for file in {path, path.with_suffix(".wav")}:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("a deleted recording's sound stays on the disk: %s", error)
