"""Speed dials: numbers that somebody calls from any of their phones by *0 and a position from 1 to 99."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from speeddial import story
from speeddial.api import router
from speeddial.codes import CODES
from speeddial.directory import ROOM, load_speed_dials
from speeddial.events import SpeedDialEntry, SpeedDialsEvent
from speeddial.models import SpeedDial
from speeddial.selectors import speed_dials_of
from telephony.features import EventKind, Feature, Loading, MenuEntry, SnapshotPart


def _directory(_loading: Loading) -> Mapping[str, Any]:
    return {"rooms": {ROOM: load_speed_dials()}}


FEATURE = Feature(
    "speeddial",
    codes=CODES,
    directory=_directory,
    story=story.SENTENCES,
    events=(EventKind(SpeedDialsEvent, SpeedDialsEvent, own=True),),
    snapshot=(SnapshotPart("speed_dials", list[SpeedDialEntry], lambda reader: speed_dials_of(reader.user)),),
    routers=(router,),
    watched=(SpeedDial,),
    menu=(MenuEntry("people", _("Speed dials"), "speed", "speeddial", "speeddial", 30),),
)
