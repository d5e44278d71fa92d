"""Who may know what, for each event of the stream, by the rules that features hand in (`live.audience`).

The feature that tells an event says so with it (`telephony.features.EventKind`); without a rule it reaches nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from api.events import ByeEvent
from live.audience import NOTHING, News, Rule
from live.events import kind_of, read_event
from telephony import features


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


@cache
def _rules() -> Mapping[str, Rule]:
    kinds = (kind for feature in features.every() for kind in feature.events)
    return {kind_of(kind.sent): kind.audience for kind in kinds if kind.audience is not None}


@cache
def _own() -> frozenset[str]:
    """Sent with `live.publish(…, user=…)`: their rule is that user alone."""
    kinds = (kind for feature in features.every() for kind in feature.events if kind.own)
    return frozenset({kind_of(ByeEvent), *(kind_of(kind.sent) for kind in kinds)})
