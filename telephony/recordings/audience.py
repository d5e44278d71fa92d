"""Who hears of recordings."""

from __future__ import annotations

from live.audience import News
from live.events import as_text
from telephony.recordings.events import RecordingNews, recording_for_hearers


def recording(event: RecordingNews, _private: frozenset[str]) -> News:
    """The users who might hear it when the event was sent."""
    text = as_text(recording_for_hearers(event))
    return News(some={("user", str(user)): text for user in event["users"]})
