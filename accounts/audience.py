"""Who hears of people and of sessions that end."""

from __future__ import annotations

from accounts.events import PersonEvent, SessionNews
from live.audience import News
from live.events import as_text


def person(event: PersonEvent, _private: frozenset[str]) -> News:
    """Everybody; and what somebody may know can be different from now on."""
    return News(everybody=as_text(event), who=True)


def session(event: SessionNews, _private: frozenset[str]) -> News:
    """Nobody reads it: the sockets of that session close."""
    return News(session=str(event["session"]))
