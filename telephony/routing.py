"""Who rings: pure functions from a frozen directory and a request to a plan.

No database, clock or network in here. Every step of a plan carries its reason, a code with arguments that
`telephony.story` tells in words; the reasons are stored with the call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from telephony.directory import Directory, TrunkEntry

VOICEMAIL_MENU = "999"
ECHO_TEST = "*43"
LEAVE_MESSAGE = re.compile(r"\*4([1-9][0-9]{1,5})")
EMERGENCY = frozenset({"112"})
OUTSIDE = re.compile(r"\+[0-9]{6,15}|0[0-9]{5,17}|[1-9][0-9]{6,14}")
SEPARATORS = re.compile(r"[\s().\-/]")
TRUNK_RING_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is there; `args` are texts for `telephony.story`."""

    code: str
    args: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody calls somebody. `trunk` is the id of the trunk the call came in by, or None from inside."""

    caller: str
    dialled: str
    trunk: int | None = None
    record: bool = False

    @property
    def own(self) -> str:
        """The extension that calls, or "": what an outside caller says to be counts for nothing."""
        return self.caller if self.trunk is None else ""


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring these extensions at once for `seconds`."""

    extensions: tuple[str, ...]
    seconds: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class RingOutside:
    """Call an outside number, by the first of these trunks that takes it."""

    number: str
    trunks: tuple[TrunkEntry, ...]
    seconds: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Deposit:
    """Take a message for this extension."""

    extension: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the exchange itself: "menu" (voicemail) or "echo"."""

    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Refuse:
    """Say `prompt` (see `telephony.speech`), then answer with the SIP `status`.

    With status 0 the status of the last step counts: busy stays busy.
    """

    status: int
    prompt: str
    reason: Reason


Step = Ring | RingOutside | Deposit | Service | Refuse


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order; each is tried when the one before it brought no answer. The last one always ends the call."""

    steps: tuple[Step, ...]
    record: bool = False


def normalise(dialled: str) -> str:
    """The number as dialled without spaces, dashes, dots, brackets and slashes."""
    return SEPARATORS.sub("", dialled)


def plan(directory: Directory, request: Request) -> Plan:
    """What to do with this call. Always ends in a message, a service or a refusal."""
    number = normalise(request.dialled)
    if request.trunk is not None:
        return _plan_inbound(directory, request, number)
    if number in EMERGENCY:
        return _plan_outside(directory, request, number, "emergency")
    if number == VOICEMAIL_MENU:
        return Plan((Service("menu", Reason("voicemail_menu")),))
    if number == ECHO_TEST:
        return Plan((Service("echo", Reason("echo_test")),))
    if (leave := LEAVE_MESSAGE.fullmatch(number)) and (entry := directory.extensions.get(leave[1])):
        if entry.voicemail:
            return Plan((Deposit(entry.number, Reason("message_asked", {"extension": entry.number})),))
        return _refused(404, "unknown_number", Reason("no_mailbox", {"extension": entry.number}))
    if internal := _plan_internal(directory, request, number):
        return internal
    if OUTSIDE.fullmatch(number):
        return _plan_outside(directory, request, number, "outside")
    return _refused(404, "unknown_number", Reason("unknown_number", {"number": number}))


def _refused(status: int, prompt: str, reason: Reason) -> Plan:
    return Plan((Refuse(status, prompt, reason),))


def _plan_inbound(directory: Directory, request: Request, number: str) -> Plan:
    destination = directory.inbound.get(number) or directory.inbound.get("+" + number.removeprefix("00"))
    if destination is None:
        return _refused(404, "unknown_number", Reason("unknown_inbound", {"number": number}))
    return _plan_internal(directory, request, destination) or _refused(
        404, "unknown_number", Reason("inbound_nowhere", {"number": number, "destination": destination})
    )


def _plan_internal(directory: Directory, request: Request, number: str) -> Plan | None:
    if extension := directory.extensions.get(number):
        ring = Ring(
            (number,),
            extension.ring_seconds,
            Reason("ring_extension", {"extension": number, "seconds": extension.ring_seconds}),
        )
        steps: tuple[Step, ...] = (ring,)
        if number == request.own:
            # Nobody rings themselves: their own number is their own mailbox.
            steps = ()
        return Plan(
            (*steps, _last_resort(directory, number)),
            record=extension.record or _recorded(directory, request),
        )
    if group := directory.groups.get(number):
        members = tuple(m for m in group.members if m != request.own and m in directory.extensions)
        groups = [(m,) for m in members] if group.in_order else [members] if members else []
        rings = tuple(
            Ring(
                targets,
                group.ring_seconds,
                Reason(
                    "ring_group",
                    {"group": number, "extensions": ", ".join(targets), "seconds": group.ring_seconds},
                ),
            )
            for targets in groups
        )
        last = (
            _last_resort(directory, group.voicemail_of)
            if group.voicemail_of
            else Refuse(480, "nobody_answers", Reason("group_ends", {"group": number}))
        )
        return Plan((*rings, last), record=_recorded(directory, request))
    return None


def _last_resort(directory: Directory, number: str) -> Step:
    extension = directory.extensions.get(number)
    if extension and extension.voicemail:
        return Deposit(number, Reason("to_voicemail", {"extension": number}))
    return Refuse(0, "nobody_answers", Reason("no_voicemail", {"extension": number}))


def _plan_outside(directory: Directory, request: Request, number: str, code: str) -> Plan:
    if not directory.trunks:
        return _refused(503, "no_line", Reason("no_trunk", {"number": number}))
    names = ", ".join(trunk.name for trunk in directory.trunks)
    out = RingOutside(
        number, directory.trunks, TRUNK_RING_SECONDS, Reason(code, {"number": number, "trunks": names})
    )
    refuse = Refuse(0, "no_line", Reason("outside_failed", {"number": number}))
    return Plan((out, refuse), record=_recorded(directory, request))


def _recorded(directory: Directory, request: Request) -> bool:
    caller = directory.extensions.get(request.own)
    return bool(caller and caller.record)
