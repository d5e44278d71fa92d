"""Tells the media nodes and the edge when somebody changes what can be called."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from live.changes import announce_after_commit
from telephony.extensions.models import Department, Device, Extension, RingGroup, RingGroupMember
from telephony.hours.models import OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday
from telephony.receptionist.models import Receptionist, ReceptionistKey
from telephony.recordings.models import Recording, RecordingRule
from telephony.sound.models import Prompt
from telephony.trunks.models import InboundNumber, Trunk
from telephony.trunks.rules import CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights

log = logging.getLogger(__name__)

WATCHED = (
    *(Device, Extension, InboundNumber, RingGroup, RingGroupMember, Trunk),
    *(Department, OfficeBreak, OfficeHours, OfficeSpan, OwnHoliday),
    *(CallingLimits, OutboundRule, OutboundRuleTrunk, OutsideRights),
    *(Prompt, Receptionist, ReceptionistKey, RecordingRule),
)


def _changed(sender: type, **_kwargs: Any) -> None:
    announce_after_commit()


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


for model in WATCHED:
    post_save.connect(_changed, sender=model, dispatch_uid=f"directory-save-{model.__name__}")
    post_delete.connect(_changed, sender=model, dispatch_uid=f"directory-delete-{model.__name__}")
for through in (OutboundRule.extensions.through, OutboundRule.departments.through):
    m2m_changed.connect(_changed, sender=through, dispatch_uid=f"directory-m2m-{through.__name__}")
