"""Who may know what of each kind of event: everybody, some, or nobody in a web client; and in which words.

The feature that tells an event says so with it (`telephony.features.EventKind`); without a rule it reaches nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from api.events import ByeEvent
from live.events import AnyEvent, Owned, as_text, kind_of, read_event
from telephony import features

#: The user of a socket, in two ways.
Key = tuple[str, str]  # ("user", its id) or ("extension", its number)


@dataclass(frozen=True, slots=True)
class News:
    """An event as JSON: what everybody may read, and what only some may."""

    everybody: str = ""
    some: Mapping[Key, str] = field(default_factory=dict)
    session: str = ""  # the session that it ends
    who: bool = False  # whether the rights to know things can be different from now on


NOTHING = News()
# Of an event of its kind, as it is sent, and the extensions that nobody else sees being on a call.
Rule = Callable[[Any, frozenset[str]], News]


def news(text: str, user: str, private: frozenset[str]) -> News:
    """What an entry of the stream means for web clients.

    `user` is the event's only reader, or empty; `private` are the extensions whose calls nobody else sees. An event
    that can't be understood reaches nobody.
    """
    try:
        event = read_event(text)
        if user:
            return News(some={("user", user): text}) if event["kind"] in _own() else NOTHING
        rule = _rules().get(event["kind"])
        return rule(event, private) if rule else NOTHING
    except (ValueError, KeyError, TypeError, AttributeError):
        return NOTHING


def everybody(event: AnyEvent, _private: frozenset[str]) -> News:
    """A rule: all web clients read it as it is sent."""
    return News(everybody=as_text(event))


def owner(event: Owned, _private: frozenset[str]) -> News:
    """A rule: it is for the person who has the extension."""
    return News(some={("extension", event["extension"]): as_text(event)})


@cache
def _rules() -> Mapping[str, Rule]:
    kinds = (kind for feature in features.every() for kind in feature.events)
    return {kind_of(kind.sent): kind.audience for kind in kinds if kind.audience is not None}


@cache
def _own() -> frozenset[str]:
    """Sent with `live.publish(…, user=…)`: their rule is that user alone."""
    kinds = (kind for feature in features.every() for kind in feature.events if kind.own)
    return frozenset({kind_of(ByeEvent), *(kind_of(kind.sent) for kind in kinds)})
