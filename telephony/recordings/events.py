"""What is told of recordings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, cast

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from telephony.recordings.models import Recording

State = Literal["raw", "compressed", "lost", "deleted"]


class RecordingEvent(TypedDict):
    """A recording that I may hear was made, compressed, lost or deleted."""

    kind: Literal["recording"]
    id: int
    call: str
    state: State


class RecordingNews(TypedDict):
    """The same as it is sent, with the users who may hear it."""

    kind: Literal["recording"]
    id: int
    call: str
    state: State
    users: list[int]


def recording_changed(recording: Recording, state: str, users: Iterable[int]) -> RecordingNews:
    """For those who look at a list of recordings; web clients only of `users`."""
    return {
        "kind": "recording",
        "id": recording.pk,
        "call": recording.call_id,
        "state": cast(State, state),
        "users": sorted(users),
    }


def recording_for_hearers(news: RecordingNews) -> RecordingEvent:
    """What a web client reads of it."""
    return {"kind": "recording", "id": news["id"], "call": news["call"], "state": news["state"]}
