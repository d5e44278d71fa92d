"""The digital receptionist, and prompts that are recorded by telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from telephony.features import Feature, Loading, MenuEntry, NumberKind
from telephony.receptionist import spoken, story
from telephony.receptionist.codes import CODES
from telephony.receptionist.directory import load_receptionists
from telephony.receptionist.models import Receptionist, ReceptionistKey


def _directory(loading: Loading) -> Mapping[str, Any]:
    return {"receptionists": load_receptionists(loading.own_hours.get)}


FEATURE = Feature(
    "receptionist",
    numbers=(NumberKind("receptionist", Receptionist, _("%(number)s is the receptionist %(name)s.")),),
    codes=CODES,
    services={
        "receptionist": "telephony.receptionist.flow:receptionist",
        "prompt": "telephony.receptionist.record_prompt:record_prompt",
    },
    directory=_directory,
    story=story.SENTENCES,
    prompts=spoken.PROMPTS,
    watched=(Receptionist, ReceptionistKey),
    menu=(
        MenuEntry("telephony", _("Digital receptionists"), "support_agent", "telephony", "receptionist", 40),
    ),
)
