"""Steps of a call that is recorded."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SENTENCES: dict[str, str] = {
    "recording": _("The call was recorded."),
    "recording_announced": _("It was said that the call is recorded."),
    "recording_paused": _("The recording was paused."),
    "recording_resumed": _("The recording went on."),
    "recording_stopped": _("The disk was getting full: the recording was stopped and kept."),
}
