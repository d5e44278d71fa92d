"""Tells the media nodes and the edge when somebody changes what can be called."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from telephony import directory
from telephony.models import (
    Department,
    Device,
    Extension,
    InboundNumber,
    OfficeBreak,
    OfficeHours,
    OfficeSpan,
    OwnHoliday,
    RingGroup,
    RingGroupMember,
    Trunk,
)

WATCHED = (
    *(Device, Extension, InboundNumber, RingGroup, RingGroupMember, Trunk),
    *(Department, OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday),
)


def announce_after_commit() -> None:
    """Tell them once, however much a transaction changes."""
    waiting = (function for _savepoints, function, _robust in transaction.get_connection().run_on_commit)
    if directory.announce_change not in waiting:
        transaction.on_commit(directory.announce_change)


def _changed(sender: type, **_kwargs: Any) -> None:
    announce_after_commit()


for model in WATCHED:
    post_save.connect(_changed, sender=model, dispatch_uid=f"directory-save-{model.__name__}")
    post_delete.connect(_changed, sender=model, dispatch_uid=f"directory-delete-{model.__name__}")
