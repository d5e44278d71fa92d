"""Statuses, and where calls go instead of to somebody's telephones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from live.audience import everybody
from live.events import Person
from presence import spoken, story, team
from presence.api import router
from presence.codes import CODES
from presence.directory import load_presence
from presence.events import PresenceEvent
from presence.models import Forwarding, ForwardingException, Presence, WorkingSpan
from telephony.features import EventKind, Feature, Loading, MenuEntry, SnapshotPart


def _directory(_loading: Loading) -> Mapping[str, Any]:
    return {"presence": load_presence()}


FEATURE = Feature(
    "presence",
    codes=CODES,
    services={"status": "presence.flow:set_status"},
    directory=_directory,
    story=story.SENTENCES,
    prompts=spoken.PROMPTS,
    events=(EventKind(PresenceEvent, PresenceEvent, everybody, permission="presence.view_reachability"),),
    snapshot=(SnapshotPart("people", list[Person], lambda reader: team.people_part(reader.number)),),
    routers=(team.router, router),
    watched=(Forwarding, ForwardingException, Presence, WorkingSpan),
    menu=(MenuEntry("people", _("Reachability"), "phone_forwarded", "presence", "reachability", 20),),
    client=("team", "forwarding"),
    pages=("team", "forwarding"),
)
