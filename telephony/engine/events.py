"""What happens to a leg, put into its call's inbox for the flow to read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from telephony.engine.leg import Leg


@dataclass(slots=True)
class Event:
    """Something happened to `leg`."""

    leg: Leg


@dataclass(slots=True)
class Rang(Event):
    """180: the phone rings."""


@dataclass(slots=True)
class GotEarlyMedia(Event):
    """183 with sound: the other side lets us hear something before it answers."""


@dataclass(slots=True)
class Answered(Event):
    """200 on a call that we placed."""


@dataclass(slots=True)
class Accepted(Event):
    """A 1 was pressed on the answered mobile that rings along."""


@dataclass(slots=True)
class Ended(Event):
    """The leg is gone; `leg.status` says with which SIP status."""


@dataclass(slots=True)
class Held(Event):
    """The phone put us on hold (a re-INVITE with sendonly or inactive)."""


@dataclass(slots=True)
class Resumed(Event):
    """The phone took us off hold."""


@dataclass(slots=True)
class Digit(Event):
    """A key was pressed: one of 0–9, *, #, A–D (RFC 4733 or INFO)."""

    digit: str


@dataclass(slots=True)
class Referred(Event):
    """The phone wants the other party transferred (RFC 3515); `replaces` is the Call-ID of RFC 3891, or empty."""

    target: str
    replaces: str


@dataclass(slots=True)
class Replaced(Event):
    """Another leg has taken this one's place (RFC 3891, or a browser that came back: `resumed`)."""

    by: Leg
    resumed: bool = False


@dataclass(slots=True)
class Command:
    """Somebody outside wants something done with the call; the flow answers through `done`."""

    verb: str
    args: dict[str, Any]
    done: asyncio.Future[Any]


@dataclass(slots=True)
class Declined(Event):
    """The rung user does not want the call; with `to_voicemail` their mailbox gets it."""

    to_voicemail: bool


@dataclass(slots=True)
class PickedUp(Event):
    """Somebody else takes the call that `leg` is being rung for."""

    by: Leg


@dataclass(slots=True)
class Joined(Event):
    """A party that this call had rung has answered; `leg` is part of the call now.

    `replaces` is the leg whose place it takes; `coached` the leg that hears a whispering one.
    """

    purpose: str
    replaces: Leg | None = None
    coached: Leg | None = None


@dataclass(slots=True)
class NotJoined(Event):
    """The party that `leg` had rung did not come; `code` says why, as in the story."""

    number: str
    code: str


@dataclass(slots=True)
class CameBack(Event):
    """The leg consulted somebody on another call; it is part of this one again."""


@dataclass(slots=True)
class StayedAway(Event):
    """A browser that vanished did not come back in time."""


@dataclass(slots=True)
class Retrieved(Event):
    """The parked party `leg` is taken by `by`, which is part of the call now."""

    by: Leg
