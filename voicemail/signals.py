"""A message's sound goes with its row, also when the row goes because its mailbox or extension does.

And a mailbox that comes, goes or is switched off changes where calls end.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from live.changes import announce_after_commit
from voicemail.models import Mailbox, Message

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


@receiver([post_save, post_delete], sender=Mailbox, dispatch_uid="directory-mailbox")
def tell_directory(update_fields: frozenset[str] | None = None, **_kwargs: Any) -> None:
    """A wrong PIN is written too, and does not concern the directory."""
    if update_fields is None or "enabled" in update_fields:
        announce_after_commit()
