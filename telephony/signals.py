"""Tells the media nodes and the edge when somebody changes what can be called."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from telephony import directory
from telephony.models import (
    CallingLimits,
    Department,
    Device,
    Extension,
    InboundNumber,
    OfficeBreak,
    OfficeHours,
    OfficeSpan,
    OutboundRule,
    OutboundRuleTrunk,
    OutsideRights,
    OwnHoliday,
    RingGroup,
    RingGroupMember,
    Trunk,
)

WATCHED = (
    *(Device, Extension, InboundNumber, RingGroup, RingGroupMember, Trunk),
    *(Department, OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday),
    *(CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights),
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
for through in (OutboundRule.extensions.through, OutboundRule.departments.through):
    m2m_changed.connect(_changed, sender=through, dispatch_uid=f"directory-m2m-{through.__name__}")
