"""Who may know what: for each kind of event, everybody, some, or nobody in a web client; and in which words.

The one place where that is decided. A new kind that is not here reaches nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.events import FavouritesEvent, PersonEvent, ProfileEvent, SessionNews
from api.events import ByeEvent
from live.events import AnyEvent, E, as_text, kind_of, read_event
from presence.events import PresenceEvent
from telephony.calls.events import (
    HiddenEvent,
    LineEvent,
    LoggedNews,
    ParkingEvent,
    SeenEvent,
    WholeCallNews,
    call_for_party,
    entry_logged,
    line_changed,
)
from telephony.calls.views import live_call, log_entry, parties_of
from telephony.edge.events import RegistrationEvent
from telephony.recordings.events import RecordingNews, recording_for_hearers
from voicemail.events import MailboxEvent

#: Whom a socket is for, in two ways.
Key = tuple[str, str]  # ("user", its id) or ("extension", its number)


@dataclass(frozen=True, slots=True)
class News:
    """An event as JSON: what everybody may read, and what only some may."""

    everybody: str = ""
    some: Mapping[Key, str] = field(default_factory=dict)
    session: str = ""  # the session that it ends
    who: bool = False  # whether who may know what can be different from now on


NOTHING = News()
Rule = Callable[[Any, frozenset[str]], News]  # of an event of its kind, as it is sent


def news(text: str, user: str, private: frozenset[str]) -> News:
    """What an entry of the stream means for web clients.

    `user` is whose event it is, or empty; `private` are the extensions that nobody else sees being on a call. What
    can't be understood reaches nobody.
    """
    try:
        event = read_event(text)
        if user:
            return News(some={("user", user): text}) if event["kind"] in OF_A_USER else NOTHING
        rule = RULES.get(event["kind"])
        return rule(event, private) if rule else NOTHING
    except (ValueError, KeyError, TypeError, AttributeError):
        return NOTHING


def _everybody(event: AnyEvent, _private: frozenset[str]) -> News:
    return News(everybody=as_text(event))


def _owner(event: MailboxEvent | RegistrationEvent, _private: frozenset[str]) -> News:
    """Who has the extension."""
    return News(some={("extension", event["extension"]): as_text(event)})


def _line(event: LineEvent, private: frozenset[str]) -> News:
    extension = event["extension"]
    text = as_text(line_changed(extension, event["state"]))
    return News(some={("extension", extension): text}) if extension in private else News(everybody=text)


def _call(event: WholeCallNews, _private: frozenset[str]) -> News:
    """Its parties, each of whom sees it a little differently; who left is told that it is over."""
    call = event["call"]
    return News(
        some={
            ("extension", extension): as_text(call_for_party(call["id"], live_call(call, extension)))
            for extension in parties_of(call)
        }
    )


def _logged(event: LoggedNews, _private: frozenset[str]) -> News:
    return News(
        some={
            ("extension", extension): as_text(
                entry_logged(log_entry(event["call"], extension, event["names"]))
            )
            for extension in event["extensions"]
        }
    )


def _recording(event: RecordingNews, _private: frozenset[str]) -> News:
    """Those who may hear it, as they were when it was told."""
    text = as_text(recording_for_hearers(event))
    return News(some={("user", str(user)): text for user in event["users"]})


def _person(event: PersonEvent, _private: frozenset[str]) -> News:
    return News(everybody=as_text(event), who=True)


def _session(event: SessionNews, _private: frozenset[str]) -> News:
    return News(session=str(event["session"]))


def _of(event: type[E], rule: Callable[[E, frozenset[str]], News]) -> tuple[str, Rule]:
    """A rule, and the kind of the events that it takes."""
    return kind_of(event), rule


RULES: dict[str, Rule] = dict(
    (
        _of(PresenceEvent, _everybody),
        _of(PersonEvent, _person),
        _of(SessionNews, _session),
        _of(ParkingEvent, _everybody),
        _of(LineEvent, _line),
        _of(MailboxEvent, _owner),
        _of(RegistrationEvent, _owner),
        _of(WholeCallNews, _call),
        _of(LoggedNews, _logged),
        _of(RecordingNews, _recording),
    )
)

# Sent with `live.publish(…, user=…)`: their rule is that user alone.
OF_A_USER = frozenset(map(kind_of, (FavouritesEvent, SeenEvent, HiddenEvent, ProfileEvent, ByeEvent)))
