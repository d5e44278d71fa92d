"""A message's sound goes with its row, also when the row goes because its mailbox or extension does."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from voicemail.models import Message

log = logging.getLogger(__name__)


@receiver(post_delete, sender=Message, dispatch_uid="voicemail-sound-goes-with-message")
def remove_sound(instance: Message, **_kwargs: Any) -> None:
    """After the commit: a deletion that is rolled back must leave the sound where it was."""
    transaction.on_commit(lambda: _unlink(instance.path), robust=True)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("a deleted message's sound stays on the disk: %s", error)
