"""Who may know an event: everybody, some or nobody, and in which words. Features hand such rules in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from live.events import AnyEvent, Owned, as_text

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
# Of an event of its kind, as it is sent, and the extensions that nobody else sees being on a call.
Rule = Callable[[Any, frozenset[str]], News]


def everybody(event: AnyEvent, _private: frozenset[str]) -> News:
    """A rule: all web clients read it as it is sent."""
    return News(everybody=as_text(event))


def owner(event: Owned, _private: frozenset[str]) -> News:
    """A rule: it is for the person who has the extension."""
    return News(some={("extension", event["extension"]): as_text(event)})
