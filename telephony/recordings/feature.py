"""Recordings of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from telephony.features import EventKind, Feature, Loading, MenuEntry
from telephony.recordings import audience, spoken, story
from telephony.recordings.events import RecordingEvent, RecordingNews
from telephony.recordings.models import RecordingRule
from telephony.recordings.rules import load


def _directory(_loading: Loading) -> Mapping[str, Any]:
    rules = load()
    return {
        "recorded_departments": rules.departments,
        "recorded_trunks": rules.trunks,
        "recorded_inbound": rules.inbound,
    }


FEATURE = Feature(
    "recordings",
    recording="telephony.recordings.recorder:Recordings",
    directory=_directory,
    story=story.SENTENCES,
    prompts=spoken.PROMPTS,
    events=(
        EventKind(RecordingNews, RecordingEvent, audience.recording, permission="telephony.view_recording"),
    ),
    watched=(RecordingRule,),
    tasks=("telephony.recordings.tasks",),
    beat={
        "purge-recordings": {"task": "recordings.purge_recordings", "schedule": 3600.0},
        "tend-recordings": {"task": "recordings.tend_recordings", "schedule": 300.0},
    },
    menu=(
        MenuEntry("recordings", _("Recordings"), "mic", "telephony", "recording", 10),
        MenuEntry("recordings", _("Recording rules"), "rule", "telephony", "recordingrule", 20),
        MenuEntry("recordings", _("Audit log"), "fact_check", "auditlog", "logentry", 30),
    ),
    client=("recordings",),
)
