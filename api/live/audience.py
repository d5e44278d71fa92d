"""Who may know what: for each kind of event, everybody, some, or nobody in a web client; and in which words.

The one place where that is decided. A new kind that is not here reaches nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from live.events import Event
from telephony.calls.views import live_call, log_entry, parties_of

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
Rule = Callable[[dict[str, Any], frozenset[str]], News]


def news(text: str, user: str, private: frozenset[str]) -> News:
    """What an entry of the stream means for web clients.

    `user` is whose event it is, or empty; `private` are the extensions that nobody else sees being on a call. What
    can't be understood reaches nobody.
    """
    try:
        raw = json.loads(text)
        if user:
            return News(some={("user", user): text}) if raw["kind"] in OF_A_USER else NOTHING
        rule = RULES.get(raw["kind"])
        return rule(raw, private) if rule else NOTHING
    except (ValueError, KeyError, TypeError, AttributeError):
        return NOTHING


def _text(event: Event) -> str:
    return json.dumps(event)


def _everybody(raw: dict[str, Any], _private: frozenset[str]) -> News:
    return News(everybody=json.dumps(raw))


def _owner(raw: dict[str, Any], _private: frozenset[str]) -> News:
    """Who has the extension."""
    return News(some={("extension", raw["extension"]): json.dumps(raw)})


def _line(raw: dict[str, Any], private: frozenset[str]) -> News:
    extension = raw["extension"]
    text = _text({"kind": "extension", "extension": extension, "state": raw["state"]})
    return News(some={("extension", extension): text}) if extension in private else News(everybody=text)


def _call(raw: dict[str, Any], _private: frozenset[str]) -> News:
    """Its parties, each of whom sees it a little differently; who left is told that it is over."""
    call = raw["call"]
    return News(
        some={
            ("extension", extension): _text(
                {"kind": "call", "id": call["id"], "call": live_call(call, extension)}
            )
            for extension in parties_of(call)
        }
    )


def _logged(raw: dict[str, Any], _private: frozenset[str]) -> News:
    return News(
        some={
            ("extension", extension): _text(
                {"kind": "logged", "entry": log_entry(raw["call"], extension, raw["names"])}
            )
            for extension in raw["extensions"]
        }
    )


def _recording(raw: dict[str, Any], _private: frozenset[str]) -> News:
    """Those who may hear it, as they were when it was told."""
    text = _text({"kind": "recording", "id": raw["id"], "call": raw["call"], "state": raw["state"]})
    return News(some={("user", str(user)): text for user in raw["users"]})


def _person(raw: dict[str, Any], _private: frozenset[str]) -> News:
    return News(everybody=json.dumps(raw), who=True)


def _session(raw: dict[str, Any], _private: frozenset[str]) -> News:
    return News(session=str(raw["session"]))


RULES: dict[str, Rule] = {
    "presence": _everybody,
    "person": _person,
    "session": _session,
    "parking": _everybody,
    "extension": _line,
    "mailbox": _owner,
    "registration": _owner,
    "call": _call,
    "logged": _logged,
    "recording": _recording,
}

# Sent with `live.publish(…, user=…)`: their rule is that user alone.
OF_A_USER = frozenset({"favourites", "seen", "hidden", "profile", "bye"})
