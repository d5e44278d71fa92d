"""All that comes over the socket of a web client: its own two events, and those of every room.

`events` is where they come together: TypeScript is generated from it.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from typing_extensions import TypedDict

from live.events import AnyEvent
from telephony import features


class ReloadEvent(TypedDict):
    """Too much was missed: load a fresh snapshot."""

    kind: Literal["reload"]


class ByeEvent(TypedDict):
    """The session is over: sign in again."""

    kind: Literal["bye"]


def reload() -> ReloadEvent:
    """For a client that missed too much."""
    return {"kind": "reload"}


def bye() -> ByeEvent:
    """For a client whose session is over."""
    return {"kind": "bye"}


@cache
def events() -> tuple[type[AnyEvent], ...]:
    """What a web client may read, of every kind and feature."""
    kinds = (kind for feature in features.every() for kind in feature.events)
    return (*(kind.read for kind in kinds if kind.read is not None), ReloadEvent, ByeEvent)
