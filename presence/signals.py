"""Tells the media nodes and the edge when somebody can be reached in another way, also by a deletion."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from live.changes import announce_after_commit
from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan


def _changed(sender: type, **_kwargs: Any) -> None:
    announce_after_commit()


for model in (Forwarding, ForwardingException, Presence, WorkingSpan):
    post_save.connect(_changed, sender=model, dispatch_uid=f"presence-save-{model.__name__}")
    post_delete.connect(_changed, sender=model, dispatch_uid=f"presence-delete-{model.__name__}")
