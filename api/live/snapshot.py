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
from api.access import user_of
from api.conditional import Part, unless_known
from telephony import features
from telephony.extensions.selectors import number_of
from telephony.features import Reader, SnapshotPart

router = Router(tags=["live"])

PARTS: tuple[SnapshotPart, ...] = tuple(part for feature in features.every() for part in feature.snapshot)

FIELDS: dict[str, Any] = {"event_id": str} | {part.name: part.type for part in PARTS}

# Made of what features hand in, which no type checker follows.
Snapshot: Any = TypedDict("Snapshot", FIELDS)  # type: ignore[misc]
Snapshot.__doc__ = "Now. With every event after `event_id` it is a fresh snapshot at any later moment."


def snapshot_parts(user: User, session_key: str = "") -> tuple[Part, ...]:
    """A Snapshot as JSON, in pieces: those that many users share are made once.

    Raises redis.RedisError when Redis is away.
    """
    # First of all: what happens while the rest is read then comes as an event, too.
    own: dict[str, Any] = {"event_id": live.last_event()}
    shared: list[Part] = []
    reader = Reader(user, number_of(user), session_key, live.live_calls())
    for part in PARTS:
        value = part.read(reader)
        if isinstance(value, Part):
            shared += [Part(f', "{part.name}": '), value]
        else:
            own[part.name] = value
    return (Part(json.dumps(own)[:-1]), *shared, Part("}"))


@router.get("/snapshot", response=Snapshot, summary="Everything that is shown at the start")
def get_snapshot(request: HttpRequest) -> HttpResponse:
    get_token(request)  # the cookie that changes are sent with
    return unless_known(request, *snapshot_parts(user_of(request), request.session.session_key or ""))
