"""What is heard: speech, music, and prompts of the organisation's own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from telephony.features import Feature, MenuEntry
from telephony.sound.models import Prompt

FEATURE = Feature(
    "sound",
    watched=(Prompt,),
    tasks=("telephony.sound.tasks",),
    beat={"sweep-speech": {"task": "telephony.sweep_speech", "schedule": 86_400.0}},
    menu=(MenuEntry("telephony", _("Prompts"), "record_voice_over", "telephony", "prompt", 50),),
)
