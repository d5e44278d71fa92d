"""Sentences about digital receptionists, their prompts, and recording."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    # receptionist
    "reception_key": _("The caller chose key {key} at receptionist {receptionist}."),
    "reception_extension": _("The caller dialled extension {extension}."),
    "reception_name": _("The caller looked a name up and chose {name} ({extension})."),
    "reception_wrong_key": _("The caller pressed {keys}, which leads nowhere."),
    "reception_closed": _("Receptionist {receptionist} is closed; the rule is: {rule:rule}."),
    "reception_no_choice": _("The caller chose nothing at receptionist {receptionist}."),
    "reception_ends": _(
        "The caller went past too many receptionists, or {receptionist} does not exist; goodbye was said."
    ),
    # prompts
    "prompt": _("The caller wants to record prompt {number}."),
    "prompt_refused": _("Prompt {number} does not exist, or the caller may not record it."),
    "prompt_recorded": _("Prompt {number} was recorded."),
    # recordings
    "recording_announced": _("It was said that the call is recorded."),
    "recording_paused": _("The recording was paused."),
    "recording_resumed": _("The recording went on."),
    "recording_stopped": _("The disk was getting full: the recording was stopped and kept."),
}
