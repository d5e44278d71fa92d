"""Everything that the client shows at its start, and the id of the last event that it holds."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Router
from typing_extensions import TypedDict

import live
from accounts.models import User
from accounts.selectors import Me, favourites_of, me_of
from api.access import user_of
from api.conditional import Part, unless_known
from live.events import LiveCall, Person, Slot, VoicemailCount
from presence.team import people_part
from telephony.api.log import missed_of
from telephony.api.phone import DeviceInfo, devices_of
from telephony.calls.views import live_call
from telephony.extensions.selectors import own_extension
from voicemail import selectors as voicemail

router = Router(tags=["live"])

END = Part("}")


class Rest(TypedDict):
    """A snapshot without the team."""

    event_id: str
    me: Me
    favourites: list[str]
    calls: list[LiveCall]
    devices: list[DeviceInfo]
    missed: list[str]
    voicemail: VoicemailCount
    parking: list[Slot]


class Snapshot(Rest):
    """Now. With every event after `event_id` it is a fresh snapshot at any later moment."""

    people: list[Person]


def snapshot_parts(user: User, session_key: str = "") -> tuple[Part, Part, Part]:
    """A Snapshot as JSON: what is the user's own, and what is everybody's.

    Raises redis.RedisError when Redis is away.
    """
    # First of all: what happens while the rest is read then comes as an event, too.
    event_id = live.last_event()
    extension = own_extension(user)
    number = extension.number if extension else ""
    new, old = voicemail.count(number) if number else (0, 0)
    raw_calls = live.live_calls()
    rest: Rest = {
        "event_id": event_id,
        "me": me_of(user),
        "favourites": favourites_of(user),
        "calls": [seen for call in raw_calls if (seen := live_call(call, number))],
        "devices": devices_of(extension, session_key) if extension else [],
        "missed": missed_of(user),
        "voicemail": {"new": new, "old": old},
        "parking": parked(raw_calls),
    }
    return Part(f'{json.dumps(rest)[:-1]}, "people": '), people_part(number), END


def parked(calls: list[dict[str, Any]]) -> list[Slot]:
    """The parking slots in use; they are everybody's."""
    slots: list[Slot] = []
    for call in calls:
        if call.get("slot") and call["ended"] is None:
            waiting = next((one for one in call.get("parties", ()) if one["state"] == "parked"), None)
            number, name = (
                (waiting["number"], waiting["name"]) if waiting else (call["caller"], call["caller_name"])
            )
            slots.append({"slot": call["slot"], "call": call["id"], "number": number, "name": name})
    return sorted(slots, key=lambda slot: slot["slot"])


@router.get("/snapshot", response=Snapshot, summary="Everything that is shown at the start")
def get_snapshot(request: HttpRequest) -> HttpResponse:
    get_token(request)  # the cookie that changes are sent with
    return unless_known(request, *snapshot_parts(user_of(request), request.session.session_key or ""))
