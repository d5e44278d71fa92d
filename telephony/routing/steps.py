"""What a plan is made of: steps, each with the reason why it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telephony.routing.entries import Mobile, Route


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is there: a code with arguments that `telephony.calls.story` tells in words."""

    code: str
    args: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody calls somebody, at an aware moment `at`.

    `trunk` is the id of the trunk that the caller came in by, None from inside; `by` is the extension that transfers
    the caller, "" when they dialled themselves; `busy` are the extensions that are in a call now; `usage` is what the
    outbound rules count (`outbound_rules.Usage`), None: nothing counted; `diverted` are the outside numbers that
    sent the call on before it came here.
    """

    caller: str
    dialled: str
    trunk: int | None = None
    by: str = ""
    at: datetime = field(kw_only=True)
    busy: frozenset[str] = frozenset()
    usage: Any = None
    diverted: tuple[str, ...] = ()

    @property
    def own(self) -> str:
        """The extension that dialled, or "": what an outside caller says to be counts for nothing."""
        return self.by or (self.caller if self.trunk is None else "")

    @property
    def parties(self) -> tuple[str, ...]:
        """The extensions that take part already: the call never rings them."""
        return (self.own,) if self.trunk is not None or not self.by else (self.by, self.caller)

    @property
    def source(self) -> str:
        """Which rules count: those for "internal" or for "external" callers."""
        return "internal" if self.trunk is None else "external"


@dataclass(frozen=True, slots=True)
class Note:
    """Nothing to do: a reason that the story needs between two steps. Never the last one."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring these extensions at once for `seconds`, and the mobiles beside them.

    `unavailable` is what follows, to the end of the call, when they are busy, decline or are not registered; None:
    the next step, which is what follows when nobody answers.
    """

    extensions: tuple[str, ...]
    seconds: int
    reason: Reason
    mobiles: tuple[Mobile, ...] = ()
    unavailable: tuple[Step, ...] | None = None


@dataclass(frozen=True, slots=True)
class RingOutside:
    """Call an outside number, by the first of these lines that takes it."""

    number: str
    lines: tuple[Route, ...]
    seconds: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Voicemail:
    """Take a message for this extension."""

    extension: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the exchange itself; `target` is what it is about, where it needs to know.

    "menu" (voicemail), "echo", "status" (target: the status to set), "park" (a slot), "pickup" (an extension, "" the
    caller's group), "receptionist" (its number), "prompt" (its number, to record it).
    """

    name: str
    reason: Reason
    target: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Say `prompt` (see `telephony.sound.speech`), then answer with the SIP `status`.

    With status 0 the status of the last step counts: busy stays busy.
    """

    status: int
    prompt: str
    reason: Reason


Step = Note | Ring | RingOutside | Voicemail | Service | Refuse
Steps = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order; each is tried when the one before it brought no answer. The last one always ends the call."""

    steps: Steps


def every_step(steps: Steps) -> Iterator[Step]:
    """All steps of a plan, those of its branches too."""
    for step in steps:
        yield step
        if isinstance(step, Ring) and step.unavailable is not None:
            yield from every_step(step.unavailable)


def every_path(steps: Steps, before: Steps = ()) -> Iterator[Steps]:
    """Every way in which the call can go when nobody ever answers."""
    for place, step in enumerate(steps):
        if isinstance(step, Ring) and step.unavailable is not None:
            yield from every_path(step.unavailable, (*before, *steps[: place + 1]))
    yield (*before, *steps)
